// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Callbacks that return a Deferred: the outer waits for the inner.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

/// An outer chain and an inner one that it waits for once started.
class DeferredChainingTest : public testing::ReportingTest {
 protected:
  auto waitForInner() {
    return [this](auto&&...) { return inner.deferred(); };
  }

  Promise<void> outer;
  Promise<int> inner;
  std::string trace;
};

// Deferred 40: A callback returns an unfired inner: the callbacks after it wait.
TEST_F(DeferredChainingTest, TheOuterWaitsForAnUnfiredInner) {
  outer.deferred().addCallback(waitForInner()).addCallback([&](int value) {
    trace += std::to_string(value);
  });
  outer.callback();
  EXPECT_EQ(trace, "");
  inner.callback(5);
  EXPECT_EQ(trace, "5");
}

// Deferred 41: Of an inner that has fired the result is taken at once.
TEST_F(DeferredChainingTest, AFiredInnersResultIsTakenAtOnce) {
  outer.deferred()
      .addCallback([] { return succeed(std::string("poem")); })
      .addCallback([&](std::string poem) { trace += poem; });
  outer.callback();
  EXPECT_EQ(trace, "poem");
}

// Deferred 43: The callbacks that the inner has run before the outer goes on.
TEST_F(DeferredChainingTest, TheInnersCallbacksRunFirst) {
  outer.deferred()
      .addCallback([&] {
        return inner.deferred().addCallback([&](int value) {
          trace += "inner ";
          return value + 1;
        });
      })
      .addCallback([&](int value) { trace += "outer " + std::to_string(value); });
  outer.callback();
  inner.callback(5);
  EXPECT_EQ(trace, "inner outer 6");
}

// Deferred 44: The inner's failure goes to the outer's next errback.
TEST_F(DeferredChainingTest, AnInnersFailureGoesToTheOutersErrback) {
  auto waiting = outer.deferred()
                     .addCallback(waitForInner())
                     .addCallback([&](int value) {
                       trace += "callback";
                       return value;
                     })
                     .addErrback([&](const Failure& failure) {
                       trace += failure.message();
                       return 0;
                     });
  outer.callback();
  inner.errback(PoemError("lost"));
  EXPECT_EQ(trace, "lost");
  EXPECT_EQ(successResultOf(waiting), 0);
}

// Deferred 45: An errback may return a Deferred.
TEST_F(DeferredChainingTest, AnErrbackMayReturnADeferred) {
  Promise<int> failing;
  auto waiting = failing.deferred().addErrback(waitForInner());
  failing.errback(PoemError());
  testing::assertNoResult(waiting);
  inner.callback(5);
  EXPECT_EQ(successResultOf(waiting), 5);
}

// Deferred 46: C is returned from B's callback and B from A's: firing C resumes B, then A.
TEST_F(DeferredChainingTest, WaitingIsTransitive) {
  Promise<void> b;
  auto waitForB = [&] {
    return b.deferred().addCallback(waitForInner()).addCallback([&](int value) {
      trace += "b";
      return value * 2;
    });
  };
  auto a = outer.deferred().addCallback(waitForB).addCallback([&](int value) {
    trace += "a";
    return value + 1;
  });
  outer.callback();
  b.callback();
  EXPECT_EQ(trace, "");
  inner.callback(5);
  EXPECT_EQ(trace, "ba");
  EXPECT_EQ(successResultOf(a), 11);
}

// Deferred 47: An inner that has fired, but waits on a third one.
TEST_F(DeferredChainingTest, WaitsForAFiredInnerThatWaitsItself) {
  auto second = succeed().addCallback(waitForInner());
  auto first = outer.deferred().addCallback([&] { return std::move(second); });
  outer.callback();
  testing::assertNoResult(first);
  inner.callback(5);
  EXPECT_EQ(successResultOf(first), 5);
}

// Deferred 47: An inner that has fired, but is paused.
TEST_F(DeferredChainingTest, WaitsForAPausedInner) {
  Deferred<int> paused = succeed(5);
  paused.pause();
  PauseHandle handle = paused.pauseHandle();
  auto waiting = outer.deferred().addCallback([&] { return std::move(paused); });
  outer.callback();
  testing::assertNoResult(waiting);
  handle.unpause();
  EXPECT_EQ(successResultOf(waiting), 5);
}

// Deferred 48: An outer that is paused when the inner fires holds the value until it is unpaused.
TEST_F(DeferredChainingTest, APausedOuterHoldsTheInnersValue) {
  auto waiting = outer.deferred().addCallback(waitForInner()).addCallback([&](int value) {
    trace += std::to_string(value);
  });
  outer.callback();
  waiting.pause();
  inner.callback(5);
  EXPECT_EQ(trace, "");
  waiting.unpause();
  EXPECT_EQ(trace, "5");
}

