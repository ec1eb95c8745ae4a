// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Deferred::addTimeout and deferLater.
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::Counted;
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

class TimeoutTest : public testing::ReportingTest {
 protected:
  testing::FakeClock clock;
  Promise<int> promise;
};

// Deferred 78: addTimeout gives the same chain back and cancels it after the time.
TEST_F(TimeoutTest, CancelsAfterTheTime) {
  Deferred<int> deferred = promise.deferred();
  EXPECT_EQ(&deferred.addTimeout(10s, clock), &deferred);
  EXPECT_EQ(clock.delayedCalls(), 1u);
  clock.advance(9999ms);
  EXPECT_TRUE(promise.pending());
  clock.advance(1ms);
  EXPECT_FALSE(promise.pending());
  failureResultOf<TimeoutError>(deferred);
}

// Deferred 79: When it fires before, the delayed call is cancelled.
TEST_F(TimeoutTest, FiringInTimeEndsTheTimer) {
  auto deferred = promise.deferred().addTimeout(10s, clock);
  promise.callback(5);
  EXPECT_EQ(clock.delayedCalls(), 0u);
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Deferred 79: ... when it fails, too.
TEST_F(TimeoutTest, FailingInTimeEndsTheTimer) {
  auto deferred = promise.deferred().addTimeout(10s, clock);
  promise.errback(PoemError());
  EXPECT_EQ(clock.delayedCalls(), 0u);
  failureResultOf<PoemError>(deferred);
}

// Deferred 79: ... so too where it had fired before.
TEST_F(TimeoutTest, AFiredOneNeedsNoTimer) {
  auto deferred = succeed(5).addTimeout(10s, clock);
  EXPECT_EQ(clock.delayedCalls(), 0u);
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Deferred 80: The CancelledError that comes of it becomes a TimeoutError with the time.
TEST_F(TimeoutTest, TheErrorTellsTheTime) {
  auto deferred = promise.deferred()
                      .addErrback([](const Failure& failure) { return failure; })
                      .addTimeout(1500ms, clock);
  clock.advance(2s);
  Failure failure = failureResultOf<TimeoutError>(deferred);
  EXPECT_EQ(failure.get<TimeoutError>()->timeout(), 1500ms);
  EXPECT_EQ(failure.message(), "Deferred timed out after 1.5 s");
}

// Deferred 81: What the canceller answers passes unchanged.
TEST_F(TimeoutTest, TheCancellersAnswerPasses) {
  Promise<int> withValue([](Promise<int>& promise) { promise.callback(5); });
  Promise<int> withFailure([](Promise<int>& promise) { promise.errback(PoemError()); });
  auto first = withValue.deferred().addTimeout(10s, clock);
  auto second = withFailure.deferred().addTimeout(10s, clock);
  clock.advance(10s);
  EXPECT_EQ(successResultOf(first), 5);
  failureResultOf<PoemError>(second);
}

// Deferred 82: When something else cancels it before, CancelledError it stays; the timer ends.
TEST_F(TimeoutTest, AnEarlierCancelStaysACancel) {
  auto deferred = promise.deferred().addTimeout(10s, clock);
  deferred.cancel();
  EXPECT_EQ(clock.delayedCalls(), 0u);
  failureResultOf<CancelledError>(deferred);
}

// Deferred 83: An errback added before sees CancelledError; when it recovers, that is the result.
TEST_F(TimeoutTest, AnErrbackBeforeMayRecover) {
  bool cancelled = false;
  auto deferred = promise.deferred()
                      .addErrback([&](const Failure& failure) {
                        cancelled = failure.check<CancelledError>() != nullptr;
                        return 7;
                      })
                      .addTimeout(10s, clock);
  clock.advance(10s);
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(successResultOf(deferred), 7);
}

// Deferred 84: onTimeoutCancel is called with the value and the time; its answer is the result.
TEST_F(TimeoutTest, OnTimeoutCancelGivesTheResult) {
  std::string heard;
  auto deferred = promise.deferred().addTimeout(
      10s, clock, [&](Result<int> result, Duration timeout) -> Result<int> {
        heard = result.failure().message();
        return static_cast<int>(timeout / 1s);
      });
  clock.advance(10s);
  EXPECT_EQ(heard, "the Deferred was cancelled");
  EXPECT_EQ(successResultOf(deferred), 10);
}

// Deferred 84: ... after a time-out only, even if an errback before has recovered.
TEST_F(TimeoutTest, OnTimeoutCancelIsCalledAfterATimeoutOnly) {
  int calls = 0;
  auto count = [&](Result<int> result, Duration) { return ++calls, result; };
  EXPECT_EQ(successResultOf(succeed(1).addTimeout(10s, clock, count)), 1);
  Promise<int> cancelled;
  auto early = cancelled.deferred().addTimeout(10s, clock, count);
  early.cancel();
  failureResultOf<CancelledError>(early);
  EXPECT_EQ(calls, 0);

  auto recovered = promise.deferred().addErrback([](const Failure&) { return 7; });
  recovered.addTimeout(10s, clock, count);
  clock.advance(10s);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(successResultOf(recovered), 7);
}

// Deferred 85: It covers inner Deferreds of callbacks added before, and cancels these.
TEST_F(TimeoutTest, CoversInnerDeferredsOfCallbacksBefore) {
  bool cancelled = false;
  Promise<int> inner([&] { cancelled = true; });
  auto deferred =
      promise.deferred().addCallback([&](int) { return inner.deferred(); }).addTimeout(10s, clock);
  promise.callback(1);
  clock.advance(10s);
  EXPECT_TRUE(cancelled);
  failureResultOf<TimeoutError>(deferred);
}

// Deferred 86: It does not cover callbacks added after it.
TEST_F(TimeoutTest, DoesNotCoverCallbacksAfter) {
  Promise<int> inner;
  auto deferred =
      promise.deferred().addTimeout(10s, clock).addCallback([&](int) { return inner.deferred(); });
  promise.callback(1);
  clock.advance(100s);
  testing::assertNoResult(deferred);
  inner.callback(5);
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Deferred 87: Of two, the shorter one wins, and both timers are gone.
TEST_F(TimeoutTest, TheShorterOfTwoWins) {
  for (bool shorterFirst : {false, true}) {
    Promise<int> slow;
    auto deferred = slow.deferred()
                        .addTimeout(shorterFirst ? 1s : 5s, clock)
                        .addTimeout(shorterFirst ? 5s : 1s, clock);
    clock.advance(1s);
    EXPECT_EQ(clock.delayedCalls(), 0u);
    EXPECT_EQ(failureResultOf<TimeoutError>(deferred).get<TimeoutError>()->timeout(), 1s);
  }
}

// Deferred 87: ... so they are when it fires in time.
TEST_F(TimeoutTest, FiringInTimeEndsBothTimers) {
  auto deferred = promise.deferred().addTimeout(1s, clock).addTimeout(5s, clock);
  EXPECT_EQ(clock.delayedCalls(), 2u);
  promise.callback(5);
  EXPECT_EQ(clock.delayedCalls(), 0u);
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Deferred 88: A time-out of 0 waits for the clock's next turn.
TEST_F(TimeoutTest, ZeroIsNotAtOnce) {
  auto deferred = promise.deferred().addTimeout(0s, clock);
  EXPECT_TRUE(promise.pending());
  clock.advance(0s);
  failureResultOf<TimeoutError>(deferred);
}

// Deferred 89: One result that comes late is ignored.
TEST_F(TimeoutTest, ALateResultIsIgnored) {
  auto deferred = promise.deferred().addTimeout(10s, clock);
  clock.advance(10s);
  EXPECT_NO_THROW(promise.callback(5));
  EXPECT_THROW(promise.callback(6), AlreadyCalledError);
  failureResultOf<TimeoutError>(deferred);
}

// A chain that was dropped is timed out nevertheless; one that was discarded leaves no timer.
TEST_F(TimeoutTest, FollowsADroppedChainAndLeavesADiscardedOne) {
  { auto dropped = promise.deferred().addTimeout(10s, clock); }
  clock.advance(10s);
  EXPECT_EQ(takeReported(), "Deferred timed out after 10 s;");
  Promise<int> other;
  other.deferred().addTimeout(10s, clock).discard();
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

// The clock may go first: the chain goes on without a time-out.
TEST_F(TimeoutTest, TheClockMayGoFirst) {
  std::optional<testing::FakeClock> shortLived(std::in_place);
  auto deferred = promise.deferred().addTimeout(10s, *shortLived);
  shortLived.reset();
  promise.callback(5);
  EXPECT_EQ(successResultOf(deferred), 5);
}

using DeferLaterTest = TimeoutTest;

// Deferred 141: Fires with what the function answers, after the time.
TEST_F(DeferLaterTest, FiresWithTheAnswerOfTheFunction) {
  auto deferred = deferLater(clock, 5s, [] { return std::string("poem"); });
  clock.advance(4s);
  testing::assertNoResult(deferred);
  clock.advance(1s);
  EXPECT_EQ(successResultOf(deferred), "poem");
}

// Deferred 141: ... which may be a Deferred, or a failure.
TEST_F(DeferLaterTest, TheFunctionMayAnswerLaterOrFail) {
  auto later = deferLater(clock, 5s, [&] { return promise.deferred(); });
  auto failed = deferLater(clock, 5s, []() -> int { throw PoemError(); });
  auto nothing = deferLater(clock, 5s);
  clock.advance(5s);
  failureResultOf<PoemError>(failed);
  successResultOf(nothing);
  testing::assertNoResult(later);
  promise.callback(5);
  EXPECT_EQ(successResultOf(later), 5);
}

// Deferred 141: Cancelling ends the timer and fails with CancelledError.
TEST_F(DeferLaterTest, CancellingEndsTheTimer) {
  int captures = 0;
  bool called = false;
  auto deferred = deferLater(clock, 5s, [&, counted = Counted(captures)] { called = true; });
  deferred.cancel();
  EXPECT_EQ(clock.delayedCalls(), 0u);
  clock.advance(5s);
  EXPECT_FALSE(called);
  EXPECT_EQ(captures, 0);
  failureResultOf<CancelledError>(deferred);
}

TEST_F(DeferLaterTest, DiscardingEndsTheTimer) {
  deferLater(clock, 5s).discard();
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(DeferLaterTest, FailsWhenTheClockGoes) {
  std::optional<testing::FakeClock> shortLived(std::in_place);
  auto deferred = deferLater(*shortLived, 5s);
  shortLived.reset();
  failureResultOf<AbandonedError>(deferred);
}

TEST_F(DeferLaterTest, ADelayThatCannotBeThrowsAndReportsNothing) {
  EXPECT_THROW(deferLater(clock, -1s), std::invalid_argument);
}

TEST_F(DeferLaterTest, DroppedItIsCalledNevertheless) {
  bool called = false;
  deferLater(clock, 5s, [&] { called = true; });
  clock.advance(5s);
  EXPECT_TRUE(called);
}

}  // namespace
}  // namespace couplet
