// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A Deferred of a Deferred.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
using Poem = Deferred<std::string>;

void use(Poem poem) {
  std::move(poem).addErrback([](const Failure&) { return "no poem"; });
}
#else
using Poem = Deferred<Deferred<std::string>>;

void use(Poem poem) { std::move(poem).discard(); }
#endif