// Deferred 48: ... while the inner's own callbacks run, though the outer is paused.
TEST_F(DeferredChainingTest, APausedOuterDoesNotHoldTheInnersCallbacksBack) {
  auto waiting = outer.deferred().addCallback(
      [&] { return inner.deferred().addCallback([&](int) { trace += "inner"; }); });
  outer.callback();
  waiting.pause();
  inner.callback(5);
  EXPECT_EQ(trace, "inner");
  waiting.unpause();
}

// Deferred 50: Callbacks that add callbacks to fired Deferreds nest, to a bounded depth.
TEST_F(DeferredChainingTest, FiredDeferredsMayNest) {
  std::function<Deferred<int>(int)> nest = [&](int depth) {
    return succeed(depth).addCallback(
        [&](int depth) { return depth == 100 ? succeed(depth) : nest(depth + 1); });
  };
  EXPECT_EQ(successResultOf(nest(0)), 100);
}

// Deferred 52: A Deferred that is returned from its own callback fails, and nothing leaks.
TEST_F(DeferredChainingTest, ReturningItselfFails) {
  int captures = 0;
  Promise<int> promise(SourceLocation{"poem.cc", 3});
  auto deferred = std::make_shared<Deferred<int>>(promise.deferred());
  deferred->addCallback(
      [deferred, counted = Counted(captures)](int) { return std::move(*deferred); });
  deferred.reset();
  promise.callback(1);
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_TRUE(reports[0].failure.check<DeferredCycleError>());
  EXPECT_EQ(reports[0].failure.message(), "the Deferred made at poem.cc:3 would wait on itself");
  EXPECT_EQ(captures, 0);
}

// Deferred 53: In a cycle of two, the one that would close it fails, and with it the other.
TEST_F(DeferredChainingTest, ACycleOfTwoFails) {
  Promise<void> first, second;
  std::optional<Deferred<void>> b;
  std::optional<Deferred<void>> a = first.deferred().addCallback([&] { return std::move(*b); });
  b = second.deferred().addCallback([&] { return std::move(*a); });
  first.callback();
  EXPECT_EQ(takeReported(), "");
  second.callback();
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_TRUE(reports[0].failure.check<DeferredCycleError>());
}

// Deferred 53: A cycle of any length, closed from either side.
TEST_F(DeferredChainingTest, ALongCycleFails) {
  constexpr int kLength = 50;
  for (bool lastFirst : {false, true}) {
    std::vector<Promise<void>> promises(kLength);
    std::vector<Deferred<void>> ring(kLength);
    for (int i = 0; i < kLength; ++i) {
      ring[i] = promises[i].deferred().addCallback(
          [&, next = (i + 1) % kLength] { return std::move(ring[next]); });
    }
    for (int i = 0; i < kLength; ++i) promises[lastFirst ? kLength - 1 - i : i].callback();
    auto reports = takeReports();
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_TRUE(reports[0].failure.check<DeferredCycleError>());
  }
}

Deferred<void> await(Deferred<void>& deferred) { co_await std::move(deferred); }

// Deferred 53: A coroutine that awaits who waits for it gets the error at the await.
TEST_F(DeferredChainingTest, ACoroutineInACycleFails) {
  Deferred<void> coroutine;
  Deferred<void> waiting = outer.deferred().addCallback([&] { return std::move(coroutine); });
  Promise<void> start;
  auto later = start.deferred().addCallback([&] { return await(waiting); });
  coroutine = std::move(later);
  outer.callback();
  start.callback();
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_TRUE(reports[0].failure.check<DeferredCycleError>());
}

// An empty Deferred cannot be waited for: the answer is a failure that says where it went.
TEST_F(DeferredChainingTest, ReturningAnEmptyDeferredFails) {
  Deferred<int> empty;
  auto failed = succeed().addCallback([&] { return std::move(empty); });
  EXPECT_EQ(failureResultOf<std::logic_error>(failed).message(), "couplet: this Deferred is empty");
}

// An inner whose Promise is fired by what ends its outer's callback.
TEST_F(DeferredChainingTest, TheEndOfACallbackMayFireWhatItReturned) {
  testing::AtEnd fires([&] { inner.callback(5); });
  outer.deferred()
      .addCallback([deferred = inner.deferred(), fires = std::move(fires)]() mutable {
        return std::move(deferred);
      })
      .addCallback([&](int value) { trace += std::to_string(value); });
  outer.callback();
  EXPECT_EQ(trace, "5");
}

}  // namespace
}  // namespace couplet
