// Copyright (c) the Couplet authors. MIT license, see LICENSE.
// An onTimeoutCancel that does not take what it is given.
#include <chrono>
#include <string>

#include <couplet/deferred/deferred.h>

using namespace couplet;

Deferred<std::string> poem();

#ifdef COUPLET_WRITE_IT_RIGHT
void use(Clock& clock) {
  poem()
      .addTimeout(
          std::chrono::seconds(5), clock,
          [](Result<std::string> result, Duration) -> Result<std::string> { return result; })
      .addCallback([](const std::string&) {});
}
#else
void use(Clock& clock) {
  poem()
      .addTimeout(std::chrono::seconds(5), clock, [](const Failure&) { return "too late"; })
      .addCallback([](const std::string&) {});
}
#endif
