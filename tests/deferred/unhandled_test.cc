// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Which failures are reported, when, and how often.
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

using testing::failureResultOf;
using testing::PoemError;
using testing::Report;

using DeferredUnhandledTest = testing::ReportingTest;

// Deferred 26, 27: A failure is reported when the Deferred is destroyed, at once, and not before.
TEST_F(DeferredUnhandledTest, IsReportedWhenTheDeferredIsDestroyed) {
  std::optional<Deferred<int>> deferred = fail<int>(PoemError("lost"));
  EXPECT_EQ(takeReported(), "");
  deferred.reset();
  EXPECT_EQ(takeReported(), "lost;");
}

// Deferred 26, 27: ... or, where that went before, when the Promise fires.
TEST_F(DeferredUnhandledTest, IsReportedWhenADetachedChainFails) {
  Promise<int> promise;
  promise.deferred().addCallback([](int value) { return value; });
  EXPECT_EQ(takeReported(), "");
  promise.errback(PoemError("lost"));
  EXPECT_EQ(takeReported(), "lost;");
}

// Deferred 28: An errback that is added before the destruction keeps it from being reported.
TEST_F(DeferredUnhandledTest, IsNotReportedWhenAnErrbackIsAddedInTime) {
  {
    auto deferred = fail<void>(PoemError());
    deferred.addErrback([](const Failure&) {});
  }
  EXPECT_EQ(takeReported(), "");
}

// Deferred 29: When an errback throws another error, that one is reported alone.
TEST_F(DeferredUnhandledTest, TheErrorOfAnErrbackIsReportedAlone) {
  fail<int>(PoemError("first")).addErrback([](const Failure&) -> int {
    throw PoemError("second");
  });
  EXPECT_EQ(takeReported(), "second;");
}

// Deferred 30: A failure that an outer took over is reported once, for the outer.
TEST_F(DeferredUnhandledTest, AFailureTakenOverIsReportedOnceForTheOuter) {
  Promise<int> inner(SourceLocation{"inner.cc", 1});
  Promise<void> outer(SourceLocation{"outer.cc", 2});
  {
    auto waiting = outer.deferred().addCallback([&] { return inner.deferred(); });
    outer.callback();
    inner.errback(PoemError("lost"));
    EXPECT_EQ(takeReported(), "");
  }
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_STREQ(reports[0].made.file, "outer.cc");
}

// Deferred 30: ... the same where the inner had failed before it was returned.
TEST_F(DeferredUnhandledTest, AFailedInnerIsReportedOnce) {
  succeed().addCallback([] { return fail<int>(PoemError("lost")); });
  EXPECT_EQ(takeReported(), "lost;");
}

// Deferred 31: An outer that was dropped while it waits: the error is reported once, when it comes.
TEST_F(DeferredUnhandledTest, AnOuterDroppedWhileItWaitsReportsOnce) {
  Promise<int> inner;
  succeed().addCallback([&] { return inner.deferred(); });
  EXPECT_EQ(takeReported(), "");
  inner.errback(PoemError("lost"));
  EXPECT_EQ(takeReported(), "lost;");
}

// Deferred 32: A cancelled Deferred without an errback reports CancelledError.
TEST_F(DeferredUnhandledTest, ACancelledOneIsReported) {
  Promise<int> promise;
  {
    auto deferred = promise.deferred();
    deferred.cancel();
  }
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_TRUE(reports[0].failure.check<CancelledError>());
}

// Deferred 33: A failed one that is destroyed while paused is reported too.
TEST_F(DeferredUnhandledTest, APausedOneIsReported) {
  Promise<void> promise;
  {
    auto deferred = promise.deferred().addErrback([](const Failure&) {});
    deferred.pause();
    promise.errback(PoemError("lost"));
  }
  EXPECT_EQ(takeReported(), "lost;");
}

