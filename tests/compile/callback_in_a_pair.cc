// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A pair whose callback does not take what the Deferred gives.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem()
      .addCallbacks([](const std::string& poem) { return poem.size(); },
                    [](const Failure&) { return std::size_t(0); })
      .addCallback([](std::size_t) {});
}
#else
void use() {
  poem()
      .addCallbacks([](int number) { return number; }, [](const Failure&) { return 0; })
      .addCallback([](int) {});
}
#endif
