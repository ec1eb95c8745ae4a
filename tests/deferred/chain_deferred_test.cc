// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A Deferred that fires a Promise.
#include <memory>
#include <stdexcept>
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

using testing::assertNoResult;
using testing::Counted;
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

/// A Deferred that fires a Promise, and the Deferred of that.
class ChainDeferredTest : public testing::ReportingTest {
 protected:
  Promise<int> promise, fired;
  Deferred<int> first = promise.deferred();
  Deferred<int> second = fired.deferred();
};

// Deferred 56: Firing the first fires the second, with the same value.
TEST_F(ChainDeferredTest, AValueFiresThePromise) {
  std::move(first).chainDeferred(std::move(fired));
  promise.callback(5);
  EXPECT_EQ(successResultOf(second), 5);
}

// Deferred 56: ... and with the same failure, which is then the second one's alone.
TEST_F(ChainDeferredTest, AFailureFiresThePromise) {
  Failure lost{PoemError("lost")};
  std::move(first).chainDeferred(std::move(fired));
  promise.errback(lost);
  EXPECT_EQ(failureResultOf<PoemError>(second), lost);
}

// Deferred 56: Firing the second, as its canceller may, does not affect the first.
TEST_F(ChainDeferredTest, FiringTheSecondDoesNotAffectTheFirst) {
  Promise<int> other([&](Promise<int>& given) { given.callback(7); });
  second = other.deferred();
  auto rest = std::move(first).chainDeferred(std::move(other));
  second.cancel();
  EXPECT_EQ(successResultOf(second), 7);
  assertNoResult(rest);
  promise.errback(PoemError());
  failureResultOf<AlreadyCalledError>(rest);
}

TEST_F(ChainDeferredTest, AFiredOneFiresAtOnce) {
  succeed(5).chainDeferred(std::move(fired));
  EXPECT_EQ(successResultOf(second), 5);
}

// Deferred 57: What comes after has nothing, after a value and after a failure.
TEST_F(ChainDeferredTest, LaterCallbacksGetNothing) {
  int calls = 0;
  Promise<int> failed, unheard;
  auto unheardOf = unheard.deferred();
  std::move(first).chainDeferred(std::move(fired)).addCallback([&] { ++calls; });
  failed.deferred().chainDeferred(std::move(unheard)).addCallback([&] { ++calls; });
  promise.callback(5);
  failed.errback(PoemError());
  EXPECT_EQ(calls, 2);
  failureResultOf<PoemError>(unheardOf);
}

// Deferred 57: ... and after the callbacks of the second.
TEST_F(ChainDeferredTest, LaterCallbacksRunAfterThoseOfTheSecond) {
  std::string order;
  std::move(first).chainDeferred(std::move(fired)).addCallback([&] { order += "c"; });
  second.addCallback([&](int value) { return order += "a", value; });
  second.addCallback([&](int value) { return order += "b", value; });
  promise.callback(5);
  EXPECT_EQ(order, "abc");
}

TEST_F(ChainDeferredTest, TheSecondHasRunWhenTheFirstWasFired) {
  Promise<void> outermost;
  std::string order;
  second.addCallback([&](int value) { return order += "second ", value; });
  std::move(first).chainDeferred(std::move(fired));
  outermost.deferred().addCallback([&] {
    promise.callback(5);
    order += "outermost";
  });
  outermost.callback();
  EXPECT_EQ(order, "second outermost");
}

TEST_F(ChainDeferredTest, OfVoidItMayExtendAnLvalue) {
  Promise<void> from, to;
  auto deferred = from.deferred(), chained = to.deferred();
  bool ran = false;
  deferred.chainDeferred(std::move(to)).addCallback([&] { ran = true; });
  from.callback();
  EXPECT_TRUE(ran);
  successResultOf(chained);
  successResultOf(deferred);
}

// Deferred 58: Cancelling the second does not cancel the first, whose result is ignored then.
TEST_F(ChainDeferredTest, CancellingTheSecondLeavesTheFirst) {
  for (bool fails : {false, true}) {
    int cancelled = 0;
    Promise<int> from([&] { ++cancelled; }), to;
    auto far = to.deferred();
    auto rest = from.deferred().chainDeferred(std::move(to));
    far.cancel();
    failureResultOf<CancelledError>(far);
    EXPECT_EQ(cancelled, 0);
    fails ? from.errback(PoemError()) : from.callback(5);
    successResultOf(rest);
  }
}

// Deferred 58: Cancelling the first cancels both, as any failure.
TEST_F(ChainDeferredTest, CancellingTheFirstFailsTheSecond) {
  first.cancel();
  std::move(first).chainDeferred(std::move(fired));
  failureResultOf<CancelledError>(second);
}

TEST_F(ChainDeferredTest, AnAbandonedFirstFailsTheSecond) {
  std::move(first).chainDeferred(std::move(fired));
  promise = Promise<int>();
  failureResultOf<AbandonedError>(second);
}

TEST_F(ChainDeferredTest, ADiscardedFirstAbandonsTheSecond) {
  std::move(first).chainDeferred(std::move(fired)).discard();
  failureResultOf<AbandonedError>(second);
}

TEST_F(ChainDeferredTest, AFailureOfTheSecondThatNobodyHandlesIsReportedOnce) {
  std::move(first).chainDeferred(std::move(fired));
  second = Deferred<int>();
  promise.errback(PoemError("lost"));
  EXPECT_EQ(takeReported(), "lost;");
}

TEST_F(ChainDeferredTest, APromiseThatWasFiredFailsTheRest) {
  Promise<int> own;
  auto deferred = own.deferred();
  own.callback(1);
  auto rest = std::move(deferred).chainDeferred(std::move(own));
  failureResultOf<AlreadyCalledError>(rest);
}

