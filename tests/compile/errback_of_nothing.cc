// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An errback that takes nothing.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem().addErrback([](const Failure&) { return "no poem"; });
}
#else
void use() {
  poem().addErrback([] { return "no poem"; });
}
#endif
