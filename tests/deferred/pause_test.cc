// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Holding callbacks back.
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
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

class DeferredPauseTest : public testing::ReportingTest {
 protected:
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  std::string trace;
};

// Deferred 60: Pauses nest: the callbacks run when as many were taken back.
TEST_F(DeferredPauseTest, PausesNest) {
  deferred.addCallback([&](int value) { return trace += "a", value; });
  deferred.pause();
  deferred.pause();
  promise.callback(1);
  deferred.unpause();
  EXPECT_EQ(trace, "");
  deferred.unpause();
  EXPECT_EQ(trace, "a");
}

// Deferred 61: Firing while paused stores the result; unpausing runs all callbacks in order.
TEST_F(DeferredPauseTest, FiringWhilePausedStoresTheResult) {
  deferred.pause();
  deferred.addCallback([&](int value) { return trace += "a", value + 1; });
  promise.callback(1);
  deferred.addCallback([&](int value) { return trace += "b", value + 1; });
  EXPECT_EQ(trace, "");
  EXPECT_FALSE(promise.pending());
  deferred.unpause();
  EXPECT_EQ(trace, "ab");
  EXPECT_EQ(successResultOf(deferred), 3);
}

// Deferred 62: A pause that ended before the firing does nothing.
TEST_F(DeferredPauseTest, APauseBeforeFiringLeavesNothingBehind) {
  deferred.addCallback([&](int value) { return trace += "a", value; });
  deferred.pause();
  deferred.unpause();
  EXPECT_EQ(trace, "");
  promise.callback(1);
  EXPECT_EQ(trace, "a");
}

// Deferred 63: Unpausing without a pause throws, and leaves the Deferred as it was.
TEST_F(DeferredPauseTest, UnpausingWithoutAPauseThrows) {
  EXPECT_THROW(deferred.unpause(), std::logic_error);
  EXPECT_THROW(deferred.pauseHandle().unpause(), std::logic_error);
  deferred.addCallback([&](int value) { return trace += "a", value; });
  promise.callback(1);
  EXPECT_EQ(trace, "a");
}

// A callback that pauses its own chain holds back those after it.
TEST_F(DeferredPauseTest, ACallbackMayPauseItsOwnChain) {
  deferred
      .addCallback([&](int value) {
        deferred.pause();
        return trace += "a", value;
      })
      .addCallback([&](int value) { return trace += "b", value; });
  promise.callback(1);
  EXPECT_EQ(trace, "a");
  deferred.unpause();
  EXPECT_EQ(trace, "ab");
}

// Unpausing from within a callback runs nothing inside of it.
TEST_F(DeferredPauseTest, UnpausingInACallbackDoesNotRecurse) {
  deferred
      .addCallback([&](int value) {
        deferred.pause();
        deferred.unpause();
        return trace += "a", value;
      })
      .addCallback([&](int value) { return trace += "b", value; });
  promise.callback(1);
  EXPECT_EQ(trace, "ab");
}

// A PauseHandle goes on working when the chain has moved on.
TEST_F(DeferredPauseTest, AHandleFollowsTheChain) {
  PauseHandle handle = deferred.pauseHandle();
  handle.pause();
  std::move(deferred).addCallback([&](int value) { trace += std::to_string(value); });
  promise.callback(5);
  EXPECT_EQ(trace, "");
  PauseHandle copy = handle;
  copy.unpause();
  EXPECT_EQ(trace, "5");
}

// A paused chain that was dropped lives as long as it has a handle.
TEST_F(DeferredPauseTest, AHandleKeepsADroppedPausedChain) {
  int captures = 0;
  PauseHandle handle = deferred.pauseHandle();
  handle.pause();
  std::move(deferred).addCallback([counted = Counted(captures)](int) {});
  promise.callback(5);
  EXPECT_EQ(captures, 1);
  handle = PauseHandle();
  EXPECT_EQ(captures, 0);
}

// ... and reports its failure when the last handle goes.
TEST_F(DeferredPauseTest, ADroppedPausedFailureIsReportedWithTheLastHandle) {
  PauseHandle handle = deferred.pauseHandle();
  handle.pause();
  { auto dropped = std::move(deferred); }
  promise.errback(PoemError("lost"));
  EXPECT_EQ(takeReported(), "");
  handle = PauseHandle();
  EXPECT_EQ(takeReported(), "lost;");
}

// A handle of a chain that has ended does nothing, and neither does an empty one.
TEST_F(DeferredPauseTest, AHandleOfAnEndedChainDoesNothing) {
  PauseHandle handle = deferred.pauseHandle();
  std::move(deferred).discard();
  handle.pause();
  EXPECT_NO_THROW(handle.unpause());
  PauseHandle().pause();
  EXPECT_NO_THROW(PauseHandle().unpause());
}

}  // namespace
}  // namespace couplet
