// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asking a chain to stop.
#include <memory>
#include <optional>
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

using DeferredCancelTest = testing::ReportingTest;

// Deferred 64, 77: Without a canceller, cancelling fails it with CancelledError at once.
TEST_F(DeferredCancelTest, WithoutACancellerItFailsAtOnce) {
  Promise<int> promise;
  auto deferred = promise.deferred();
  deferred.cancel(SourceLocation{"cancelled.cc", 3});
  EXPECT_FALSE(promise.pending());
  Failure failure = failureResultOf<CancelledError>(deferred);
  EXPECT_FALSE(failure.check<TimeoutError>());
  EXPECT_STREQ(failure.raisedAt().file, "cancelled.cc");
}

// Deferred 65: One late callback or errback is ignored then; the next one throws.
TEST_F(DeferredCancelTest, OneLateFiringIsIgnored) {
  for (bool failure : {false, true}) {
    Promise<int> promise;
    auto deferred = promise.deferred();
    deferred.cancel();
    EXPECT_NO_THROW(failure ? promise.errback(PoemError()) : promise.callback(1));
    EXPECT_THROW(promise.callback(2), AlreadyCalledError);
    EXPECT_THROW(promise.errback(PoemError()), AlreadyCalledError);
    failureResultOf<CancelledError>(deferred);
  }
}

// Deferred 66: The canceller is called; when it does not fire, CancelledError follows.
TEST_F(DeferredCancelTest, ACancellerThatDoesNotFireIsFollowedByCancelledError) {
  int calls = 0;
  Promise<int> silent([&] { ++calls; });
  Promise<int> given([&](Promise<int>& promise) { calls += promise.pending() ? 10 : 100; });
  auto first = silent.deferred(), second = given.deferred();
  first.cancel();
  second.cancel();
  EXPECT_EQ(calls, 11);
  failureResultOf<CancelledError>(first);
  failureResultOf<CancelledError>(second);
}

// Deferred 67: The canceller may fire it with a value or a failure of its own.
TEST_F(DeferredCancelTest, TheCancellerMayAnswer) {
  Promise<int> withValue([](Promise<int>& promise) { promise.callback(5); });
  Promise<int> withFailure([](Promise<int>& promise) { promise.errback(PoemError("stopped")); });
  auto first = withValue.deferred(), second = withFailure.deferred();
  first.cancel();
  second.cancel();
  EXPECT_EQ(successResultOf(first), 5);
  EXPECT_EQ(failureResultOf<PoemError>(second).message(), "stopped");
}

