// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/clock.h>

#include <chrono>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/fake_clock.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

class DelayedCallTest : public ::testing::Test {
 protected:
  DelayedCall countLater(Duration delay) {
    return clock.callLater(delay, [this] { ++calls; });
  }

  testing::FakeClock clock;
  int calls = 0;
};

TEST_F(DelayedCallTest, ADefaultMadeOneIsInactiveAndHarmless) {
  DelayedCall none;
  EXPECT_FALSE(none.active());
  EXPECT_NO_THROW(none.cancel());
  EXPECT_NO_THROW(none.reset(1s));
  EXPECT_NO_THROW(none.delay(1s));
}

TEST_F(DelayedCallTest, DestroyingTheHandleDoesNotCancelTheCall) {
  { DelayedCall handle = countLater(1s); }
  clock.advance(1s);
  EXPECT_EQ(calls, 1);
}

TEST_F(DelayedCallTest, CopiesMeanTheSameCall) {
  DelayedCall call = countLater(1s);
  DelayedCall copy = call;
  copy.cancel();
  EXPECT_FALSE(call.active());
  clock.advance(1s);
  EXPECT_EQ(calls, 0);
}

TEST_F(DelayedCallTest, AMovedFromHandleIsInactive) {
  DelayedCall call = countLater(1s);
  DelayedCall moved = std::move(call);
  EXPECT_FALSE(call.active());
  EXPECT_TRUE(moved.active());
}

TEST_F(DelayedCallTest, TellsWhenItIsDue) {
  DelayedCall call = countLater(2s);
  EXPECT_EQ(call.getTime(), clock.now() + 2s);
}

TEST_F(DelayedCallTest, ResetCountsFromNow) {
  DelayedCall call = countLater(2s);
  clock.advance(1s);
  call.reset(3s);
  clock.advance(2s);
  EXPECT_EQ(calls, 0);
  clock.advance(1s);
  EXPECT_EQ(calls, 1);
}

TEST_F(DelayedCallTest, ResetMayBringACallForward) {
  DelayedCall call = countLater(10s);
  call.reset(1s);
  clock.advance(1s);
  EXPECT_EQ(calls, 1);
}

TEST_F(DelayedCallTest, DelayCountsFromTheTimeOfTheCall) {
  DelayedCall call = countLater(2s);
  clock.advance(1s);
  call.delay(3s);
  EXPECT_EQ(call.getTime(), clock.now() + 4s);
}

TEST_F(DelayedCallTest, ANegativeDelayBringsTheCallForwardButNotIntoThePast) {
  DelayedCall call = countLater(5s);
  clock.advance(1s);
  call.delay(-2s);
  EXPECT_EQ(call.getTime(), clock.now() + 2s);
  call.delay(-10s);
  EXPECT_EQ(call.getTime(), clock.now());
}

// Deferred 143: AlreadyCancelled after cancel; active() reflects it.
TEST_F(DelayedCallTest, ThrowsAlreadyCancelledAfterCancel) {
  DelayedCall call = countLater(1s);
  EXPECT_TRUE(call.active());
  call.cancel();
  EXPECT_FALSE(call.active());
  EXPECT_THROW(call.cancel(), AlreadyCancelled);
  EXPECT_THROW(call.reset(1s), AlreadyCancelled);
  EXPECT_THROW(call.delay(1s), AlreadyCancelled);
}

// Deferred 143: AlreadyCalled after the run; active() reflects it.
TEST_F(DelayedCallTest, ThrowsAlreadyCalledAfterTheRun) {
  DelayedCall call = countLater(1s);
  clock.advance(1s);
  EXPECT_FALSE(call.active());
  EXPECT_THROW(call.cancel(), AlreadyCalled);
  EXPECT_THROW(call.reset(1s), AlreadyCalled);
  EXPECT_THROW(call.delay(1s), AlreadyCalled);
}

// Deferred 143: A call is no longer active while it runs.
TEST_F(DelayedCallTest, IsNotActiveWhileItRuns) {
  DelayedCall call;
  call = clock.callLater(1s, [&] { EXPECT_THROW(call.cancel(), AlreadyCalled); });
  clock.advance(1s);
}

TEST_F(DelayedCallTest, ANegativeResetThrows) {
  DelayedCall call = countLater(1s);
  EXPECT_THROW(call.reset(-1s), std::invalid_argument);
  EXPECT_TRUE(call.active());
}

TEST_F(DelayedCallTest, IsInactiveOnceItsClockIsGone) {
  auto mortal = std::make_unique<testing::FakeClock>();
  DelayedCall call = mortal->callLater(1s, [] {});
  mortal.reset();
  EXPECT_FALSE(call.active());
  EXPECT_NO_THROW(call.cancel());
}

}  // namespace
}  // namespace couplet
