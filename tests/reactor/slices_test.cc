// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Cooperator and LoopingCall on a real reactor, whose time stands still in a turn.
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/cooperator.h>
#include <couplet/deferred/looping_call.h>

#include "any_reactor.h"

namespace couplet {
namespace {

using ::testing::Each;
using ::testing::Ge;

class SlicesTest : public ::testing::Test {
 protected:
  std::unique_ptr<Reactor> reactor = newReactor({.handleSignals = false});
};

TEST_F(SlicesTest, AnEndlessTaskLeavesTheReactorItsTurns) {
  Cooperator cooperator(*reactor);
  long steps = 0;
  CooperativeTask task = cooperator.cooperate([&] { return ++steps, true; });
  runBody(*reactor, [&]() -> Deferred<void> {
    for (int turn = 0; turn < 3; ++turn) {
      const long before = steps;
      co_await until(*reactor, [&] { return steps > before; });
    }
    task.stop();
  });
  EXPECT_GT(steps, 3);
}

// Deferred 139: An interval of 0 is every turn of the reactor, once.
TEST_F(SlicesTest, AnIntervalOfZeroIsOneCallATurn) {
  testing::MemoryReactor turning;
  int calls = 0;
  LoopingCall busy(turning, [&] { ++calls; });
  busy.start(0s);
  for (int turns = 1; turns < 5; ++turns) {
    EXPECT_EQ(calls, turns);
    turning.turn();
  }
}

TEST_F(SlicesTest, ALoopingCallCountsItsIntervals) {
  std::vector<int> counts;
  LoopingCall looping = LoopingCall::withCount(*reactor, [&](int count) {
    counts.push_back(count);
    if (counts.size() == 5) looping.stop();
  });
  const Clock::TimePoint begun = reactor->now();
  runBody(*reactor, [&]() -> Deferred<void> { co_await looping.start(1ms); });
  EXPECT_EQ(counts.size(), 5u);
  EXPECT_THAT(counts, Each(Ge(1)));
  EXPECT_GE(reactor->now() - begun, 4ms);
}

}  // namespace
}  // namespace couplet
