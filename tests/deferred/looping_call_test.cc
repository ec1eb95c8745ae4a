// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/looping_call.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using testing::AtEnd;
using testing::Counted;
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

class LoopingCallTest : public testing::ReportingTest {
 protected:
  /// The time in seconds.
  double now() const { return std::chrono::duration<double>(clock.now().time_since_epoch()) / 1s; }

  testing::FakeClock clock;
  std::vector<double> times;  // of the calls
  LoopingCall loop{clock, [this] { times.push_back(now()); }};
};

using Times = std::vector<double>;

// Deferred 137: It runs at once, then at multiples of the interval.
TEST_F(LoopingCallTest, RunsAtOnceThenAtMultiplesOfTheInterval) {
  clock.advance(500ms);
  loop.start(1s);
  EXPECT_TRUE(loop.running());
  EXPECT_EQ(loop.interval(), 1s);
  clock.pump({1s, 1s});
  EXPECT_EQ(times, (Times{0.5, 1.5, 2.5}));
}

// Deferred 137: ... with now = false after one interval.
TEST_F(LoopingCallTest, MayBeginAfterOneInterval) {
  loop.start(2s, false);
  EXPECT_EQ(times, Times{});
  clock.pump({1s, 1s, 1s, 1s});
  EXPECT_EQ(times, (Times{2, 4}));
}

// Deferred 137: Missed ticks are skipped, not replayed.
TEST_F(LoopingCallTest, MissedTicksAreSkipped) {
  loop.start(1s);
  clock.advance(2500ms);
  EXPECT_EQ(times, (Times{0, 2.5}));
  clock.advance(499ms);
  EXPECT_EQ(times.size(), 2u);
  clock.advance(1ms);
  EXPECT_EQ(times, (Times{0, 2.5, 3}));
}

// Deferred 137: ... where the time jumps to a multiple itself, too: one call, the next a whole
// interval later.
TEST_F(LoopingCallTest, AJumpToAMultipleIsOneCall) {
  loop.start(1s);
  clock.advance(3s);
  EXPECT_EQ(times, (Times{0, 3}));
  clock.advance(999ms);
  EXPECT_EQ(times.size(), 2u);
  clock.advance(1ms);
  EXPECT_EQ(times, (Times{0, 3, 4}));
}

// Deferred 137: A call that takes long moves the grid no more than a late one.
TEST_F(LoopingCallTest, TimeThatPassesInACallDoesNotMoveTheGrid) {
  LoopingCall slow(clock, [&] {
    times.push_back(now());
    if (times.size() == 1) clock.advance(300ms);
  });
  slow.start(1s);
  clock.advance(699ms);
  EXPECT_EQ(times, Times{0});
  clock.advance(1ms);
  EXPECT_EQ(times, (Times{0, 1}));
}

// Deferred 138: The next call waits for the Deferred of the one before.
TEST_F(LoopingCallTest, WaitsForTheDeferredOfACall) {
  std::optional<Promise<int>> answer;
  LoopingCall waiting(clock, [&] {
    times.push_back(now());
    return answer.emplace().deferred();
  });
  waiting.start(1s);
  clock.advance(3300ms);
  EXPECT_EQ(times, Times{0});
  answer->callback(5);
  EXPECT_EQ(times, Times{0});
  clock.advance(700ms);
  EXPECT_EQ(times, (Times{0, 4}));
}

// Deferred 138: ... so, too, for a coroutine, whose captures live on.
TEST_F(LoopingCallTest, TheFunctionMayBeACoroutine) {
  Promise<void> first;
  std::vector<std::string> said;
  LoopingCall looping(clock, [&, word = std::string("tick")]() -> Deferred<void> {
    if (first.pending()) co_await first.deferred();
    said.push_back(word);
  });
  looping.start(1s);
  clock.advance(1500ms);
  EXPECT_TRUE(said.empty());
  first.callback();
  clock.advance(500ms);
  EXPECT_EQ(said, (std::vector<std::string>{"tick", "tick"}));
}