// Deferred 34: A failure whose errback returned a Deferred was handled.
TEST_F(DeferredUnhandledTest, AnErrbackThatReturnsADeferredHasHandledIt) {
  Promise<int> other;
  fail<int>(PoemError()).addErrback([&](const Failure&) { return other.deferred(); });
  EXPECT_EQ(takeReported(), "");
  other.callback(1);
  EXPECT_EQ(takeReported(), "");
}

Deferred<void> swallow(Deferred<int> deferred) {
  try {
    co_await std::move(deferred);
  } catch (const PoemError&) {
  }
}

Deferred<int> pass(Deferred<int> deferred) { co_return co_await std::move(deferred); }

// Deferred 35: To await a failed Deferred consumes the failure, rethrown or not.
TEST_F(DeferredUnhandledTest, AwaitingConsumesTheFailure) {
  swallow(fail<int>(PoemError("swallowed")));
  EXPECT_EQ(takeReported(), "");
  failureResultOf<PoemError>(pass(fail<int>(PoemError("passed"))));
  EXPECT_EQ(takeReported(), "");
}

// Deferred 35: What a coroutine does not handle is reported for its own Deferred.
TEST_F(DeferredUnhandledTest, ACoroutinesFailureIsReportedForItsDeferred) {
  Promise<int> promise(SourceLocation{"promise.cc", 1});
  pass(promise.deferred());
  promise.errback(PoemError("lost"));
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].failure.message(), "lost");
  EXPECT_TRUE(std::string(reports[0].made.file).ends_with("unhandled_test.cc"));
}

// Deferred 36: The record begins `Unhandled error in Deferred:`, and is one line.
TEST_F(DeferredUnhandledTest, TheRecordIsOneLine) {
  static_cast<void>(fail<int>(PoemError("lost")));
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_TRUE(reports[0].text.starts_with("Unhandled error in Deferred: "));
  EXPECT_EQ(reports[0].text.find('\n'), std::string::npos);
}

// Deferred 202: It says what failed, where that was raised, where the Promise was made, its name.
TEST_F(DeferredUnhandledTest, TheRecordSaysAllThatIsKnown) {
  Promise<int> promise(SourceLocation{"made.cc", 3});
  promise.deferred().named("fetch poem");
  promise.errback(PoemError("lost"), SourceLocation{"raised.cc", 5});
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].text,
            "Unhandled error in Deferred: couplet::testing::PoemError: lost "
            "(raised at raised.cc:5, made at made.cc:3, named \"fetch poem\")");
}

// Deferred 202: ... the Failure itself, once, and without a name where it has none.
TEST_F(DeferredUnhandledTest, TheRecordHoldsTheFailure) {
  Failure lost(PoemError("lost"), SourceLocation{"raised.cc", 5});
  static_cast<void>(fail<int>(lost, SourceLocation{"made.cc", 3}));
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].failure, lost);
  EXPECT_EQ(reports[0].name, "");
  EXPECT_EQ(reports[0].text,
            "Unhandled error in Deferred: couplet::testing::PoemError: lost "
            "(raised at raised.cc:5, made at made.cc:3)");
}

// Deferred 202: A failure whose Deferred was never taken is reported when the Promise goes.
TEST_F(DeferredUnhandledTest, AFailureThatNobodyTookIsReported) {
  {
    Promise<int> promise;
    promise.errback(PoemError("lost"));
    EXPECT_EQ(takeReported(), "");
  }
  EXPECT_EQ(takeReported(), "lost;");
}

// A name goes along when the chain is extended.
TEST_F(DeferredUnhandledTest, ANameStaysWithTheChain) {
  Promise<int> promise;
  Deferred<int> deferred = promise.deferred();
  deferred.named("first").named("fetch");
  std::move(deferred).addCallback([](int) { return 1.5; });
  promise.errback(PoemError("lost"));
  auto reports = takeReports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].name, "fetch");
}

}  // namespace
}  // namespace couplet