TEST_F(ChainDeferredTest, AnEmptyPromiseThrowsAndLeavesTheDeferred) {
  Promise<int> taken = std::move(fired);
  EXPECT_THROW(std::move(first).chainDeferred(std::move(fired)), std::logic_error);
  EXPECT_TRUE(first);
}

TEST_F(ChainDeferredTest, APausedSecondWaits) {
  second.pause();
  auto rest = std::move(first).chainDeferred(std::move(fired));
  promise.callback(5);
  successResultOf(rest);
  assertNoResult(second);
  second.unpause();
  EXPECT_EQ(successResultOf(second), 5);
}

TEST_F(ChainDeferredTest, TheFirstMayBePausedByTheSecond) {
  Deferred<void> rest = std::move(first).chainDeferred(std::move(fired));
  int calls = 0;
  rest.addCallback([&] { ++calls; });
  second.addCallback([&](int value) { return rest.pause(), value; });
  promise.callback(5);
  EXPECT_EQ(calls, 0);
  rest.unpause();
  EXPECT_EQ(calls, 1);
  successResultOf(rest);
}

TEST_F(ChainDeferredTest, TheFirstMayBeDiscardedByTheSecond) {
  int alive = 0;
  bool ran = false;
  Deferred<void> rest = std::move(first).chainDeferred(std::move(fired));
  rest.addCallback([&, counted = Counted(alive)] { ran = true; });
  second.addCallback([&](int value) { return std::move(rest).discard(), value; });
  promise.callback(5);
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(ran);
  EXPECT_EQ(successResultOf(second), 5);
}

TEST_F(ChainDeferredTest, TheSecondMayBeDiscardedByTheEndOfItsCanceller) {
  testing::AtEnd discard([&] { std::move(second).discard(); });
  Promise<int> other([discard = std::move(discard)] {});
  second = other.deferred();
  auto rest = std::move(first).chainDeferred(std::move(other));
  promise.callback(5);
  successResultOf(rest);
}

TEST_F(ChainDeferredTest, TheSecondMayWaitOnTheRestOfTheFirst) {
  Deferred<void> rest = std::move(first).chainDeferred(std::move(fired));
  auto both = std::move(second).addCallback([&](int) { return std::move(rest); });
  promise.callback(5);
  successResultOf(both);
}

TEST_F(ChainDeferredTest, ACoroutineMayAwaitBoth) {
  auto wait = [](Deferred<int> deferred) -> Deferred<int> {
    co_return 2 * co_await std::move(deferred);
  };
  auto waitForRest = [](Deferred<void> deferred) -> Deferred<int> {
    co_await std::move(deferred);
    co_return 1;
  };
  auto rest = waitForRest(std::move(first).chainDeferred(std::move(fired)));
  auto twice = wait(std::move(second));
  promise.callback(5);
  EXPECT_EQ(successResultOf(rest), 1);
  EXPECT_EQ(successResultOf(twice), 10);
}

TEST_F(ChainDeferredTest, TakesMoveOnlyValues) {
  Promise<std::unique_ptr<int>> to;
  auto deferred = to.deferred();
  succeed(std::make_unique<int>(5)).chainDeferred(std::move(to));
  EXPECT_EQ(*successResultOf(deferred), 5);
}

/// 100,000 Deferreds, each of which fires the next one.
class LongChainTest : public testing::ReportingTest {
 protected:
  static constexpr int kLinks = 100000;

  LongChainTest() {
    for (int i = 0; i < kLinks; ++i) {
      Promise<int> next;
      Deferred<int> deferred = next.deferred();
      rest.push_back(
          std::move(last)
              .addCallback([this, c = Counted(alive)](int value) { return ++links, value + 1; })
              .chainDeferred(std::move(next)));
      rest.back().addCallback([this] { ++rests; });
      last = std::move(deferred);
    }
  }

  int links = 0;
  int rests = 0;
  int alive = 0;
  Promise<int> promise;
  Deferred<int> last = promise.deferred();
  std::vector<Deferred<void>> rest;
};

// Deferred 59: Any number of links, and no result is lost.
TEST_F(LongChainTest, FiresToItsEnd) {
  promise.callback(0);
  EXPECT_EQ(successResultOf(last), kLinks);
  EXPECT_EQ(links, kLinks);
  EXPECT_EQ(rests, kLinks);
  EXPECT_EQ(alive, 0);
}

// Deferred 59: ... a failure neither.
TEST_F(LongChainTest, FailsToItsEnd) {
  promise.errback(PoemError("lost"));
  EXPECT_EQ(failureResultOf<PoemError>(last).message(), "lost");
  EXPECT_EQ(rests, kLinks);
  EXPECT_EQ(alive, 0);
}

// Deferred 58, 59: Cancelling the far end leaves the links, whose result ends there.
TEST_F(LongChainTest, CancellingTheFarEnd) {
  last.cancel();
  failureResultOf<CancelledError>(last);
  EXPECT_EQ(alive, kLinks);
  promise.callback(0);
  EXPECT_EQ(rests, kLinks);
  EXPECT_EQ(alive, 0);
}

TEST_F(LongChainTest, IsAbandoned) {
  promise = Promise<int>();
  failureResultOf<AbandonedError>(last);
  EXPECT_EQ(alive, 0);
}

TEST_F(LongChainTest, IsDiscardedFromItsBeginning) {
  auto first = std::move(rest.front());
  rest.clear();
  std::move(first).discard();
  failureResultOf<AbandonedError>(last);
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(promise.pending());
}

TEST_F(LongChainTest, IsDroppedAndStillFires) {
  rest.clear();
  last = Deferred<int>();
  promise.callback(0);
  EXPECT_EQ(links, kLinks);
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace couplet