// Deferred 67: ... through the Promise that it captured, as through the one it is given.
TEST_F(DeferredCancelTest, TheCancellerMayFireThePromiseItself) {
  std::optional<Promise<int>> promise;
  promise.emplace([&] { promise->callback(5); });
  auto deferred = promise->deferred();
  deferred.cancel();
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Deferred 68: With a canceller no late firing is ignored.
TEST_F(DeferredCancelTest, WithACancellerALateFiringThrows) {
  Promise<int> promise([] {});
  auto deferred = promise.deferred();
  deferred.cancel();
  EXPECT_THROW(promise.callback(1), AlreadyCalledError);
  failureResultOf<CancelledError>(deferred);
}

// Deferred 68: ... an errback as well, and where the canceller has answered itself.
TEST_F(DeferredCancelTest, AfterACancellersAnswerALateFiringThrows) {
  Promise<int> promise([](Promise<int>& promise) { promise.callback(5); });
  auto deferred = promise.deferred();
  deferred.cancel();
  EXPECT_THROW(promise.errback(PoemError()), AlreadyCalledError);
  EXPECT_THROW(promise.callback(1), AlreadyCalledError);
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Deferred 69: Cancelling one that has fired does nothing.
TEST_F(DeferredCancelTest, CancellingAFiredOneDoesNothing) {
  int calls = 0;
  Promise<int> promise([&] { ++calls; });
  auto deferred = promise.deferred();
  promise.callback(1);
  deferred.cancel();
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(successResultOf(deferred), 1);
}

// Deferred 69: ... with a failure as with a value, or while it is paused.
TEST_F(DeferredCancelTest, CancellingAFiredPausedOneDoesNothing) {
  int calls = 0;
  Promise<int> failed([&] { ++calls; }), paused([&] { ++calls; });
  auto first = failed.deferred(), second = paused.deferred();
  failed.errback(PoemError("lost"));
  first.cancel();
  EXPECT_EQ(failureResultOf<PoemError>(first).message(), "lost");
  second.pause();
  paused.callback(5);
  second.cancel();
  second.unpause();
  EXPECT_EQ(successResultOf(second), 5);
  EXPECT_EQ(calls, 0);
}

// Deferred 70: The canceller is called once; a second cancel does nothing.
TEST_F(DeferredCancelTest, CancellingTwiceDoesNothingMore) {
  int calls = 0;
  Promise<int> promise([&] { ++calls; });
  auto deferred = promise.deferred();
  deferred.cancel();
  deferred.cancel();
  EXPECT_EQ(calls, 1);
  failureResultOf<CancelledError>(deferred);
}

// Deferred 70: ... from within the canceller neither.
TEST_F(DeferredCancelTest, CancellingInTheCancellerDoesNothingMore) {
  int calls = 0;
  Deferred<int> deferred;
  Promise<int> promise([&] {
    ++calls;
    deferred.cancel();
  });
  deferred = promise.deferred();
  deferred.cancel();
  EXPECT_EQ(calls, 1);
  failureResultOf<CancelledError>(deferred);
}

// Deferred 71, 208: What the canceller throws is the failure; it is called once.
TEST_F(DeferredCancelTest, WhatTheCancellerThrowsIsTheFailure) {
  int calls = 0;
  Promise<int> promise([&] {
    ++calls;
    throw PoemError("stuck");
  });
  auto deferred = promise.deferred();
  EXPECT_NO_THROW(deferred.cancel());
  deferred.cancel();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(failureResultOf<PoemError>(deferred).message(), "stuck");
}

// Deferred 208: ... and is reported where the canceller has fired before it threw.
TEST_F(DeferredCancelTest, WhatTheCancellerThrowsAfterFiringIsReported) {
  Promise<int> promise([](Promise<int>& promise) {
    promise.callback(5);
    throw PoemError("stuck");
  });
  auto deferred = promise.deferred();
  deferred.cancel();
  EXPECT_EQ(successResultOf(deferred), 5);
  EXPECT_EQ(takeReported(), "stuck;");
}

// Deferred 72: Cancelling an outer cancels the inner that it waits for; the error comes up.
TEST_F(DeferredCancelTest, CancelForwardsToTheInnerDeferred) {
  std::string trace;
  Promise<void> outer([&] { trace += "outer "; });
  Promise<int> inner([&] { trace += "inner "; });
  auto waiting = outer.deferred()
                     .addCallback([&] { return inner.deferred(); })
                     .addErrback([&](const Failure& failure) {
                       trace += failure.check<CancelledError>() ? "cancelled" : "another failure";
                       return 0;
                     });
  outer.callback();
  waiting.cancel();
  EXPECT_EQ(trace, "inner cancelled");
}

// Deferred 72: ... through any number of them.
TEST_F(DeferredCancelTest, CancelForwardsToTheInnermostDeferred) {
  int calls = 0;
  Promise<int> innermost([&] { ++calls; });
  auto waiting = innermost.deferred();
  for (int i = 0; i < 10; ++i) {
    waiting = succeed().addCallback([&] { return std::move(waiting); });
  }
  waiting.cancel();
  EXPECT_EQ(calls, 1);
  failureResultOf<CancelledError>(waiting);
}

// Deferred 72: ... whose canceller may have a value, with which the outer goes on.
TEST_F(DeferredCancelTest, TheInnersCancellerMayAnswer) {
  Promise<int> inner([](Promise<int>& promise) { promise.callback(5); });
  auto waiting = succeed().addCallback([&] { return inner.deferred(); }).addCallback([](int value) {
    return value + 1;
  });
  waiting.cancel();
  EXPECT_EQ(successResultOf(waiting), 6);
}

// Deferred 73: An inner without a canceller that is cancelled so ignores one late firing.
TEST_F(DeferredCancelTest, AnInnerCancelledSoIgnoresOneLateFiring) {
  Promise<int> inner;
  auto waiting = succeed().addCallback([&] { return inner.deferred(); });
  waiting.cancel();
  EXPECT_NO_THROW(inner.callback(1));
  EXPECT_THROW(inner.callback(2), AlreadyCalledError);
  failureResultOf<CancelledError>(waiting);
}

// Deferred 74: Cancelling while paused stores the failure, which is delivered then.
TEST_F(DeferredCancelTest, CancellingWhilePausedIsDeliveredWhenUnpaused) {
  std::string heard;
  Promise<void> promise;
  auto deferred =
      promise.deferred().addErrback([&](const Failure& failure) { heard = failure.message(); });
  deferred.pause();
  deferred.cancel();
  EXPECT_EQ(heard, "");
  deferred.unpause();
  EXPECT_EQ(heard, "the Deferred was cancelled");
}

// Deferred 75: Cancelling from within a running callback of the same chain does nothing.
TEST_F(DeferredCancelTest, CancellingFromTheOwnCallbackDoesNothing) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  deferred
      .addCallback([&](int value) {
        deferred.cancel();
        return value + 1;
      })
      .addCallback([](int value) { return value * 10; });
  promise.callback(1);
  EXPECT_EQ(successResultOf(deferred), 20);
}

// Deferred 75: ... nor to the Deferred that this callback then returns.
TEST_F(DeferredCancelTest, CancellingFromTheOwnCallbackLeavesWhatThatReturns) {
  Promise<int> promise, inner;
  Deferred<int> deferred = promise.deferred();
  deferred.addCallback([&](int) {
    deferred.cancel();
    return inner.deferred();
  });
  promise.callback(1);
  ASSERT_TRUE(inner.pending());
  inner.callback(5);
  EXPECT_EQ(successResultOf(deferred), 5);
}

// Deferred 76: The canceller is destroyed when the Promise fires, also where the chain then waits.
TEST_F(DeferredCancelTest, TheCancellerEndsWhenThePromiseFires) {
  int cancellers = 0;
  Promise<int> inner;
  Promise<void> promise([counted = Counted(cancellers)] {});
  auto waiting = promise.deferred().addCallback([&] {
    EXPECT_EQ(cancellers, 0);
    return inner.deferred();
  });
  EXPECT_EQ(cancellers, 1);
  promise.callback();
  EXPECT_EQ(cancellers, 0);
  std::move(waiting).discard();
}

// Deferred 76: ... or when it was called, or when the Promise goes.
TEST_F(DeferredCancelTest, TheCancellerEndsInEveryCase) {
  int cancellers = 0;
  Promise<int> cancelled([counted = Counted(cancellers)] {});
  auto deferred = cancelled.deferred();
  deferred.cancel();
  EXPECT_EQ(cancellers, 0);
  failureResultOf<CancelledError>(deferred);
  {
    Promise<int> untaken([counted = Counted(cancellers)] {});
  }
  EXPECT_EQ(cancellers, 0);
  Promise<int> abandoned([counted = Counted(cancellers)] {});
  auto failed = abandoned.deferred();
  abandoned = Promise<int>();
  EXPECT_EQ(cancellers, 0);
  failureResultOf<AbandonedError>(failed);
}

// Deferred 201: A handle cancels the chain wherever it has moved to.
TEST_F(DeferredCancelTest, AHandleFollowsTheChain) {
  Promise<int> promise;
  std::string heard;
  Deferred<int> deferred = promise.deferred();
  CancelHandle handle = deferred.cancelHandle();
  std::move(deferred)
      .addCallback([](int value) { return std::to_string(value); })
      .addErrback([&](const Failure& failure) { return heard = failure.message(); });
  CancelHandle copy = handle;
  copy.cancel();
  EXPECT_EQ(heard, "the Deferred was cancelled");
}

// Deferred 201: ... into an outer, too; and what the chain then waits for.
TEST_F(DeferredCancelTest, AHandleCancelsAChainThatAnotherWaitsFor) {
  Promise<int> promise, inner;
  auto deferred = promise.deferred().addCallback([&](int) { return inner.deferred(); });
  CancelHandle handle = deferred.cancelHandle();
  auto waiting = succeed().addCallback([&] { return std::move(deferred); });
  promise.callback(1);
  testing::assertNoResult(waiting);
  handle.cancel();
  failureResultOf<CancelledError>(waiting);
}

// Deferred 201: A handle of a chain that has ended does nothing.
TEST_F(DeferredCancelTest, AHandleOfAnEndedChainDoesNothing) {
  CancelHandle handle;
  handle.cancel();
  {
    Promise<int> promise;
    handle = promise.deferred().cancelHandle();
    promise.callback(1);
  }
  handle.cancel();
  CancelHandle moved = std::move(handle);
  moved.cancel();
  handle.cancel();
}

// A chain does not live longer for a handle.
TEST_F(DeferredCancelTest, AHandleKeepsNothingAlive) {
  int captures = 0;
  CancelHandle handle;
  Promise<int> promise;
  auto deferred = promise.deferred().addCallback([counted = Counted(captures)](int) {});
  handle = deferred.cancelHandle();
  promise.callback(1);
  EXPECT_EQ(captures, 0);
}

// A canceller may keep the Promise that it is given.
TEST_F(DeferredCancelTest, TheCancellerMayKeepThePromise) {
  std::optional<Promise<int>> kept;
  Promise<int> promise([&](Promise<int>& given) { kept = std::move(given); });
  auto deferred = promise.deferred();
  deferred.cancel();
  EXPECT_THROW(kept->callback(1), AlreadyCalledError);
  failureResultOf<CancelledError>(deferred);
}

}  // namespace
}  // namespace couplet
