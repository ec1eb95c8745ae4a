// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred_list.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
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

using List = std::vector<Result<int>>;

/// `1 lost 3`: values, and what failures say.
std::string textOf(const List& list) {
  std::string text;
  for (const auto& result : list) {
    if (!text.empty()) text += ' ';
    text += result ? std::to_string(result.value()) : result.failure().message();
  }
  return text;
}

/// Three Promises and their Deferreds.
class DeferredListTest : public testing::ReportingTest {
 protected:
  DeferredListTest() {
    for (auto& promise : promises) inputs.push_back(promise.deferred());
  }
  static std::vector<Deferred<int>> none() { return {}; }
  static std::vector<Deferred<int>> one(Deferred<int> input) {
    std::vector<Deferred<int>> inputs;
    inputs.push_back(std::move(input));
    return inputs;
  }

  std::vector<Promise<int>> promises{3};
  std::vector<Deferred<int>> inputs;
};

// Deferred 90: Without inputs it fires at once, with an empty list.
TEST_F(DeferredListTest, WithoutInputsItFiresAtOnce) {
  EXPECT_TRUE(successResultOf(DeferredList(none())).empty());
  EXPECT_TRUE(successResultOf(DeferredList(none(), fireOnOneErrback)).empty());
}

// Deferred 90: ... but where it fires with the first value there is none to fire with.
TEST_F(DeferredListTest, WithoutInputsThereIsNoFirstValue) {
  auto first = DeferredList(none(), fireOnOneCallback);
  auto either = DeferredList(none(), fireOnOneCallback, fireOnOneErrback);
  assertNoResult(first);
  assertNoResult(either);
  first.cancel();
  failureResultOf<CancelledError>(first);
}

TEST_F(DeferredListTest, OneThatNeverFiresEndsWhenItIsDropped) {
  int alive = 0;
  DeferredList(none(), fireOnOneCallback)
      .addCallback([counted = Counted(alive)](const FirstValueOrAll<int>&) {});
  EXPECT_EQ(alive, 0);
}

// Deferred 91: Every result, value or failure, in the order of the inputs.
TEST_F(DeferredListTest, GivesTheResultsInTheOrderOfTheInputs) {
  auto list = DeferredList(std::move(inputs));
  promises[2].callback(3);
  promises[1].errback(PoemError("lost"));
  assertNoResult(list);
  promises[0].callback(1);
  EXPECT_EQ(textOf(successResultOf(list)), "1 lost 3");
}

// Deferred 92: fireOnOneCallback fires it with the first value and the index of that.
TEST_F(DeferredListTest, FiresOnOneCallback) {
  auto list = DeferredList(std::move(inputs), fireOnOneCallback);
  promises[0].errback(PoemError("lost"));
  assertNoResult(list);
  promises[2].callback(3);
  auto first = successResultOf(list);
  EXPECT_EQ(std::get<0>(first), std::pair(3, std::size_t{2}));
}

// Deferred 92: When all fail it fires all the same, with all results.
TEST_F(DeferredListTest, FiresWithAllWhenThereIsNoCallback) {
  auto list = DeferredList(std::move(inputs), fireOnOneCallback);
  for (auto& promise : promises) promise.errback(PoemError("lost"));
  auto all = successResultOf(list);
  EXPECT_EQ(textOf(std::get<1>(all)), "lost lost lost");
}

// Deferred 93: fireOnOneErrback fails it with the first failure and the index of that.
TEST_F(DeferredListTest, FiresOnOneErrback) {
  Failure lost{PoemError("lost")};
  auto list = DeferredList(std::move(inputs), fireOnOneErrback);
  promises[0].callback(1);
  promises[1].errback(lost);
  Failure failure = failureResultOf<FirstError>(list);
  EXPECT_EQ(*failure.get<FirstError>(), FirstError(1, lost));
  EXPECT_EQ(failure.raisedAt().line, lost.raisedAt().line);
}

// Deferred 93: ... and gives the list when all have values.
TEST_F(DeferredListTest, GivesTheListWhenThereIsNoErrback) {
  auto list = DeferredList(std::move(inputs), fireOnOneErrback);
  for (int i = 0; i < 3; ++i) promises[i].callback(i);
  EXPECT_EQ(textOf(successResultOf(list)), "0 1 2");
}

