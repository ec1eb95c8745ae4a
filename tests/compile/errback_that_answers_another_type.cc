// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An errback whose answer is not what the chain goes on with.
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use() {
  poem()
      .addErrback([](const Failure& failure) { return failure.message(); })
      .addCallback([](const std::string&) {});
}
#else
void use() {
  poem()
      .addErrback([](const Failure&) { return 5.0 < 3; })
      .addCallback([](const std::string&) {})
      .addErrback([](const Failure&) {});
}
#endif
