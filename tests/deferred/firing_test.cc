// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How a Promise fires its Deferred, and in what order the callbacks run.
#include <memory>
#include <sstream>
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

using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

using DeferredFiringTest = testing::ReportingTest;

// Deferred 1: A new Deferred has no result, and callbacks added before firing do not run.
TEST_F(DeferredFiringTest, NothingRunsBeforeItFires) {
  Promise<int> promise;
  int calls = 0;
  Deferred<int> deferred = promise.deferred();
  deferred.addBoth([&](Result<int> result) { return ++calls, result; });
  EXPECT_EQ(calls, 0);
  EXPECT_TRUE(promise.pending());
  promise.callback(1);
  EXPECT_EQ(calls, 1);
  EXPECT_FALSE(promise.pending());
}

// Deferred 2: callback(v) runs the chain synchronously, in the order added, before it returns.
TEST_F(DeferredFiringTest, CallbacksRunInOrderBeforeCallbackReturns) {
  std::string trace;
  Promise<int> promise;
  promise.deferred()
      .addCallback([&](int) { trace += "a"; })
      .addCallback([&] { trace += "b"; })
      .addCallback([&] { trace += "c"; });
  promise.callback(1);
  EXPECT_EQ(trace, "abc");
}

// Deferred 3: Each callback receives what the one before returned; the last answer is the result.
TEST_F(DeferredFiringTest, EachCallbackTakesWhatTheOneBeforeReturned) {
  Promise<int> promise;
  auto deferred = promise.deferred()
                      .addCallback([](int value) { return value + 1; })
                      .addCallback([](int value) { return std::to_string(value); })
                      .addCallback([](const std::string& text) { return text + "!"; });
  promise.callback(41);
  EXPECT_EQ(successResultOf(deferred), "42!");
}

// Deferred 4: A callback added after firing runs inside of addCallback.
TEST_F(DeferredFiringTest, ACallbackAddedAfterFiringRunsAtOnce) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  promise.callback(7);
  int seen = 0;
  deferred.addCallback([&](int value) { return seen = value; });
  EXPECT_EQ(seen, 7);
}

// Deferred 4: ... but not when the chain is paused, or runs already.
TEST_F(DeferredFiringTest, ACallbackAddedAfterFiringWaitsWhilePaused) {
  Deferred<int> deferred = succeed(7);
  deferred.pause();
  int seen = 0;
  deferred.addCallback([&](int value) { return seen = value; });
  EXPECT_EQ(seen, 0);
  deferred.unpause();
  EXPECT_EQ(seen, 7);
}

// Deferred 4: ... nor while it waits on an inner.
TEST_F(DeferredFiringTest, ACallbackAddedAfterFiringWaitsForAnInner) {
  Promise<int> inner;
  Deferred<int> deferred = succeed(1);
  deferred.addCallback([&](int) { return inner.deferred(); });
  int seen = 0;
  deferred.addCallback([&](int value) { return seen = value; });
  EXPECT_EQ(seen, 0);
  inner.callback(7);
  EXPECT_EQ(seen, 7);
}

// Deferred 5: The second firing throws AlreadyCalledError, after a callback as after an errback.
TEST_F(DeferredFiringTest, FiringTwiceThrows) {
  for (bool failFirst : {false, true}) {
    Promise<int> promise;
    Deferred<int> deferred = promise.deferred();
    failFirst ? promise.errback(PoemError()) : promise.callback(1);
    EXPECT_THROW(promise.callback(2), AlreadyCalledError);
    EXPECT_THROW(promise.errback(PoemError("second")), AlreadyCalledError);
    std::string first =
        successResultOf(std::move(deferred)
                            .addCallback([](int value) { return std::to_string(value); })
                            .addErrback([](const Failure& failure) { return failure.message(); }));
    EXPECT_EQ(first, failFirst ? "no poem" : "1");
  }
}

// Deferred 5: ... also while the chain waits on an inner, which it leaves alone.
TEST_F(DeferredFiringTest, FiringTwiceThrowsWhileAnInnerIsWaitedFor) {
  Promise<int> promise, inner;
  auto deferred = promise.deferred().addCallback([&](int) { return inner.deferred(); });
  promise.callback(1);
  EXPECT_THROW(promise.callback(2), AlreadyCalledError);
  EXPECT_THROW(promise.errback(PoemError()), AlreadyCalledError);
  testing::assertNoResult(deferred);
  inner.callback(7);
  EXPECT_EQ(successResultOf(deferred), 7);
}

