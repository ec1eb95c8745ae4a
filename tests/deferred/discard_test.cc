// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Ending a chain without running it.
#include <array>
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

using testing::AtEnd;
using testing::Counted;
using testing::PoemError;
using testing::successResultOf;

class DeferredDiscardTest : public testing::ReportingTest {
 protected:
  /// Writes down that it ran, which it should not.
  auto hears() {
    return [this, counted = Counted(alive)](Result<int> result) { return trace += "ran ", result; };
  }

  Deferred<int> body(Deferred<int> awaited, std::string name) {
    AtEnd unwinds([this, name] { trace += name + " "; });
    int value = co_await std::move(awaited);
    trace += "resumed ";
    co_return value;
  }

  Promise<int> promise;
  int alive = 0;
  std::string trace;
};

// Deferred 209: It cancels, then drops what waits, running and reporting nothing.
TEST_F(DeferredDiscardTest, CancelsAndRunsNothing) {
  Promise<int> cancellable([this] { trace += "canceller "; });
  cancellable.deferred().addBoth(hears()).discard();
  EXPECT_EQ(trace, "canceller ");
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(cancellable.pending());
}

// Deferred 209: ... not even what the canceller answers.
TEST_F(DeferredDiscardTest, IgnoresTheCancellersAnswer) {
  Promise<int> withValue([](Promise<int>& promise) { promise.callback(1); });
  Promise<int> withFailure([](Promise<int>& promise) { promise.errback(PoemError()); });
  Promise<int> throwing([] { throw PoemError(); });
  withValue.deferred().addBoth(hears()).discard();
  withFailure.deferred().addBoth(hears()).discard();
  throwing.deferred().addBoth(hears()).discard();
  EXPECT_EQ(trace, "");
  EXPECT_EQ(alive, 0);
}

// Deferred 209: A late firing is ignored once, as after a cancel.
TEST_F(DeferredDiscardTest, ALateFiringIsIgnored) {
  promise.deferred().addBoth(hears()).discard();
  EXPECT_NO_THROW(promise.callback(1));
  EXPECT_THROW(promise.callback(2), AlreadyCalledError);
  EXPECT_EQ(trace, "");
}

// Deferred 209: Inner Deferreds go with it, down to the Promise.
TEST_F(DeferredDiscardTest, EndsWhatItWaitsFor) {
  auto waiting =
      succeed(1)
          .addCallback([&](int) {
            return succeed(2).addCallback([&](int) { return promise.deferred().addBoth(hears()); });
          })
          .addBoth(hears());
  EXPECT_EQ(alive, 2);
  std::move(waiting).discard();
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(promise.pending());
  EXPECT_EQ(trace, "");
}

// Deferred 209: Nested coroutines are destroyed where they wait, the innermost first.
TEST_F(DeferredDiscardTest, DestroysNestedCoroutinesFromTheInnermost) {
  body(body(body(promise.deferred(), "inner"), "middle"), "outer").discard();
  EXPECT_EQ(trace, "inner middle outer ");
  EXPECT_FALSE(promise.pending());
}

// Deferred 209: A failure that was there already is not reported.
TEST_F(DeferredDiscardTest, ReportsNoFailure) {
  fail<int>(PoemError()).discard();
  auto paused = fail<int>(PoemError());
  paused.pause();
  std::move(paused).discard();
}

// From within a callback it ends what comes after that.
TEST_F(DeferredDiscardTest, FromTheOwnCallbackItEndsTheRest) {
  Deferred<int> deferred = promise.deferred();
  deferred
      .addCallback([&](int value) {
        std::move(deferred).discard();
        return trace += "discards ", value;
      })
      .addBoth(hears());
  promise.callback(1);
  EXPECT_EQ(trace, "discards ");
  EXPECT_EQ(alive, 0);
}

// ... and what that callback returns.
TEST_F(DeferredDiscardTest, FromTheOwnCallbackItEndsWhatThatReturns) {
  Promise<int> start;
  Deferred<int> deferred = start.deferred();
  deferred
      .addCallback([&](int) {
        std::move(deferred).discard();
        return promise.deferred().addBoth(hears());
      })
      .addBoth(hears());
  start.callback(1);
  EXPECT_FALSE(promise.pending());
  EXPECT_EQ(trace, "");
  EXPECT_EQ(alive, 0);
}

