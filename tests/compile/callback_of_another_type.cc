// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// A callback that does not take what the Deferred gives.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem()
      .addCallback([](const std::string& poem) { return poem.size(); })
      .addCallback([](std::size_t) {})
      .addErrback([](const Failure&) {});
}
#else
void use() {
  poem()
      .addCallback([](int number) { return number; })
      .addCallback([](int) {})
      .addErrback([](const Failure&) {});
}
#endif