// The error says where the Deferred was made and where it was fired first.
TEST_F(DeferredFiringTest, FiringTwiceTellsThePlaces) {
  Promise<int> promise(SourceLocation{"poem.cc", 3});
  promise.callback(1, SourceLocation{"first.cc", 5});
  try {
    promise.callback(2, SourceLocation{"second.cc", 7});
    FAIL();
  } catch (const AlreadyCalledError& error) {
    EXPECT_STREQ(error.what(),
                 "the Deferred made at poem.cc:3 was already fired at first.cc:5, and is fired "
                 "again at second.cc:7");
  }
}

// Deferred 6: Firing from within the own callback throws there; the next errback sees it.
TEST_F(DeferredFiringTest, FiringFromTheOwnCallbackIsThatCallbacksFailure) {
  Promise<int> promise;
  auto deferred = promise.deferred().addCallback([&](int value) { promise.callback(value); });
  promise.callback(1);
  failureResultOf<AlreadyCalledError>(deferred);
}

// Deferred 7: Callbacks added while the chain runs are appended, and run after this one returns.
TEST_F(DeferredFiringTest, CallbacksAddedByACallbackRunLast) {
  std::string trace;
  Promise<void> promise;
  Deferred<void> deferred = promise.deferred();
  deferred
      .addCallback([&] {
        deferred.addCallback([&] { trace += "3"; });
        trace += "1";
      })
      .addCallback([&] { trace += "2"; });
  promise.callback();
  EXPECT_EQ(trace, "123");
}

// Deferred 7: ... without recursion: the stack is no deeper in the thousandth.
TEST_F(DeferredFiringTest, CallbacksAddedByCallbacksDoNotRecurse) {
  struct {
    Deferred<void> deferred;
    std::vector<void*> places;
    void addNext() {
      deferred.addCallback([this] {
        places.push_back(__builtin_frame_address(0));
        if (places.size() < 1000) addNext();
      });
    }
  } loop;
  Promise<void> promise;
  loop.deferred = promise.deferred();
  loop.addNext();
  promise.callback();
  ASSERT_EQ(loop.places.size(), 1000u);
  EXPECT_EQ(loop.places.front(), loop.places.back());
}

// Deferred 8: succeed(v) is as a Promise that has fired with v.
TEST_F(DeferredFiringTest, SucceedIsAFiredOne) {
  std::string trace;
  Deferred<std::string> deferred = succeed(std::string("poem"));
  EXPECT_NE(deferred.toString().find("current result: poem"), std::string::npos);
  std::move(deferred).addCallbacks([&](std::string poem) { trace += poem; },
                                   [&](const Failure&) { trace += "failed"; });
  EXPECT_EQ(trace, "poem");
}

// Deferred 8: fail(e) is as a Promise that has failed with e.
TEST_F(DeferredFiringTest, FailIsAFailedOne) {
  std::string trace;
  fail<int>(PoemError("lost"))
      .addCallbacks([&](int) { trace += "value"; },
                    [&](const Failure& failure) { trace += failure.message(); });
  EXPECT_EQ(trace, "lost");
}

// Deferred 9: callback(Failure) is errback(Failure); callback(Result) is the one or the other.
TEST_F(DeferredFiringTest, CallbackWithAFailureIsAnErrback) {
  Failure lost{PoemError("lost")};
  Promise<int> failing, failingResult, succeeding;
  auto first = failing.deferred(), second = failingResult.deferred(), third = succeeding.deferred();
  failing.callback(lost);
  failingResult.callback(Result<int>(lost));
  succeeding.callback(Result<int>(3));
  EXPECT_EQ(failureResultOf<PoemError>(first), lost);
  EXPECT_EQ(failureResultOf<PoemError>(second), lost);
  EXPECT_EQ(successResultOf(third), 3);
}

// Deferred 11: A result of void is a result: the chain runs.
TEST_F(DeferredFiringTest, NothingIsAResult) {
  std::string trace;
  Promise<void> promise;
  promise.deferred().addCallback([&] { trace += "a"; }).addCallback([&] {
    trace += "b";
    return 5;
  });
  promise.callback();
  succeed().addCallback([&] { trace += "c"; });
  EXPECT_EQ(trace, "abc");
}