// From within a callback of an inner it ends the outer as well.
TEST_F(DeferredDiscardTest, FromAnInnersCallbackItEndsTheOuter) {
  Deferred<int> outer;
  auto inner = promise.deferred().addCallback([&](int value) {
    std::move(outer).discard();
    return trace += "discards ", value;
  });
  outer = succeed(1).addCallback([&](int) { return std::move(inner); }).addBoth(hears());
  promise.callback(1);
  EXPECT_EQ(trace, "discards ");
  EXPECT_EQ(alive, 0);
}

// From a coroutine's own body it takes effect at the next await that waits.
TEST_F(DeferredDiscardTest, FromTheOwnBodyItEndsAtTheNextAwait) {
  Deferred<int> own;
  Promise<int> second;
  auto discardsItself = [&](Deferred<int> first, Counted) -> Deferred<int> {
    co_await std::move(first);
    std::move(own).discard();
    trace += "discards ";
    co_await second.deferred();
    trace += "resumed ";
    co_return 1;
  };
  own = discardsItself(promise.deferred(), Counted(alive));
  promise.callback(1);
  EXPECT_EQ(trace, "discards ");
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(second.pending());
}

// From within the canceller of a cancel.
TEST_F(DeferredDiscardTest, FromTheCanceller) {
  Deferred<int> deferred;
  Promise<int> cancellable([&] { std::move(deferred).discard(); });
  deferred = cancellable.deferred().addBoth(hears());
  deferred.cancel();
  EXPECT_EQ(trace, "");
  EXPECT_EQ(alive, 0);
}

// From the end of a closure, small or in a block of its own, whose answer is being waited for.
TEST_F(DeferredDiscardTest, FromTheEndOfAClosure) {
  for (bool large : {false, true}) {
    Promise<int> start, inner;
    Deferred<int> deferred = start.deferred();
    std::string big(large ? 1 : 0, ' ');
    AtEnd discards([&] { std::move(deferred).discard(); });
    if (large) {
      deferred.addCallback(
          [&, filler = std::array<char, 600>(), text = big, discards = std::move(discards)](int) {
            return static_cast<void>(filler), inner.deferred();
          });
    } else {
      deferred.addCallback(
          [&, text = big, discards = std::move(discards)](int) { return inner.deferred(); });
    }
    deferred.addBoth(hears());
    start.callback(1);
    EXPECT_EQ(trace, "");
    EXPECT_EQ(alive, 0);
    EXPECT_FALSE(inner.pending());
  }
}

Deferred<int> await(Deferred<int> deferred) { co_return co_await std::move(deferred); }

// From the end of a closure that was kept for its coroutine.
TEST_F(DeferredDiscardTest, FromTheEndOfACoroutinesClosure) {
  Deferred<int> deferred;
  AtEnd discards([&] { std::move(deferred).discard(); });
  deferred = succeed(1)
                 .addCallback([&, filler = std::array<char, 600>(), text = std::string(50, ' '),
                               discards = std::move(discards)](int) {
                   return static_cast<void>(filler), await(promise.deferred());
                 })
                 .addBoth(hears());
  promise.callback(1);
  EXPECT_EQ(trace, "");
  EXPECT_EQ(alive, 0);
}

// What a discarded closure owned ends too: a Promise in it abandons its Deferred, once outside.
TEST_F(DeferredDiscardTest, PromisesOfDiscardedClosuresAreAbandoned) {
  Promise<int> owned;
  auto heard = owned.deferred().addErrback([&](const Failure& failure) {
    trace += failure.check<AbandonedError>() ? "abandoned" : "another failure";
    return 0;
  });
  promise.deferred().addCallback([owned = std::move(owned)](int value) { return value; }).discard();
  EXPECT_EQ(trace, "abandoned");
}

TEST_F(DeferredDiscardTest, AnEmptyOneCannotBeDiscarded) {
  Deferred<int> empty;
  EXPECT_THROW(std::move(empty).discard(), std::logic_error);
}

}  // namespace
}  // namespace couplet
