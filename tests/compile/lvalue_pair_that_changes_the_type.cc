// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A pair on an lvalue that answers another type.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Deferred<std::string>& poem) {
  std::move(poem)
      .addCallbacks([](const std::string&) { return 1; }, [](const Failure&) { return 0; })
      .addCallback([](int) {});
}
#else
void use(Deferred<std::string>& poem) {
  poem.addCallbacks([](const std::string&) { return 1; }, [](const Failure&) { return 0; })
      .addCallback([](int) {});
}
#endif
