// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How failures go down a chain of callbacks and errbacks.
#include <string>
#include <utility>

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

using DeferredErrorsTest = testing::ReportingTest;

// Deferred 13: What a callback throws goes to the next errback, and not to who fires.
TEST_F(DeferredErrorsTest, AnExceptionGoesToTheNextErrback) {
  Promise<int> promise;
  std::string heard;
  promise.deferred()
      .addCallback([](int) { throw PoemError("first"); })
      .addErrback([](const Failure&) { throw PoemError("second"); })
      .addErrback([&](const Failure& failure) { heard = failure.message(); });
  EXPECT_NO_THROW(promise.callback(1));
  EXPECT_EQ(heard, "second");
}

// Deferred 13: ... nor to who adds the callback, or fires with errback().
TEST_F(DeferredErrorsTest, NoExceptionEscapesFromAddingOrFailing) {
  Deferred<int> fired = succeed(1);
  EXPECT_NO_THROW(fired.addCallback([](int) -> int { throw PoemError("added"); }));
  EXPECT_EQ(failureResultOf(fired).message(), "added");

  Promise<int> promise;
  auto failed = promise.deferred().addErrback([](const Failure&) -> int { throw PoemError("b"); });
  EXPECT_NO_THROW(promise.errback(PoemError("a")));
  EXPECT_EQ(failureResultOf(failed).message(), "b");
}

// Deferred 14: The errback of a pair does not see what its callback throws; the next one does.
TEST_F(DeferredErrorsTest, AnErrbackDoesNotSeeItsOwnPairsException) {
  std::string heard;
  succeed(1)
      .addCallbacks([](int) { throw PoemError(); }, [&](const Failure&) { heard += "own"; })
      .addErrback([&](const Failure&) { heard += "next"; });
  EXPECT_EQ(heard, "next");
}

// Deferred 15: A failure passes by a callback, a value passes by an errback.
TEST_F(DeferredErrorsTest, WhatAStepDoesNotTakePassesBy) {
  int calls = 0;
  auto failed = fail<int>(PoemError("lost")).addCallback([&](int value) { return ++calls, value; });
  EXPECT_EQ(failureResultOf<PoemError>(failed).message(), "lost");
  auto value = succeed(5).addErrback([&](const Failure&) { return ++calls; });
  EXPECT_EQ(successResultOf(value), 5);
  EXPECT_EQ(calls, 0);
}

// Deferred 15: addBoth calls one function for either.
TEST_F(DeferredErrorsTest, AddBothIsCalledForEither) {
  auto tell = [](Result<int> result) { return std::string(result ? "value" : "failure"); };
  EXPECT_EQ(successResultOf(succeed(1).addBoth(tell)), "value");
  EXPECT_EQ(successResultOf(fail<int>(PoemError()).addBoth(tell)), "failure");
}

// Deferred 16: Null in place of an errback lets failures pass by; of a callback, values.
TEST_F(DeferredErrorsTest, NullPassesBy) {
  auto lost = fail<int>(PoemError("lost")).addCallbacks([](int) { return 0; }, nullptr);
  EXPECT_EQ(failureResultOf(lost).message(), "lost");
  auto added = succeed(1).addCallbacks([](int value) { return value + 1; }, nullptr);
  EXPECT_EQ(successResultOf(added), 2);
  auto kept = succeed(1).addCallbacks(nullptr, [](const Failure&) { return 0; });
  EXPECT_EQ(successResultOf(kept), 1);
  auto recovered = fail<int>(PoemError()).addCallbacks(nullptr, [](const Failure&) { return 0; });
  EXPECT_EQ(successResultOf(recovered), 0);
}

// Deferred 17: An errback that returns a value switches to the callbacks.
TEST_F(DeferredErrorsTest, AnErrbackThatReturnsAValueRecovers) {
  auto poem = fail<std::string>(PoemError())
                  .addErrback([](const Failure&) { return "an old poem"; })
                  .addCallbacks([](std::string poem) { return poem + "!"; },
                                [](const Failure&) { return std::string("errback"); });
  EXPECT_EQ(successResultOf(poem), "an old poem!");
}

// Deferred 17: One that throws or returns a Failure stays on the errbacks.
TEST_F(DeferredErrorsTest, AnErrbackThatFailsStaysOnTheErrbacks) {
  auto thrown =
      fail<int>(PoemError("a")).addErrback([](const Failure&) -> int { throw PoemError("b"); });
  EXPECT_EQ(failureResultOf(thrown).message(), "b");
  auto returned =
      fail<int>(PoemError("a")).addErrback([](const Failure&) { return Failure(PoemError("c")); });
  EXPECT_EQ(failureResultOf(returned).message(), "c");
  auto result = fail<int>(PoemError("a")).addErrback([](const Failure&) -> Result<int> {
    return Failure(PoemError("d"));
  });
  EXPECT_EQ(failureResultOf(result).message(), "d");
}

// Deferred 18: An errback that returns nothing has recovered.
TEST_F(DeferredErrorsTest, AnErrbackThatReturnsNothingRecovers) {
  std::string trace;
  fail<void>(PoemError())
      .addErrback([&](const Failure&) { trace += "errback "; })
      .addCallbacks([&] { trace += "callback"; }, [&](const Failure&) { trace += "errback"; });
  EXPECT_EQ(trace, "errback callback");
}

// Deferred 19: A Failure that is returned, alone or in a Result, is an error.
TEST_F(DeferredErrorsTest, ACallbackMayReturnAFailure) {
  auto first = succeed(1).addCallback([](int) { return Failure(PoemError("a")); });
  EXPECT_EQ(failureResultOf(first).message(), "a");
  auto second =
      succeed(1).addCallback([](int) -> Result<std::string> { return Failure(PoemError("b")); });
  EXPECT_EQ(failureResultOf(second).message(), "b");
}

