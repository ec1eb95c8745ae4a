// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A test that logs an unexpected error fails: for GoogleTest, which this header needs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/reactor/testing/logged_errors.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// Makes a test fail that logs an error, or leaves a Deferred's failure unhandled, and does not
/// expect it; and one that expects an error that does not come. In main, before RUN_ALL_TESTS:
///
///     UnexpectedErrors::watch();
class UnexpectedErrors : public ::testing::EmptyTestEventListener {
 public:
  /// From now on, for every test of this program.
  static void watch() {
    if (watching) return;
    watching = new UnexpectedErrors;  // the listeners own it
    ::testing::UnitTest::GetInstance()->listeners().Append(watching);
  }

  /// As expectLogged.
  void expect(std::string text) { expected_.push_back({std::move(text), false}); }

  void OnTestStart(const ::testing::TestInfo&) override {
    expected_.clear();
    errors_.emplace();
  }
  void OnTestEnd(const ::testing::TestInfo&) override {
    for (const std::string& error : errors_->take()) {
      if (!isExpected(error)) ADD_FAILURE() << "an error that the test did not expect: " << error;
    }
    for (const Expected& expected : expected_) {
      if (!expected.came) ADD_FAILURE() << "no error was logged with: " << expected.text;
    }
    errors_.reset();
  }

  static inline UnexpectedErrors* watching = nullptr;

 private:
  struct Expected {
    std::string text;
    bool came;
  };

  bool isExpected(const std::string& error) {
    bool found = false;
    for (Expected& expected : expected_) {
      if (error.find(expected.text) == std::string::npos) continue;
      expected.came = found = true;
    }
    return found;
  }

  std::optional<LoggedErrors> errors_;  // while a test runs
  std::vector<Expected> expected_;
};

/// The running test logs, once or more often, an error that contains `text`.
inline void expectLogged(std::string text) {
  if (UnexpectedErrors::watching) {
    UnexpectedErrors::watching->expect(std::move(text));
  } else {
    ADD_FAILURE() << "expectLogged: call UnexpectedErrors::watch() in main";
  }
}

}  // namespace couplet::testing
#pragma GCC visibility pop