// Deferred 138: When it throws, the loop stops and the Deferred of start fails.
TEST_F(LoopingCallTest, AnExceptionEndsTheLoop) {
  LoopingCall failing(clock, [&] {
    if (now() > 0) throw PoemError();
  });
  auto stopped = failing.start(1s);
  assertNoResult(stopped);
  clock.advance(1s);
  EXPECT_FALSE(failing.running());
  EXPECT_EQ(clock.delayedCalls(), 0u);
  failureResultOf<PoemError>(stopped);
}

// Deferred 138: ... at the first call, too.
TEST_F(LoopingCallTest, AnExceptionAtOnceEndsTheLoop) {
  LoopingCall failing(clock, []() -> int { throw PoemError(); });
  auto stopped = failing.start(1s);
  EXPECT_FALSE(failing.running());
  failureResultOf<PoemError>(stopped);
}

// Deferred 138: ... and so when the Deferred of a call fails.
TEST_F(LoopingCallTest, AFailureOfACallsDeferredEndsTheLoop) {
  Promise<void> answer;
  LoopingCall failing(clock, [&] { return answer.deferred(); });
  auto stopped = failing.start(1s);
  answer.errback(PoemError());
  EXPECT_FALSE(failing.running());
  failureResultOf<PoemError>(stopped);
}

// Deferred 138: Where nobody listens to it, the failure is reported.
TEST_F(LoopingCallTest, AFailureIsReportedWhereNobodyListens) {
  LoopingCall failing(clock, [] { throw PoemError(); });
  failing.start(1s);
  EXPECT_EQ(takeReported(), "no poem;");
}

// Deferred 139: stop fires the Deferred of start with the LoopingCall.
TEST_F(LoopingCallTest, StopFiresTheDeferredWithTheLoopingCall) {
  auto stopped = loop.start(1s);
  assertNoResult(stopped);
  loop.stop();
  EXPECT_FALSE(loop.running());
  EXPECT_EQ(clock.delayedCalls(), 0u);
  EXPECT_EQ(successResultOf(stopped), &loop);
}

