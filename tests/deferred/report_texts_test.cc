// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What is reported names the places, whole texts.
#include <couplet/deferred/report.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::PoemError;

constexpr SourceLocation at(unsigned line) { return {"poem.cc", line}; }

class ReportTextTest : public testing::ReportingTest {
 protected:
  /// Each report, in a line of its own.
  static std::string reports() {
    std::string text;
    for (const auto& report : takeReports()) text += report.text + "\n";
    return text;
  }
};

// Deferred 202: The failure, where it was raised, where the Promise was made, its name and its way.
TEST_F(ReportTextTest, AnUnhandledFailure) {
  Promise<int> promise(at(1));
  promise.deferred()
      .named("fetch poem")
      .addCallback([](int i) { return i; }, at(2))
      .addCallback([](int i) { return i; }, at(3));
  promise.errback(Failure(PoemError("lost"), at(4)));
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::testing::PoemError: lost (raised at poem.cc:4, "
            "made at poem.cc:1, named \"fetch poem\", by way of poem.cc:2, poem.cc:3)\n");
}

TEST_F(ReportTextTest, AFailureOfACallbackWasRaisedWhereThatWasAttached) {
  succeed(1, at(1))
      .addCallback([](int) -> int { throw PoemError("lost"); }, at(2))
      .addCallback([](int i) { return i; }, at(3));
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::testing::PoemError: lost (raised at poem.cc:2, "
            "made at poem.cc:1, by way of poem.cc:3)\n");
}

TEST_F(ReportTextTest, AFailureThatCameFromAnInnerDeferred) {
  Promise<int> inner(at(1));
  Promise<void> outer(at(2));
  outer.deferred()
      .addCallback([&] { return inner.deferred().addCallback([](int i) { return i; }, at(3)); },
                   at(4))
      .addCallback([](int i) { return i; }, at(5));
  outer.callback();
  inner.errback(Failure(PoemError("lost"), at(6)));
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::testing::PoemError: lost (raised at poem.cc:6, "
            "made at poem.cc:2, by way of poem.cc:3, the Deferred made at poem.cc:2, poem.cc:5)\n");
}

TEST_F(ReportTextTest, AnErrbackThatPassesItOnIsPartOfTheWay) {
  auto pass = [](const Failure& failure) { return failure; };
  fail<int>(Failure(PoemError("lost"), at(1)), at(2)).addErrback(pass, at(3));
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::testing::PoemError: lost (raised at poem.cc:1, "
            "made at poem.cc:2, by way of poem.cc:3)\n");
}

TEST_F(ReportTextTest, TheWayOfAFailureThatWasHandledIsForgotten) {
  fail<int>(Failure(PoemError("lost"), at(1)), at(2))
      .addCallback([](int i) { return i; }, at(3))
      .addErrback([](const Failure&) { return 1; }, at(4))
      .addCallback([](int) -> int { throw PoemError("lost again"); }, at(5))
      .addCallback([](int i) { return i; }, at(6));
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::testing::PoemError: lost again (raised at "
            "poem.cc:5, made at poem.cc:2, by way of poem.cc:6)\n");
}

TEST_F(ReportTextTest, AnErrbackThatThrowsAnotherBeginsANewWay) {
  fail<int>(Failure(PoemError("lost"), at(1)), at(2))
      .addCallback([](int i) { return i; }, at(3))
      .addErrback([](const Failure&) -> int { throw PoemError("worse"); }, at(4));
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::testing::PoemError: worse (raised at poem.cc:4, "
            "made at poem.cc:2)\n");
}

TEST_F(ReportTextTest, OfALongWayTheFirstEightAreTold) {
  Deferred<int> deferred = fail<int>(Failure(PoemError("lost"), at(1)), at(2));
  for (unsigned i = 10; i < 20; ++i) deferred.addCallback([](int v) { return v; }, at(i));
  std::move(deferred).discard();
  EXPECT_EQ(reports(), "");
  deferred = fail<int>(Failure(PoemError("lost"), at(1)), at(2));
  for (unsigned i = 10; i < 20; ++i) deferred.addCallback([](int v) { return v; }, at(i));
  deferred = {};
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::testing::PoemError: lost (raised at poem.cc:1, "
            "made at poem.cc:2, by way of poem.cc:10, poem.cc:11, poem.cc:12, poem.cc:13, "
            "poem.cc:14, poem.cc:15, poem.cc:16, poem.cc:17 and 2 more)\n");
}

