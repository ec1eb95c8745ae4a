// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/testing/fake_clock.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace couplet::testing {
namespace {

using namespace std::chrono_literals;

class FakeClockTest : public ::testing::Test {
 protected:
  Callable<void()> say(char letter) {
    return [this, letter] { said += letter; };
  }

  FakeClock clock;
  Clock::TimePoint start = clock.now();
  std::string said;
};

TEST_F(FakeClockTest, StandsStillUntilItIsAdvanced) {
  clock.callLater(0s, say('a'));
  EXPECT_EQ(said, "");
  clock.advance(0s);
  EXPECT_EQ(said, "a");
  EXPECT_EQ(clock.now(), start);
}

// Deferred 142: advance sets the time first, then runs the calls that are due.
TEST_F(FakeClockTest, SetsTheTimeBeforeItRunsTheCalls) {
  Clock::TimePoint seen;
  clock.callLater(1s, [&] { seen = clock.now(); });
  clock.advance(5s);
  EXPECT_EQ(seen, start + 5s);
}

// Deferred 142: In order of time, stable for equal times.
TEST_F(FakeClockTest, RunsCallsInOrderOfTimeAndThoseOfTheSameTimeInTheOrderMade) {
  clock.callLater(2s, say('c'));
  clock.callLater(1s, say('a'));
  clock.callLater(2s, say('d'));
  clock.callLater(1s, say('b'));
  clock.advance(2s);
  EXPECT_EQ(said, "abcd");
}

// Deferred 142: A call made during advance counts from the new time.
TEST_F(FakeClockTest, ACallMadeDuringAdvanceCountsFromTheNewTime) {
  clock.callLater(1s, [this] { clock.callLater(500ms, say('a')); });
  clock.advance(2s);
  EXPECT_EQ(said, "");
  clock.advance(500ms);
  EXPECT_EQ(said, "a");
}

// Deferred 142: A call without delay made during advance runs in the same advance.
TEST_F(FakeClockTest, ACallWithoutDelayMadeDuringAdvanceRunsInIt) {
  clock.callLater(1s, [this] { clock.callLater(0s, say('a')); });
  clock.advance(1s);
  EXPECT_EQ(said, "a");
}

TEST_F(FakeClockTest, WhatACallThrowsComesOutAndTheRestRunsNextTime) {
  clock.callLater(1s, [] { throw std::runtime_error("bad"); });
  clock.callLater(1s, say('a'));
  EXPECT_THROW(clock.advance(1s), std::runtime_error);
  EXPECT_EQ(said, "");
  clock.advance(0s);
  EXPECT_EQ(said, "a");
}

TEST_F(FakeClockTest, PumpAdvancesByEachStep) {
  clock.callLater(1s, [this] { clock.callLater(1s, say('a')); });
  clock.pump({1s, 1s});
  EXPECT_EQ(said, "a");
  EXPECT_EQ(clock.now(), start + 2s);
}

TEST_F(FakeClockTest, CountsTheCallsThatWait) {
  clock.callLater(1s, say('a'));
  DelayedCall second = clock.callLater(2s, say('b'));
  EXPECT_EQ(clock.delayedCalls(), 2u);
  second.cancel();
  EXPECT_EQ(clock.delayedCalls(), 1u);
  clock.advance(1s);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(FakeClockTest, DoesNotGoBackwards) {
  EXPECT_THROW(clock.advance(-1s), std::invalid_argument);
}

}  // namespace
}  // namespace couplet::testing