// Deferred 94: With both, whichever happens first.
TEST_F(DeferredListTest, FiresOnWhicheverIsFirst) {
  std::vector<Promise<int>> more(2);
  std::vector<Deferred<int>> moreInputs;
  for (auto& promise : more) moreInputs.push_back(promise.deferred());
  auto value = DeferredList(std::move(inputs), fireOnOneCallback, fireOnOneErrback);
  auto failure = DeferredList(std::move(moreInputs), fireOnOneCallback, fireOnOneErrback);
  promises[1].callback(2);
  promises[0].errback(PoemError());
  more[1].errback(PoemError("lost"));
  more[0].callback(1);
  EXPECT_EQ(successResultOf(value), std::pair(2, std::size_t{1}));
  EXPECT_EQ(failureResultOf<FirstError>(failure).message(), "input 1 failed: lost");
}

TEST_F(DeferredListTest, WhatComesAfterItHasFiredGoesNowhere) {
  {
    auto list = DeferredList(std::move(inputs), fireOnOneCallback);
    promises[0].callback(1);
    successResultOf(list);
  }
  promises[1].errback(PoemError("later"));
  promises[2].callback(3);
  EXPECT_EQ(takeReported(), "");
}

// Deferred 99: Cancelling cancels every input; it fires with what they give.
TEST_F(DeferredListTest, CancellingCancelsEveryInput) {
  auto list = DeferredList(std::move(inputs));
  promises[0].callback(1);
  list.cancel();
  EXPECT_FALSE(promises[1].pending() || promises[2].pending());
  EXPECT_EQ(textOf(successResultOf(list)),
            "1 the Deferred was cancelled the Deferred was cancelled");
}

// Deferred 99: A canceller that throws keeps none from being cancelled; one may answer.
TEST_F(DeferredListTest, CancellersMayThrowAndAnswer) {
  Promise<int> throws([]() -> void { throw PoemError("thrown"); });
  Promise<int> answers([](Promise<int>& promise) { promise.callback(2); });
  std::vector<Deferred<int>> two;
  two.push_back(throws.deferred());
  two.push_back(answers.deferred());
  auto list = DeferredList(std::move(two));
  list.cancel();
  EXPECT_EQ(textOf(successResultOf(list)), "thrown 2");
}

// Deferred 99: One that fires meanwhile, and is destroyed by that, cancels the rest all the same.
TEST_F(DeferredListTest, FiredWhileItIsCancelledItCancelsTheRest) {
  Promise<int> answers([](Promise<int>& promise) { promise.callback(2); });
  inputs.insert(inputs.begin(), answers.deferred());
  std::optional<Deferred<void>> list;
  list = DeferredList(std::move(inputs), fireOnOneCallback)
             .addCallback([&](const FirstValueOrAll<int>&) { list.reset(); });
  list->cancel();
  EXPECT_FALSE(list);
  for (auto& promise : promises) EXPECT_FALSE(promise.pending());
}

// Deferred 99: It waits for an input that goes on after that, and may be cancelled again.
TEST_F(DeferredListTest, CancelledItWaitsForInputsThatGoOn) {
  int cancels = 0;
  auto stubborn = [&](Deferred<int> work, Deferred<int> cleanUp) -> Deferred<int> {
    try {
      co_return co_await std::move(work);
    } catch (const CancelledError&) {
      ++cancels;
    }
    co_return co_await std::move(cleanUp);
  };
  std::vector<Deferred<int>> one;
  one.push_back(stubborn(std::move(inputs[0]), std::move(inputs[1])));
  auto list = DeferredList(std::move(one));
  list.cancel();
  assertNoResult(list);
  EXPECT_TRUE(promises[1].pending());
  list.cancel();
  EXPECT_EQ(cancels, 1);
  EXPECT_EQ(textOf(successResultOf(list)), "the Deferred was cancelled");
}

// Deferred 100: Once it has fired, cancelling does nothing: the other inputs go on.
TEST_F(DeferredListTest, CancellingAFiredOneDoesNothing) {
  auto list = DeferredList(std::move(inputs), fireOnOneErrback);
  promises[0].errback(PoemError());
  list.cancel();
  EXPECT_TRUE(promises[1].pending() && promises[2].pending());
  failureResultOf<FirstError>(list);
}

// Deferred 102: Inputs that have fired already are taken at once.
TEST_F(DeferredListTest, TakesFiredInputsAtOnce) {
  std::vector<Deferred<int>> fired;
  fired.push_back(fail<int>(PoemError("lost")));
  fired.push_back(succeed(2));
  fired.push_back(std::move(inputs[0]));
  auto first = DeferredList(std::move(fired), fireOnOneCallback);
  EXPECT_EQ(std::get<0>(successResultOf(first)), std::pair(2, std::size_t{1}));
  EXPECT_EQ(textOf(successResultOf(DeferredList(one(succeed(1))))), "1");
}

