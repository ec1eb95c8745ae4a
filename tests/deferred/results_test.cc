// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/testing/results.h>

#include <memory>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>

namespace couplet::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(ResultsTest, SuccessResultOfIsTheValue) {
  Deferred<std::string> deferred = succeed(std::string("poem"));
  EXPECT_EQ(successResultOf(deferred), "poem");
  EXPECT_EQ(successResultOf(succeed(3)), 3);
}

TEST(ResultsTest, SuccessResultOfMayBeMoveOnlyOrNothing) {
  EXPECT_EQ(*successResultOf(succeed(std::make_unique<int>(3))), 3);
  successResultOf(succeed());
}

TEST(ResultsTest, SuccessResultOfAFailureSaysWhichAndWhere) {
  EXPECT_THAT([] { successResultOf(fail<int>(std::runtime_error("no"))); },
              ThrowsMessage<UnexpectedResult>(
                  HasSubstr("a value was expected, but it failed with std::runtime_error: no")));
  EXPECT_THAT([] { successResultOf(fail<int>(std::runtime_error("no"))); },
              ThrowsMessage<UnexpectedResult>(HasSubstr("results_test.cc:")));
}

TEST(ResultsTest, SuccessResultOfAPendingDeferredSaysSo) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  EXPECT_THAT([&] { successResultOf(deferred); },
              ThrowsMessage<UnexpectedResult>(HasSubstr("there is no result yet")));
  promise.callback(3);
}

TEST(ResultsTest, FailureResultOfIsTheFailure) {
  Deferred<int> deferred = fail<int>(std::runtime_error("no"));
  EXPECT_EQ(failureResultOf(deferred).message(), "no");
}

TEST(ResultsTest, FailureResultOfChecksTheType) {
  EXPECT_EQ(failureResultOf<std::exception>(fail<int>(std::runtime_error("no"))).message(), "no");
  EXPECT_THAT([] { failureResultOf<std::logic_error>(fail<void>(std::runtime_error("no"))); },
              ThrowsMessage<UnexpectedResult>(HasSubstr(
                  "another failure was expected than that it has: std::runtime_error: no")));
}

TEST(ResultsTest, FailureResultOfAValueSaysSo) {
  EXPECT_THAT([] { failureResultOf(succeed(3)); },
              ThrowsMessage<UnexpectedResult>(HasSubstr("a failure was expected")));
}

TEST(ResultsTest, AssertNoResultLeavesTheDeferredAsItIs) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  assertNoResult(deferred);
  promise.callback(3);
  EXPECT_EQ(successResultOf(deferred), 3);
}

TEST(ResultsTest, AssertNoResultThrowsWhereThereIsOne) {
  Deferred<void> fired = succeed();
  EXPECT_THAT(
      [&] { assertNoResult(fired); },
      ThrowsMessage<UnexpectedResult>(HasSubstr("no result was expected, but it has a value")));
  Deferred<int> failed = fail<int>(std::runtime_error("no"));
  EXPECT_THAT([&] { assertNoResult(failed); }, ThrowsMessage<UnexpectedResult>(HasSubstr("no")));
  EXPECT_EQ(failureResultOf(failed).message(), "no");
}

}  // namespace
}  // namespace couplet::testing