// Deferred 20: errback(exception) makes a Failure of it, errback(Failure) passes it unchanged.
TEST_F(DeferredErrorsTest, ErrbackTakesExceptionsAndFailures) {
  Promise<int> withException, withFailure, withPointer;
  auto first = withException.deferred(), second = withFailure.deferred(),
       third = withPointer.deferred();
  Failure failure{PoemError("b")};
  withException.errback(PoemError("a"));
  withFailure.errback(failure);
  withPointer.errback(failure.exception());
  EXPECT_EQ(failureResultOf<PoemError>(first).message(), "a");
  EXPECT_EQ(failureResultOf(second), failure);
  EXPECT_EQ(failureResultOf(third), failure);
}

// Deferred 21: errback() without an argument takes the exception being handled, if there is one.
TEST_F(DeferredErrorsTest, ErrbackWithoutArgumentTakesTheCurrentException) {
  Promise<int> promise;
  auto deferred = promise.deferred();
  EXPECT_THROW(promise.errback(), std::logic_error);
  EXPECT_TRUE(promise.pending());
  try {
    throw PoemError("caught");
  } catch (const std::exception&) {
    promise.errback();
  }
  EXPECT_EQ(failureResultOf<PoemError>(deferred).message(), "caught");
}

// Deferred 22: check tells whether it is one of these; trap passes on what is none of them.
TEST_F(DeferredErrorsTest, TrapLetsOtherErrorsGoOn) {
  auto trapCancelled = [](const Failure& failure) {
    EXPECT_EQ(failure.check<CancelledError>(), nullptr);
    failure.trap<CancelledError>();
    return 0;
  };
  auto passed = fail<int>(PoemError("lost")).addErrback(trapCancelled);
  EXPECT_EQ(failureResultOf<PoemError>(passed).message(), "lost");

  auto trapped = fail<int>(PoemError()).addErrback([](const Failure& failure) {
    return failure.trap<CancelledError, PoemError>() == typeid(PoemError) ? 1 : 2;
  });
  EXPECT_EQ(successResultOf(trapped), 1);
}

// A failure that trap or raise throws again keeps the place where it was raised first.
TEST_F(DeferredErrorsTest, RaisingAgainKeepsThePlace) {
  auto again = fail<int>(Failure(PoemError(), SourceLocation{"poem.cc", 3}))
                   .addErrback([](const Failure& failure) -> int { failure.raise(); });
  Failure failure = failureResultOf(again);
  EXPECT_STREQ(failure.raisedAt().file, "poem.cc");
  EXPECT_EQ(failure.raisedAt().line, 3u);
}

// What a callback throws is known by the place where the callback was attached.
TEST_F(DeferredErrorsTest, AThrownExceptionHasThePlaceOfItsCallback) {
  auto thrown = succeed(1).addCallback([](int) -> int { throw PoemError(); },
                                       SourceLocation{"attached.cc", 4});
  Failure failure = failureResultOf(thrown);
  EXPECT_STREQ(failure.raisedAt().file, "attached.cc");
  EXPECT_EQ(failure.raisedAt().line, 4u);
}

// Deferred 23: Everything is caught, what is no std::exception too.
TEST_F(DeferredErrorsTest, AnyThingThrownIsCaught) {
  auto number = succeed(1).addCallback([](int) -> int { throw 42; });
  EXPECT_NE(failureResultOf(number).check<int>(), nullptr);
  auto text = succeed(1).addCallback([](int) -> int { throw "text"; });
  EXPECT_NE(failureResultOf(text).check<const char*>(), nullptr);
}

// Deferred 24: An errback that logs and returns the failure passes it on.
TEST_F(DeferredErrorsTest, ALoggingErrbackPassesTheFailureOn) {
  std::string log;
  Failure lost{PoemError("lost")};
  auto deferred = fail<int>(lost).addErrback([&](const Failure& failure) {
    log += failure.message();
    return failure;
  });
  EXPECT_EQ(failureResultOf(deferred), lost);
  EXPECT_EQ(log, "lost");
}

// Deferred 25: addBoth that returns its argument is a finally.
TEST_F(DeferredErrorsTest, AddBothIsAFinallyWhenItReturnsItsArgument) {
  int closed = 0;
  auto close = [&](Result<int> result) { return ++closed, result; };
  EXPECT_EQ(successResultOf(succeed(5).addBoth(close)), 5);
  EXPECT_EQ(failureResultOf(fail<int>(PoemError("lost")).addBoth(close)).message(), "lost");
  EXPECT_EQ(closed, 2);
}

// Deferred 25: What it throws is a failure like another.
TEST_F(DeferredErrorsTest, AddBothMayThrow) {
  auto thrown = succeed(5).addBoth([](Result<int>) -> int { throw PoemError("both"); });
  EXPECT_EQ(failureResultOf(thrown).message(), "both");
  auto raised = fail<int>(Failure(PoemError("lost"), SourceLocation{"poem.cc", 3}))
                    .addBoth([](Result<int> result) { return result.value(); });
  EXPECT_STREQ(failureResultOf(raised).raisedAt().file, "poem.cc");
}

// On an lvalue the same methods extend the chain in place.
TEST_F(DeferredErrorsTest, AnLvalueChainIsExtendedInPlace) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  Deferred<int>& same = deferred.addCallback([](int value) { return value * 2; })
                            .addErrback([](const Failure&) { return -1; })
                            .addBoth([](Result<int> result) { return result; })
                            .addCallbacks([](int value) { return value + 1; }, nullptr);
  EXPECT_EQ(&same, &deferred);
  promise.callback(5);
  EXPECT_EQ(successResultOf(deferred), 11);
}

}  // namespace
}  // namespace couplet
