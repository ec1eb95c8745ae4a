// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The errors that a program logs instead of hiding them, for tests that expect some or none.
// Twisted's flushLoggedErrors. gtest_unexpected_errors.h makes every test look at them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// Collects, while it lives, what is logged as an error or worse, from any thread, and the failures
/// of Deferreds that nobody handled. Of several, the one that was made last gets all.
class LoggedErrors {
 public:
  LoggedErrors();
  LoggedErrors(const LoggedErrors&) = delete;
  LoggedErrors& operator=(const LoggedErrors&) = delete;
  ~LoggedErrors();

  /// Those since the last call, in order.
  std::vector<std::string> take();

 private:
  class [[gnu::visibility("hidden")]] Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace couplet::testing
#pragma GCC visibility pop
