// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/report.h>

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>

#include "tests/deferred/support/lives.h"

namespace couplet {
namespace {

using testing::PoemError;

std::string said;

class ReportFunctionTest : public ::testing::Test {
 protected:
  void TearDown() override {
    setReportFunction(nullptr);
    said.clear();
  }
};

// Deferred 202: Reports go through the function that was set, before the destructor returns.
TEST_F(ReportFunctionTest, HearsOfAnUnhandledFailureAtOnce) {
  setReportFunction([](const UnhandledFailure& unhandled) { said += unhandled.failure.message(); });
  { auto deferred = fail<int>(PoemError("lost")); }
  EXPECT_EQ(said, "lost");
}

TEST_F(ReportFunctionTest, TheDefaultWritesALineToStderr) {
  ::testing::internal::CaptureStderr();
  static_cast<void>(
      fail<int>(Failure(PoemError("lost"), SourceLocation{"a.cc", 1}), SourceLocation{"b.cc", 2}));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "Unhandled error in Deferred: couplet::testing::PoemError: lost "
            "(raised at a.cc:1, made at b.cc:2)\n");
}

TEST_F(ReportFunctionTest, SettingReturnsTheOneBefore) {
  ReportFunction mine = [](const UnhandledFailure&) {};
  EXPECT_TRUE(reportsByDefault());
  EXPECT_EQ(setReportFunction(mine), nullptr);
  EXPECT_FALSE(reportsByDefault());
  EXPECT_EQ(setReportFunction(nullptr), mine);
  EXPECT_TRUE(reportsByDefault());
}

// A report function may itself use Deferreds, and even fail to handle one.
TEST_F(ReportFunctionTest, MayUseDeferreds) {
  setReportFunction([](const UnhandledFailure& unhandled) {
    said += unhandled.failure.message() + ";";
    if (said.size() < 20) static_cast<void>(fail<int>(PoemError("again")));
  });
  { auto deferred = fail<int>(PoemError("lost")); }
  EXPECT_EQ(said, "lost;again;again;again;");
}

}  // namespace
}  // namespace couplet
