// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A value that is there already.
#include <memory>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::Counted;
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

class ReadyValueTest : public testing::ReportingTest {
 protected:
  int alive = 0;
};

TEST_F(ReadyValueTest, IsSeenAndStays) {
  Deferred<int> deferred = succeed(7);
  ASSERT_TRUE(deferred.readyValue());
  EXPECT_EQ(*deferred.readyValue(), 7);
  EXPECT_EQ(successResultOf(std::move(deferred)), 7);
}

TEST_F(ReadyValueTest, MayBeMovedFrom) {
  Deferred<std::unique_ptr<int>> deferred = succeed(std::make_unique<int>(7));
  const std::unique_ptr<int> value = std::move(*deferred.readyValue());
  EXPECT_EQ(*value, 7);
}

TEST_F(ReadyValueTest, OfNothingIsThere) {
  Deferred<void> deferred = succeed();
  EXPECT_TRUE(deferred.readyValue());
}

TEST_F(ReadyValueTest, AFailureIsNone) {
  auto deferred = fail<int>(PoemError("burnt"));
  EXPECT_FALSE(deferred.readyValue());
  EXPECT_TRUE(failureResultOf(std::move(deferred)).check<PoemError>());
}

TEST_F(ReadyValueTest, APendingOneHasNone) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  EXPECT_FALSE(deferred.readyValue());
  promise.callback(7);
  EXPECT_EQ(*deferred.readyValue(), 7);
}

TEST_F(ReadyValueTest, APausedOneHasNone) {
  Deferred<int> deferred = succeed(7);
  deferred.pause();
  EXPECT_FALSE(deferred.readyValue());
  deferred.unpause();
  EXPECT_EQ(*deferred.readyValue(), 7);
}

TEST_F(ReadyValueTest, OneWithACallbackThatWaitsHasNone) {
  Promise<int> second;
  Deferred<int> deferred =
      succeed(1).addCallback([inner = second.deferred()](int) mutable { return std::move(inner); });
  EXPECT_FALSE(deferred.readyValue());
  second.callback(2);
  EXPECT_EQ(*deferred.readyValue(), 2);
}

TEST_F(ReadyValueTest, OfAnEmptyOneIsALogicError) {
  Deferred<int> deferred;
  EXPECT_THROW((void)deferred.readyValue(), std::logic_error);
}

TEST_F(ReadyValueTest, IsDestroyedWithItsDeferred) {
  {
    Deferred<Counted> deferred = succeed(Counted(alive));
    EXPECT_TRUE(deferred.readyValue());
  }
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace couplet