// Deferred 139: ... which the function may do itself.
TEST_F(LoopingCallTest, TheFunctionMayStopIt) {
  LoopingCall once(clock, [&] { once.stop(); });
  EXPECT_EQ(successResultOf(once.start(1s)), &once);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

// Deferred 139: ... when a call is under way, after that has ended.
TEST_F(LoopingCallTest, StopWaitsForTheCallUnderWay) {
  Promise<void> answer;
  LoopingCall waiting(clock, [&] { return answer.deferred(); });
  auto stopped = waiting.start(1s);
  waiting.stop();
  EXPECT_FALSE(waiting.running());
  assertNoResult(stopped);
  EXPECT_THROW(waiting.start(1s), std::logic_error);
  answer.callback();
  EXPECT_EQ(successResultOf(stopped), &waiting);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

// Deferred 139: stop and reset when it does not run, and start when it does, are errors.
TEST_F(LoopingCallTest, StopAndStartComeInTurns) {
  EXPECT_THROW(loop.stop(), std::logic_error);
  EXPECT_THROW(loop.reset(), std::logic_error);
  loop.start(1s);
  EXPECT_THROW(loop.start(1s), std::logic_error);
  EXPECT_EQ(times.size(), 1u);
  loop.stop();
  EXPECT_THROW(loop.stop(), std::logic_error);
}

// Deferred 139: A negative interval is an error, and begins nothing.
TEST_F(LoopingCallTest, ANegativeIntervalIsAnError) {
  EXPECT_THROW(loop.start(-1ns), std::invalid_argument);
  EXPECT_FALSE(loop.running());
  EXPECT_EQ(times, Times{});
}

// Deferred 139: An interval of 0 is every turn of the clock.
TEST_F(LoopingCallTest, AnIntervalOfZeroIsEveryTurn) {
  int calls = 0;
  LoopingCall busy(clock, [&] {
    if (++calls == 3) busy.stop();
  });
  auto stopped = busy.start(0s);
  EXPECT_EQ(calls, 1);
  clock.advance(0s);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(successResultOf(stopped), &busy);
}

// Deferred 140: withCount passes how many intervals have passed.
TEST_F(LoopingCallTest, WithCountPassesTheIntervalsThatHavePassed) {
  std::vector<int> counts;
  auto counting = LoopingCall::withCount(clock, [&](int count) { counts.push_back(count); });
  counting.start(1s);
  clock.advance(3200ms);
  clock.advance(800ms);
  EXPECT_EQ(counts, (std::vector<int>{1, 3, 1}));
}

// Deferred 140: ... from start on, without a call at once, and anew after a second start.
TEST_F(LoopingCallTest, WithCountCountsFromStart) {
  std::vector<int> counts;
  auto counting = LoopingCall::withCount(clock, [&](int count) { counts.push_back(count); });
  counting.start(1s, false);
  clock.advance(2500ms);
  counting.stop();
  clock.advance(10s);
  counting.start(1s);
  clock.advance(1s);
  EXPECT_EQ(counts, (std::vector<int>{2, 1, 1}));
}

// Deferred 140: ... those that passed while a call was under way, too.
TEST_F(LoopingCallTest, WithCountCountsWhatPassedDuringACall) {
  std::vector<int> counts;
  std::optional<Promise<void>> answer;
  auto counting = LoopingCall::withCount(clock, [&](int count) {
    counts.push_back(count);
    return answer.emplace().deferred();
  });
  auto stopped = counting.start(1s);
  clock.advance(3300ms);
  answer->callback();
  clock.advance(700ms);
  EXPECT_EQ(counts, (std::vector<int>{1, 4}));
  std::move(stopped).discard();
}

// Deferred 140: ... and 1 for an interval of 0.
TEST_F(LoopingCallTest, WithCountAndAnIntervalOfZeroCountsOne) {
  std::vector<int> counts;
  LoopingCall counting = LoopingCall::withCount(clock, [&](int count) {
    counts.push_back(count);
    if (counts.size() == 2) counting.stop();
  });
  counting.start(0s);
  clock.advance(5s);
  EXPECT_EQ(counts, (std::vector<int>{1, 1}));
}

TEST_F(LoopingCallTest, ResetCountsTheIntervalsFromNow) {
  loop.start(10s);
  clock.advance(4s);
  loop.reset();
  EXPECT_EQ(clock.delayedCalls(), 1u);
  clock.advance(9s);
  EXPECT_EQ(times, Times{0});
  clock.advance(1s);
  EXPECT_EQ(times, (Times{0, 14}));
}

TEST_F(LoopingCallTest, ResetWhileACallIsUnderWayChangesNothing) {
  std::optional<Promise<void>> answer;
  LoopingCall waiting(clock, [&] {
    times.push_back(now());
    return answer.emplace().deferred();
  });
  waiting.start(10s);
  clock.advance(4s);
  waiting.reset();
  answer->callback();
  clock.advance(6s);
  EXPECT_EQ(times, (Times{0, 10}));
}

TEST_F(LoopingCallTest, MayBeStartedAgainWhereItHasStopped) {
  int starts = 1;
  auto restart = [&](LoopingCall* stopped) {
    if (++starts == 3) return;
    stopped->start(3s);
  };
  loop.start(1s).addCallback(restart);
  clock.advance(1s);
  loop.stop();
  clock.advance(3s);
  EXPECT_EQ(starts, 2);
  EXPECT_EQ(times, (Times{0, 1, 1, 4}));
}

TEST_F(LoopingCallTest, CancellingStopsIt) {
  auto stopped = loop.start(1s);
  stopped.cancel();
  EXPECT_FALSE(loop.running());
  EXPECT_EQ(clock.delayedCalls(), 0u);
  failureResultOf<CancelledError>(stopped);
  loop.start(1s);
  EXPECT_EQ(times.size(), 2u);
}

TEST_F(LoopingCallTest, CancellingCancelsTheCallUnderWay) {
  bool cancelled = false;
  Promise<void> answer([&] { cancelled = true; });
  LoopingCall waiting(clock, [&] { return answer.deferred(); });
  auto stopped = waiting.start(1s);
  stopped.cancel();
  EXPECT_TRUE(cancelled);
  EXPECT_FALSE(waiting.running());
  failureResultOf<CancelledError>(stopped);
}

TEST_F(LoopingCallTest, ACallThatIsCancelledMayAnswerOtherwise) {
  Promise<void> answer([](Promise<void>& promise) { promise.errback(PoemError()); });
  LoopingCall waiting(clock, [&] { return answer.deferred(); });
  auto stopped = waiting.start(1s);
  stopped.cancel();
  failureResultOf<PoemError>(stopped);
}

TEST_F(LoopingCallTest, CancelledFromWithinItDropsWhatThatCallBegins) {
  int alive = 0;
  Promise<void> never;
  CancelHandle handle;
  LoopingCall looping(clock, [&]() -> Deferred<void> {
    Counted counted(alive);
    handle.cancel();
    co_await never.deferred();
  });
  auto stopped = looping.start(1s, false);
  handle = stopped.cancelHandle();
  clock.advance(1s);
  EXPECT_EQ(alive, 0);
  failureResultOf<CancelledError>(stopped);
}

TEST_F(LoopingCallTest, DiscardingStopsItAndDiscardsTheCallUnderWay) {
  int alive = 0;
  Promise<void> never;
  LoopingCall looping(clock, [&]() -> Deferred<void> {
    Counted counted(alive);
    co_await never.deferred();
  });
  auto stopped = looping.start(1s);
  EXPECT_EQ(alive, 1);
  std::move(stopped).discard();
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(looping.running());
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(LoopingCallTest, DestroyingItFiresTheDeferredAndLeavesNothing) {
  int alive = 0;
  auto looping = std::make_unique<LoopingCall>(clock, [counted = Counted(alive)] {});
  auto stopped = looping->start(1s);
  looping.reset();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(clock.delayedCalls(), 0u);
  EXPECT_NE(successResultOf(stopped), nullptr);
}

TEST_F(LoopingCallTest, DestroyingItDiscardsTheCallUnderWay) {
  int alive = 0;
  Promise<void> never;
  auto looping =
      std::make_unique<LoopingCall>(clock, [&, counted = Counted(alive)]() -> Deferred<void> {
        Counted inside(alive);
        co_await never.deferred();
      });
  looping->start(1s);
  EXPECT_EQ(alive, 2);
  looping.reset();
  EXPECT_EQ(alive, 0);
}

TEST_F(LoopingCallTest, TheFunctionMayDestroyIt) {
  int alive = 0;
  bool ran = false;
  std::unique_ptr<LoopingCall> looping;
  looping = std::make_unique<LoopingCall>(clock, [&, counted = Counted(alive)] {
    looping.reset();
    ran = alive == 1;  // the closure lives until it returns
  });
  looping->start(1s, false);
  clock.advance(1s);
  EXPECT_TRUE(ran);
  EXPECT_EQ(alive, 0);
}

TEST_F(LoopingCallTest, ItMayBeDestroyedWhereItHasStopped) {
  auto looping = std::make_unique<LoopingCall>(clock, [] {});
  looping->start(1s).addCallback([&](LoopingCall*) { looping.reset(); });
  looping->stop();
  EXPECT_EQ(looping, nullptr);
}

TEST_F(LoopingCallTest, FailsWhenTheClockGoes) {
  std::optional<testing::FakeClock> shortLived(std::in_place);
  LoopingCall looping(*shortLived, [] {});
  auto stopped = looping.start(1s);
  shortLived.reset();
  EXPECT_FALSE(looping.running());
  failureResultOf<AbandonedError>(stopped);
}

// A coroutine that only its LoopingCall could wake ends with the clock.
TEST_F(LoopingCallTest, ACoroutineThatAwaitsItEndsWithTheClock) {
  int alive = 0;
  {
    testing::FakeClock shortLived;
    [](Clock& clock, int& alive) -> Deferred<void> {
      Counted counted(alive);
      LoopingCall looping(clock, [] {});
      co_await looping.start(1s);
    }(shortLived, alive)
                                        .addErrback([](const Failure& failure) {
                                          failure.trap<AbandonedError>();
                                        });
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST_F(LoopingCallTest, DroppedItGoesOn) {
  loop.start(1s);
  clock.pump({1s, 1s});
  EXPECT_EQ(times.size(), 3u);
}

}  // namespace
}  // namespace couplet