// Deferred 93, 94, 102: ... where a failure fires it, too.
TEST_F(DeferredListTest, TakesFailedInputsAtOnce) {
  auto list = DeferredList(one(fail<int>(PoemError("lost"))), fireOnOneErrback);
  EXPECT_EQ(failureResultOf<FirstError>(list).message(), "input 0 failed: lost");
  inputs[1] = fail<int>(PoemError("lost"));
  auto either = DeferredList(std::move(inputs), fireOnOneCallback, fireOnOneErrback);
  EXPECT_EQ(failureResultOf<FirstError>(either).message(), "input 1 failed: lost");
}

// Deferred 103: It sees what the callbacks make of a result that an input had before.
TEST_F(DeferredListTest, SeesWhatEarlierCallbacksMade) {
  inputs[0].addErrback([](const Failure&) { return 10; });
  inputs[1].addCallback([](int) -> int { throw PoemError("thrown"); });
  auto list = DeferredList(std::move(inputs));
  promises[0].errback(PoemError());
  promises[1].callback(1);
  promises[2].callback(3);
  EXPECT_EQ(textOf(successResultOf(list)), "10 thrown 3");
}

TEST_F(DeferredListTest, InputsWithoutValues) {
  std::vector<Deferred<void>> plain, first;
  plain.push_back(succeed());
  plain.push_back(fail<void>(PoemError("lost")));
  auto list = successResultOf(DeferredList(std::move(plain)));
  EXPECT_TRUE(list[0]);
  EXPECT_FALSE(list[1]);
  first.push_back(fail<void>(PoemError("lost")));
  first.push_back(succeed());
  EXPECT_EQ(std::get<0>(successResultOf(DeferredList(std::move(first), fireOnOneCallback))), 1u);
}

TEST_F(DeferredListTest, InputsOfSeveralTypesGiveATuple) {
  auto list = DeferredList(std::move(inputs[0]), fail<std::string>(PoemError("lost")),
                           succeed(std::make_unique<int>(3)), succeed());
  assertNoResult(list);
  promises[0].callback(1);
  auto [number, poem, pointer, done] = successResultOf(list);
  EXPECT_EQ(number.value(), 1);
  EXPECT_EQ(poem.failure().message(), "lost");
  EXPECT_EQ(*pointer.value(), 3);
  EXPECT_TRUE(done);
}

TEST_F(DeferredListTest, AnAbandonedInputIsAFailure) {
  auto list = DeferredList(std::move(inputs));
  promises.clear();
  for (auto& result : successResultOf(list)) EXPECT_TRUE(result.failure().check<AbandonedError>());
}

TEST_F(DeferredListTest, DiscardingDiscardsEveryInput) {
  int captures = 0;
  for (auto& input : inputs) {
    input.addCallback([counted = Counted(captures)](int value) { return value; });
  }
  DeferredList(std::move(inputs)).discard();
  EXPECT_EQ(captures, 0);
  for (auto& promise : promises) EXPECT_FALSE(promise.pending());
}

/// The values that lists and races keep.
class ValuesOfListTest : public testing::ReportingTest {
 protected:
  ValuesOfListTest() {
    for (auto& promise : promises) inputs.push_back(promise.deferred());
  }

  int alive = 0;
  std::vector<Promise<Counted>> promises{3};
  std::vector<Deferred<Counted>> inputs;
};

TEST_F(ValuesOfListTest, FiredItKeepsNone) {
  auto list = DeferredList(std::move(inputs), fireOnOneErrback);
  promises[0].callback(Counted(alive));
  EXPECT_EQ(alive, 1);
  promises[1].errback(PoemError());
  EXPECT_EQ(alive, 0);
  promises[2].callback(Counted(alive));
  EXPECT_EQ(alive, 0);
  failureResultOf<FirstError>(list);
}

TEST_F(ValuesOfListTest, DroppedItKeepsThemToItsEnd) {
  DeferredList(std::move(inputs));
  promises[0].callback(Counted(alive));
  promises[1].callback(Counted(alive));
  EXPECT_EQ(alive, 2);
  promises[2].callback(Counted(alive));
  EXPECT_EQ(alive, 0);
}

TEST_F(ValuesOfListTest, DiscardedItKeepsNone) {
  auto list = DeferredList(std::move(inputs));
  promises[0].callback(Counted(alive));
  std::move(list).discard();
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace couplet
