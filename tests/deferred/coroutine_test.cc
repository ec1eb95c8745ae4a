// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Coroutines that return a Deferred, and co_await.
#include <optional>
#include <stdexcept>
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
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

class CoroutineTest : public testing::ReportingTest {
 protected:
  /// Awaits `first`, then `second`, and writes down what it sees.
  Deferred<int> sum(Deferred<int> first, Deferred<int> second) {
    trace += "begins ";
    int value = co_await std::move(first);
    trace += std::to_string(value) + " ";
    value += co_await std::move(second);
    trace += "ends ";
    co_return value;
  }

  /// Awaits a Deferred and recovers from what cancelling it brings.
  Deferred<int> recover(Deferred<int> deferred) {
    try {
      co_return co_await std::move(deferred);
    } catch (const CancelledError&) {
      trace += "cancelled ";
      co_return 7;
    }
  }

  /// Awaits a Deferred and, when that is cancelled, another one.
  Deferred<int> retry(Deferred<int> deferred, Deferred<int> other) {
    try {
      co_return co_await std::move(deferred);
    } catch (const CancelledError&) {
    }
    co_return co_await std::move(other);
  }

  Deferred<int> pass(Deferred<int> deferred) { co_return co_await std::move(deferred); }

  /// Counts as alive from its first line to the end of its frame.
  Deferred<int> hold(Deferred<int> deferred, Counted) {
    AtEnd unwinds([this] { trace += "unwinds "; });
    int value = co_await std::move(deferred);
    trace += "resumed ";
    co_return value;
  }

  Promise<int> promise, other;
  int alive = 0;
  std::string trace;
};

// Deferred 123: The body runs at once, up to the first unfired Deferred.
TEST_F(CoroutineTest, RunsUpToTheFirstUnfiredDeferred) {
  auto result = sum(succeed(1), promise.deferred());
  EXPECT_EQ(trace, "begins 1 ");
  promise.callback(2);
  EXPECT_EQ(trace, "begins 1 ends ");
  EXPECT_EQ(successResultOf(result), 3);
}

/// Where the stack was at the last of so many awaits.
Deferred<void*> stackAfterAwaiting(int times) {
  void* place = nullptr;
  for (int i = 0; i < times; ++i) {
    place = co_await succeed().addCallback([] { return __builtin_frame_address(0); });
  }
  co_return place;
}

