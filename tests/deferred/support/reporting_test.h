// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What most tests of Deferreds stand on: unhandled failures are caught, and fail the test unless it
// takes them.
#pragma once

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/report.h>

namespace couplet::testing {

/// An unhandled failure, as a test sees it.
struct Report {
  Failure failure;
  SourceLocation made;
  std::string name;
  std::string text;  ///< the whole line
};

/// Collects the reports of its thread while it lives.
class ReportingTest : public ::testing::Test {
 protected:
  ReportingTest() : before_(setReportFunction(&collect)) {}
  ~ReportingTest() override {
    setReportFunction(before_);
    takeReports();  // of what the fixture left behind
  }

  void TearDown() override {
    for (const Report& report : takeReports()) ADD_FAILURE() << "unexpected: " << report.text;
  }

  /// The reports since the last call.
  static std::vector<Report> takeReports() { return std::exchange(collected, {}); }

  /// What the failures reported since the last call say, each followed by a semicolon.
  static std::string takeReported() {
    std::string messages;
    for (const Report& report : takeReports()) messages += report.failure.message() + ";";
    return messages;
  }

 private:
  static void collect(const UnhandledFailure& unhandled) {
    std::ostringstream text;
    text << unhandled;
    collected.push_back(
        {unhandled.failure, unhandled.made, std::string(unhandled.name), text.str()});
  }

  static inline thread_local std::vector<Report> collected;
  ReportFunction before_;
};

}  // namespace couplet::testing