Deferred<int> reciteLine(Deferred<int> line) { co_return co_await std::move(line); }

TEST_F(ReportTextTest, TheAwaitsOfACoroutineArePartOfTheWay) {
  const unsigned line = __LINE__ - 3;
  Promise<int> promise(at(1));
  { Deferred<int> outer = reciteLine(promise.deferred()).named("recite"); }
  promise.errback(Failure(PoemError("lost"), at(2)));
  std::ostringstream expected;
  expected << "Unhandled error in Deferred: couplet::testing::PoemError: lost (raised at "
              "poem.cc:2, made at "
           << SourceLocation{__FILE__, line} << ", named \"recite\", by way of "
           << SourceLocation{__FILE__, line} << ")\n";
  EXPECT_EQ(reports(), expected.str());
}

// Deferred 200: It says where the Promise was made.
TEST_F(ReportTextTest, AnAbandonedPromise) {
  {
    Promise<int> promise(at(1));
    promise.deferred().named("fetch poem").addCallback([](int i) { return i; }, at(2));
  }
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::AbandonedError: the Promise \"fetch poem\" made "
            "at poem.cc:1 was destroyed before it was fired (raised at poem.cc:1, made at "
            "poem.cc:1, named \"fetch poem\", by way of poem.cc:2)\n");
}

std::string whatOf(Promise<int>& promise, SourceLocation here) {
  try {
    promise.callback(1, here);
  } catch (const AlreadyCalledError& error) {
    return error.what();
  }
  return "";
}

// Deferred 37: The error of a second firing says where the Deferred was made, and where it was
// fired first: not the second time, when it is fired a third time.
// Deferred 38: It does so always: there is nothing to be switched on.
TEST_F(ReportTextTest, ADoubleFire) {
  Promise<int> promise(at(1));
  Deferred<int> deferred = promise.deferred().named("fetch poem");
  promise.callback(1, at(2));
  EXPECT_EQ(whatOf(promise, at(3)),
            "the Deferred \"fetch poem\" made at poem.cc:1 was already fired at poem.cc:2, and is "
            "fired again at poem.cc:3");
  EXPECT_EQ(whatOf(promise, at(4)),
            "the Deferred \"fetch poem\" made at poem.cc:1 was already fired at poem.cc:2, and is "
            "fired again at poem.cc:4");
}

TEST_F(ReportTextTest, ADoubleFireInACallback) {
  Promise<int> promise(at(1));
  Deferred<int> deferred = promise.deferred();
  promise.callback(1, at(2));
  succeed(at(3)).addCallback([&] { promise.callback(2, at(4)); }, at(5)).named("again");
  EXPECT_EQ(reports(),
            "Unhandled error in Deferred: couplet::AlreadyCalledError: the Deferred made at "
            "poem.cc:1 was already fired at poem.cc:2, and is fired again at poem.cc:4 (raised at "
            "poem.cc:5, made at poem.cc:3, named \"again\")\n");
}

TEST_F(ReportTextTest, ACycle) {
  Promise<void> one(at(1));
  Promise<void> other(at(2));
  Deferred<void> second;
  Deferred<void> first =
      one.deferred().named("one").addCallback([&] { return std::move(second); }, at(3));
  second = other.deferred().named("other").addCallback([&] { return std::move(first); }, at(4));
  one.callback();
  other.callback();
  EXPECT_EQ(
      reports(),
      "Unhandled error in Deferred: couplet::DeferredCycleError: the Deferred \"one\" made at "
      "poem.cc:1 would wait on itself (raised at poem.cc:1, made at poem.cc:1, named \"one\", "
      "by way of the Deferred made at poem.cc:1)\n");
}

}  // namespace
}  // namespace couplet