TEST_F(DeferredFiringTest, TheDeferredIsTakenOnce) {
  Promise<int> promise(SourceLocation{"poem.cc", 3});
  Deferred<int> deferred = promise.deferred();
  try {
    auto again = promise.deferred();
    FAIL();
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(), "the Deferred of the Promise made at poem.cc:3 was taken already");
  }
  promise.callback(1);
  EXPECT_EQ(successResultOf(deferred), 1);
}

TEST_F(DeferredFiringTest, TheDeferredMayBeTakenAfterFiring) {
  Promise<int> promise;
  promise.callback(1);
  EXPECT_EQ(successResultOf(promise.deferred()), 1);
}

TEST_F(DeferredFiringTest, AMovedFromPromiseThrows) {
  Promise<int> promise;
  Promise<int> moved = std::move(promise);
  EXPECT_FALSE(promise.pending());
  EXPECT_THROW(promise.callback(1), std::logic_error);
  EXPECT_THROW(promise.errback(PoemError()), std::logic_error);
  EXPECT_THROW(static_cast<void>(promise.deferred()), std::logic_error);
  EXPECT_TRUE(moved.pending());
}

TEST_F(DeferredFiringTest, AssigningAPromiseAbandonsTheOldOne) {
  Promise<int> promise;
  Deferred<int> first = promise.deferred();
  promise = Promise<int>();
  failureResultOf<AbandonedError>(first);
  Promise<int>& same = promise;
  promise = std::move(same);
  EXPECT_TRUE(promise.pending());
}

// Deferred 113: maybeDeferred of a value, of an exception, of a Failure and of a Deferred.
TEST_F(DeferredFiringTest, MaybeDeferredTakesAnyAnswer) {
  EXPECT_EQ(successResultOf(maybeDeferred([] { return 5; })), 5);
  failureResultOf<PoemError>(maybeDeferred([]() -> int { throw PoemError(); }));
  failureResultOf<PoemError>(maybeDeferred([] { return Failure(PoemError()); }));
  failureResultOf<PoemError>(maybeDeferred([]() -> Result<int> { return Failure(PoemError()); }));
  EXPECT_EQ(successResultOf(maybeDeferred([] { return succeed(6); })), 6);

  Promise<int> promise;
  auto waiting = maybeDeferred([&] { return promise.deferred(); });
  testing::assertNoResult(waiting);
  promise.callback(7);
  EXPECT_EQ(successResultOf(waiting), 7);
}

// Deferred 113: maybeDeferred of a coroutine, whose captures live as long as it.
TEST_F(DeferredFiringTest, MaybeDeferredKeepsACoroutinesCaptures) {
  Promise<int> promise;
  auto sum = maybeDeferred(
      [deferred = promise.deferred(), more = std::make_unique<int>(2)]() mutable -> Deferred<int> {
        int value = co_await std::move(deferred);
        co_return value + *more;
      });
  promise.callback(1);
  EXPECT_EQ(successResultOf(sum), 3);
}

// Deferred 55: For people: what it has, what it waits on, where it was made, and its name.
TEST_F(DeferredFiringTest, TellsWhatItIs) {
  auto ends = [](const Deferred<int>& deferred, const std::string& end) {
    std::ostringstream out;
    out << deferred;
    EXPECT_TRUE(out.str().starts_with("<")) << out.str();
    EXPECT_TRUE(out.str().ends_with(end)) << out.str();
  };
  Promise<int> promise(SourceLocation{"poem.cc", 7});
  Promise<void> start(SourceLocation{"start.cc", 9});
  auto inner = promise.deferred();
  ends(inner, ", made at poem.cc:7>");
  const std::string innerText = inner.toString();
  auto outer = start.deferred().addCallback([&] { return std::move(inner); }).named("fetch");
  ends(outer, ", made at start.cc:9, named \"fetch\">");
  start.callback();
  ends(outer, ", waiting on " + innerText.substr(1, innerText.find(',') - 1) + ">");
  promise.callback(5);
  ends(outer, ", current result: 5>");
  ends(inner, "<empty Deferred>");
}

// Deferred 55: A failure is shown, and a result that steps still wait for is not.
TEST_F(DeferredFiringTest, TellsItsFailureAndNoIntermediateResult) {
  auto failed = fail<int>(PoemError("lost"));
  EXPECT_NE(failed.toString().find(", current result: lost>"), std::string::npos);
  failureResultOf(failed);

  Deferred<int> number = succeed(65);
  number.pause();
  auto text = std::move(number).addCallback([](int) { return std::string("poem"); });
  EXPECT_EQ(text.toString().find("current result"), std::string::npos);
}

}  // namespace
}  // namespace couplet
