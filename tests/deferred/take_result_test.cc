// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Taking a result that is there already.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::Counted;
using testing::PoemError;
using testing::successResultOf;

class TakeResultTest : public testing::ReportingTest {
 protected:
  int alive = 0;
};

TEST_F(TakeResultTest, GivesTheValueAndEmptiesTheDeferred) {
  Deferred<std::unique_ptr<int>> deferred = succeed(std::make_unique<int>(7));
  const auto result = deferred.takeResult();
  ASSERT_TRUE(result);
  EXPECT_EQ(*result->value(), 7);
  EXPECT_FALSE(deferred);
}

TEST_F(TakeResultTest, GivesAFailureWhichIsNotReported) {
  auto deferred = fail<int>(PoemError("burnt"));
  const auto result = deferred.takeResult();
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->failure().check<PoemError>());
}

TEST_F(TakeResultTest, OfNothingIsASuccess) {
  Deferred<void> deferred = succeed();
  EXPECT_TRUE(deferred.takeResult()->hasValue());
}

TEST_F(TakeResultTest, LeavesAPendingOneAsItIs) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  EXPECT_FALSE(deferred.takeResult());
  promise.callback(7);
  EXPECT_EQ(successResultOf(std::move(deferred)), 7);
}

TEST_F(TakeResultTest, LeavesAPausedOneAsItIs) {
  Deferred<int> deferred = succeed(7);
  deferred.pause();
  EXPECT_FALSE(deferred.takeResult());
  deferred.unpause();
  EXPECT_EQ(deferred.takeResult()->value(), 7);
}

TEST_F(TakeResultTest, OfAnEmptyOneIsALogicError) {
  Deferred<int> deferred;
  EXPECT_THROW((void)deferred.takeResult(), std::logic_error);
}

TEST_F(TakeResultTest, DestroysWhatItHasTaken) {
  {
    Deferred<Counted> deferred = succeed(Counted(alive));
    EXPECT_TRUE(deferred.takeResult());
  }
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace couplet