// Deferred 124: To await a fired Deferred does not suspend, and the stack does not grow.
TEST_F(CoroutineTest, AwaitingFiredDeferredsDoesNotGrowTheStack) {
  void* places[2];
  for (int i : {0, 1}) places[i] = successResultOf(stackAfterAwaiting(i == 0 ? 1 : 100'000));
  EXPECT_EQ(places[0], places[1]);
}

// Deferred 125: A failure is thrown at the await; uncaught, it fails the coroutine's Deferred.
TEST_F(CoroutineTest, AFailureIsThrownAtTheAwait) {
  auto waiting = sum(promise.deferred(), succeed(1));
  Failure lost(PoemError("lost"), SourceLocation{"poem.cc", 3});
  promise.errback(lost);
  EXPECT_EQ(trace, "begins ");
  Failure failure = failureResultOf<PoemError>(waiting);
  EXPECT_EQ(failure, lost);
  EXPECT_STREQ(failure.raisedAt().file, "poem.cc");
}

// Deferred 125: ... so does an exception before the first await.
TEST_F(CoroutineTest, AnExceptionBeforeTheFirstAwaitFailsIt) {
  auto throws = [](bool really) -> Deferred<int> {
    if (really) throw PoemError("early");
    co_return 1;
  };
  EXPECT_EQ(failureResultOf<PoemError>(throws(true)).message(), "early");
}

// Deferred 126: A plain value comes straight back.
TEST_F(CoroutineTest, APlainValueComesStraightBack) {
  auto five = []() -> Deferred<int> { co_return co_await 5; };
  EXPECT_EQ(successResultOf(five()), 5);
}

// Deferred 127: What is co_returned is the result; a Deferred is waited for.
TEST_F(CoroutineTest, ACoReturnedDeferredIsWaitedFor) {
  auto flat = [](Deferred<int> deferred) -> Deferred<int> { co_return deferred; };
  EXPECT_EQ(successResultOf(flat(succeed(5))), 5);
  auto waiting = flat(promise.deferred()).addCallback([](int value) { return value * 2; });
  testing::assertNoResult(waiting);
  promise.callback(3);
  EXPECT_EQ(successResultOf(waiting), 6);
}

// Deferred 127: A Failure or a Result may be co_returned too.
TEST_F(CoroutineTest, AFailureOrAResultMayBeCoReturned) {
  auto fails = []() -> Deferred<int> { co_return Failure(PoemError("lost")); };
  EXPECT_EQ(failureResultOf<PoemError>(fails()).message(), "lost");
  auto answers = [](Result<int> result) -> Deferred<int> { co_return result; };
  EXPECT_EQ(successResultOf(answers(5)), 5);
  failureResultOf<PoemError>(answers(Failure(PoemError())));
}

// Deferred 128: An await consumes the Deferred.
TEST_F(CoroutineTest, AnAwaitConsumesTheDeferred) {
  auto twice = [](Deferred<int>& deferred) -> Deferred<int> {
    int value = co_await std::move(deferred);
    EXPECT_FALSE(deferred);
    co_return value + co_await std::move(deferred);
  };
  auto deferred = succeed(1);
  EXPECT_NE(failureResultOf<std::logic_error>(twice(deferred)).message().find("coroutine_test.cc"),
            std::string::npos);
}

// Deferred 129: Cancelling cancels what it awaits; CancelledError is thrown in the body.
TEST_F(CoroutineTest, CancellingCancelsWhatItAwaits) {
  Promise<int> awaited([&] { trace += "canceller "; });
  auto waiting = hold(awaited.deferred(), Counted(alive));
  waiting.cancel();
  EXPECT_EQ(trace, "canceller unwinds ");
  EXPECT_EQ(alive, 0);
  failureResultOf<CancelledError>(waiting);
}

// Deferred 130: The body may catch it and return: the caller gets that value.
TEST_F(CoroutineTest, TheBodyMayRecoverFromACancel) {
  auto waiting = recover(promise.deferred());
  waiting.cancel();
  EXPECT_EQ(trace, "cancelled ");
  EXPECT_EQ(successResultOf(waiting), 7);
}

// Deferred 131: The body may catch it and await another; that completes later.
TEST_F(CoroutineTest, TheBodyMayAwaitAnotherAfterACancel) {
  auto waiting = retry(promise.deferred(), other.deferred());
  waiting.cancel();
  testing::assertNoResult(waiting);
  other.callback(5);
  EXPECT_EQ(successResultOf(waiting), 5);
}

// Deferred 131: ... or is cancelled by a second cancel.
TEST_F(CoroutineTest, ASecondCancelCancelsTheOther) {
  auto waiting = retry(promise.deferred(), other.deferred());
  waiting.cancel();
  EXPECT_TRUE(other.pending());
  waiting.cancel();
  EXPECT_FALSE(other.pending());
  failureResultOf<CancelledError>(waiting);
}

// Deferred 132: When the awaited one's canceller has a value, the body goes on with it.
TEST_F(CoroutineTest, GoesOnWithTheCancellersValue) {
  Promise<int> awaited([](Promise<int>& promise) { promise.callback(5); });
  auto waiting = sum(awaited.deferred(), succeed(1));
  waiting.cancel();
  EXPECT_EQ(successResultOf(waiting), 6);
}

// Deferred 133: Cancelling a finished one does nothing.
TEST_F(CoroutineTest, CancellingAFinishedOneDoesNothing) {
  auto finished = sum(succeed(1), succeed(2));
  finished.cancel();
  EXPECT_EQ(successResultOf(finished), 3);
}

// Deferred 129: Cancelling a coroutine from its own running body does nothing.
TEST_F(CoroutineTest, CancellingFromTheRunningBodyDoesNothing) {
  CancelHandle handle;
  auto body = [&](Deferred<int> deferred) -> Deferred<int> {
    int value = co_await std::move(deferred);
    handle.cancel();
    co_return value;
  };
  auto waiting = body(promise.deferred());
  handle = waiting.cancelHandle();
  promise.callback(5);
  EXPECT_EQ(successResultOf(waiting), 5);
}

// Deferred 134: A paused Deferred is awaited until it is unpaused.
TEST_F(CoroutineTest, AwaitsAPausedDeferredUntilItIsUnpaused) {
  Deferred<int> paused = succeed(5);
  paused.pause();
  PauseHandle handle = paused.pauseHandle();
  auto waiting = pass(std::move(paused));
  testing::assertNoResult(waiting);
  handle.unpause();
  EXPECT_EQ(successResultOf(waiting), 5);
}

// A paused coroutine runs on; its callbacks are what is held back.
TEST_F(CoroutineTest, PausingHoldsBackTheCallbacksAndNotTheBody) {
  auto waiting = sum(promise.deferred(), succeed(1)).addCallback([&](int) { trace += "called"; });
  waiting.pause();
  promise.callback(5);
  EXPECT_EQ(trace, "begins 5 ends ");
  waiting.unpause();
  EXPECT_EQ(trace, "begins 5 ends called");
}

// Deferred 135: Cancelling goes down to what the innermost awaits, and comes up through each.
TEST_F(CoroutineTest, CancelGoesDownToTheInnermost) {
  auto translate = [](Deferred<int> deferred) -> Deferred<int> {
    try {
      co_return co_await std::move(deferred);
    } catch (const CancelledError&) {
      throw PoemError("no time for poems");
    }
  };
  bool cancelled = false;
  Promise<int> innermost([&] { cancelled = true; });
  auto waiting = pass(translate(pass(innermost.deferred())));
  waiting.cancel();
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(failureResultOf<PoemError>(waiting).message(), "no time for poems");
}

// Deferred 136: Frame and captures end when it completes, before its callbacks run.
TEST_F(CoroutineTest, TheFrameEndsBeforeTheCallbacksRun) {
  int aliveInCallback = -1;
  auto done =
      hold(promise.deferred(), Counted(alive)).addCallback([&](int) { aliveInCallback = alive; });
  EXPECT_EQ(alive, 1);
  promise.callback(1);
  EXPECT_EQ(aliveInCallback, 0);
  EXPECT_EQ(trace, "resumed unwinds ");
}

// Deferred 136: ... when it was dropped while it waits, and what it awaits is abandoned.
TEST_F(CoroutineTest, TheFrameEndsAfterADropAndAnAbandonedPromise) {
  std::optional<Promise<int>> abandoned(std::in_place);
  { auto dropped = hold(abandoned->deferred(), Counted(alive)); }
  EXPECT_EQ(alive, 1);
  abandoned.reset();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(takeReports().size(), 1u);
}

// Deferred 136: ... and when it was cancelled, or discarded.
TEST_F(CoroutineTest, TheFrameEndsAfterACancelOrADiscard) {
  auto cancelled = hold(promise.deferred(), Counted(alive));
  cancelled.cancel();
  EXPECT_EQ(alive, 0);
  failureResultOf<CancelledError>(cancelled);
  hold(other.deferred(), Counted(alive)).discard();
  EXPECT_EQ(alive, 0);
}

// Deferred 205: Destroying the Deferred of a coroutine detaches it: it runs on.
TEST_F(CoroutineTest, DroppingItsDeferredDetachesIt) {
  { auto dropped = hold(promise.deferred(), Counted(alive)); }
  EXPECT_EQ(trace, "");
  promise.callback(1);
  EXPECT_EQ(trace, "resumed unwinds ");
  EXPECT_EQ(alive, 0);
}

// Deferred 205: An abandoned Promise is an AbandonedError at the await.
TEST_F(CoroutineTest, AnAbandonedPromiseIsThrownAtTheAwait) {
  auto tell = [](Deferred<int> deferred) -> Deferred<std::string> {
    try {
      co_await std::move(deferred);
      co_return "a value";
    } catch (const AbandonedError& error) {
      co_return error.what();
    }
  };
  std::optional<Promise<int>> abandoned(std::in_place, SourceLocation{"poem.cc", 3});
  auto told = tell(abandoned->deferred());
  abandoned.reset();
  EXPECT_EQ(successResultOf(told),
            "the Promise made at poem.cc:3 was destroyed before it was fired");
}

// Deferred 210: A closure that returned a coroutine's Deferred lives until that coroutine ends.
TEST_F(CoroutineTest, TheClosureLivesAsLongAsItsCoroutine) {
  auto waiting = succeed(1).addCallback(
      [this, counted = Counted(alive),
       text = std::string("a poem too long to be stored inside")](int) -> Deferred<std::string> {
        co_await promise.deferred();
        co_return text;
      });
  EXPECT_EQ(alive, 1);
  promise.callback(1);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(successResultOf(waiting), "a poem too long to be stored inside");
}

// Deferred 210: ... so does that of an errback, and where the coroutine fails or is cancelled.
TEST_F(CoroutineTest, TheClosureLivesAsLongAsACoroutineThatFails) {
  auto waiting = fail<int>(PoemError())
                     .addErrback([this, counted = Counted(alive)](const Failure&) -> Deferred<int> {
                       AtEnd stillThere([this] { trace += std::to_string(alive); });
                       co_return co_await promise.deferred();
                     });
  EXPECT_EQ(alive, 1);
  waiting.cancel();
  EXPECT_EQ(trace, "1");
  EXPECT_EQ(alive, 0);
  failureResultOf<CancelledError>(waiting);
}

// Deferred 210: ... in tail position, where the chains between are left out.
TEST_F(CoroutineTest, TheClosureLivesAsLongAsItsCoroutineInTailPosition) {
  auto waiting = succeed(1).addCallback([this](int) {
    return succeed(2).addCallback([this](int) {
      return succeed(3).addCallback(
          [this, counted = Counted(alive),
           text = std::string("a poem that is not short")](int) -> Deferred<std::string> {
            co_await promise.deferred();
            co_return text;
          });
    });
  });
  EXPECT_EQ(alive, 1);
  promise.callback(1);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(successResultOf(waiting), "a poem that is not short");
}

// Deferred 210: ... until its body ends, and not what it co_returned.
TEST_F(CoroutineTest, TheClosureEndsWithTheBodyAndNotWithWhatItCoReturned) {
  auto waiting = succeed(1).addCallback([this, counted = Counted(alive)](int) -> Deferred<int> {
    co_await promise.deferred();
    co_return other.deferred();
  });
  promise.callback(1);
  EXPECT_EQ(alive, 0);
  other.callback(5);
  EXPECT_EQ(successResultOf(waiting), 5);
}

// Awaiting what waits for the coroutine itself is a cycle, thrown at the await.
TEST_F(CoroutineTest, AwaitingItselfIsACycle) {
  Deferred<int> itself;
  auto body = [&]() -> Deferred<int> {
    co_await promise.deferred();
    co_return co_await std::move(itself);
  };
  itself = body();
  promise.callback(1);
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_TRUE(reports[0].failure.check<DeferredCycleError>());
}

// A coroutine that awaits the chain whose callback it is: it gets the error at its await, and may
// use its captures then, since the chain waits for it.
TEST_F(CoroutineTest, AwaitingTheChainOfItsOwnClosureIsACycle) {
  Deferred<int> own = promise.deferred();
  own.addCallback([&, counted = Counted(alive),
                   text = std::string("a poem too long to fit")](int) -> Deferred<int> {
    try {
      co_return co_await std::move(own);
    } catch (const DeferredCycleError&) {
      trace += text;
    }
    co_return alive;
  });
  own.addCallback([&](int value) { return trace += ";" + std::to_string(value), value; });
  promise.callback(1);
  EXPECT_EQ(trace, "a poem too long to fit;1");
  EXPECT_EQ(alive, 0);
}

// A local that fires a Promise when it ends, while the frame is destroyed.
TEST_F(CoroutineTest, TheEndOfTheFrameMayFireAnotherPromise) {
  auto body = [](AtEnd) -> Deferred<int> { co_return 1; };
  auto waiting = other.deferred().addCallback([&](int value) { trace += std::to_string(value); });
  auto finished = body(AtEnd([&] { other.callback(5); }));
  EXPECT_EQ(trace, "5");
  EXPECT_EQ(successResultOf(finished), 1);
}

// A parameter whose end drops the coroutine's own Deferred.
TEST_F(CoroutineTest, TheEndOfTheFrameMayDropItsOwnDeferred) {
  std::optional<Deferred<int>> own;
  auto body = [this](AtEnd) -> Deferred<int> { co_return co_await promise.deferred(); };
  own = body(AtEnd([&] { own.reset(); }));
  promise.errback(PoemError("lost"));
  EXPECT_FALSE(own);
  EXPECT_EQ(takeReported(), "lost;");
}

}  // namespace
}  // namespace couplet
