// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/gather_results.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::Counted;
using ::testing::ElementsAre;
using testing::failureResultOf;
using ::testing::IsEmpty;
using testing::PoemError;
using testing::successResultOf;

/// Three Promises and their Deferreds.
class GatherResultsTest : public testing::ReportingTest {
 protected:
  GatherResultsTest() {
    for (auto& promise : promises) inputs.push_back(promise.deferred());
  }

  std::vector<Promise<int>> promises{3};
  std::vector<Deferred<int>> inputs;
};

// Deferred 104: The values alone, in the order of the inputs, when the last one is there.
TEST_F(GatherResultsTest, GivesTheValuesInTheOrderOfTheInputs) {
  auto all = gatherResults(std::move(inputs));
  promises[2].callback(3);
  promises[0].callback(1);
  testing::assertNoResult(all);
  promises[1].callback(2);
  EXPECT_THAT(successResultOf(all), ElementsAre(1, 2, 3));
}

// Deferred 104: Inputs that have fired already; none at all.
TEST_F(GatherResultsTest, TakesFiredInputsAtOnce) {
  std::vector<Deferred<int>> fired;
  fired.push_back(succeed(1));
  fired.push_back(succeed(2));
  EXPECT_THAT(successResultOf(gatherResults(std::move(fired))), ElementsAre(1, 2));
  EXPECT_THAT(successResultOf(gatherResults(std::vector<Deferred<int>>())), IsEmpty());
}

// Deferred 104, 106: The first failure fails it with FirstError: which input, and what failed.
TEST_F(GatherResultsTest, FailsWithTheFirstFailure) {
  auto all = gatherResults(std::move(inputs));
  Failure lost{PoemError("lost")};
  promises[1].errback(lost);
  Failure failure = failureResultOf<FirstError>(all);
  EXPECT_EQ(failure.get<FirstError>()->index(), 1u);
  EXPECT_EQ(failure.get<FirstError>()->subFailure(), lost);
  EXPECT_EQ(failure.message(), "input 1 failed: lost");
}

// Deferred 104: The other inputs are not cancelled then, and what becomes of them goes nowhere.
TEST_F(GatherResultsTest, LeavesTheOtherInputsAlone) {
  {
    auto all = gatherResults(std::move(inputs));
    promises[1].errback(PoemError("lost"));
    failureResultOf<FirstError>(all);
  }
  EXPECT_TRUE(promises[0].pending());
  promises[0].callback(1);
  promises[2].errback(PoemError("later"));
  EXPECT_EQ(takeReported(), "");
}

// Deferred 105: Cancelling cancels every input; CancelledError is the first failure.
TEST_F(GatherResultsTest, CancellingCancelsEveryInput) {
  auto all = gatherResults(std::move(inputs));
  all.cancel();
  for (auto& promise : promises) EXPECT_FALSE(promise.pending());
  Failure failure = failureResultOf<FirstError>(all);
  EXPECT_EQ(failure.get<FirstError>()->index(), 0u);
  EXPECT_TRUE(failure.get<FirstError>()->subFailure().check<CancelledError>());
}

// Deferred 105: If all cancellers have a value, these are the result.
TEST_F(GatherResultsTest, CancellersMayAnswerWithValues) {
  std::vector<Promise<int>> answering;
  std::vector<Deferred<int>> deferreds;
  for (int i = 0; i < 3; ++i) {
    answering.emplace_back([i](Promise<int>& promise) { promise.callback(i); });
    deferreds.push_back(answering.back().deferred());
  }
  auto all = gatherResults(std::move(deferreds));
  all.cancel();
  EXPECT_THAT(successResultOf(all), ElementsAre(0, 1, 2));
}

// Deferred 106: FirstErrors are equal when input and failure are.
TEST_F(GatherResultsTest, FirstErrorsAreEqualByBoth) {
  Failure lost{PoemError()}, other{PoemError()};
  EXPECT_EQ(FirstError(1, lost), FirstError(1, lost));
  EXPECT_FALSE(FirstError(1, lost) == FirstError(2, lost));
  EXPECT_FALSE(FirstError(1, lost) == FirstError(1, other));
}

// An abandoned input is a failure like another.
TEST_F(GatherResultsTest, AnAbandonedInputFailsIt) {
  auto all = gatherResults(std::move(inputs));
  promises.clear();
  Failure failure = failureResultOf<FirstError>(all);
  EXPECT_TRUE(failure.get<FirstError>()->subFailure().check<AbandonedError>());
}

// Discarding discards every input: nothing runs, and nothing is left.
TEST_F(GatherResultsTest, DiscardingDiscardsEveryInput) {
  int captures = 0;
  bool ran = false;
  for (auto& input : inputs) {
    input.addBoth(
        [&, counted = Counted(captures)](Result<int> result) { return ran = true, result; });
  }
  gatherResults(std::move(inputs)).discard();
  EXPECT_EQ(captures, 0);
  EXPECT_FALSE(ran);
  EXPECT_FALSE(promises[2].pending());
}

// Dropped, it goes on; its values end with it.
TEST_F(GatherResultsTest, DroppedItKeepsNothing) {
  int values = 0;
  Promise<Counted> first, second;
  std::vector<Deferred<Counted>> counted;
  counted.push_back(first.deferred());
  counted.push_back(second.deferred());
  gatherResults(std::move(counted));
  first.callback(Counted(values));
  EXPECT_EQ(values, 1);
  second.callback(Counted(values));
  EXPECT_EQ(values, 0);
}

TEST_F(GatherResultsTest, TakesMoveOnlyValues) {
  std::vector<Deferred<std::unique_ptr<int>>> pointers;
  pointers.push_back(succeed(std::make_unique<int>(1)));
  pointers.push_back(succeed(std::make_unique<int>(2)));
  auto values = successResultOf(gatherResults(std::move(pointers)));
  EXPECT_EQ(*values[0] + *values[1], 3);
}

TEST_F(GatherResultsTest, InputsWithoutValues) {
  Promise<void> first, second;
  std::vector<Deferred<void>> deferreds;
  deferreds.push_back(first.deferred());
  deferreds.push_back(second.deferred());
  auto all = gatherResults(std::move(deferreds));
  first.callback();
  testing::assertNoResult(all);
  second.callback();
  successResultOf(all);
}

TEST_F(GatherResultsTest, CancellingInputsWithoutValues) {
  Promise<void> promise;
  std::vector<Deferred<void>> deferreds;
  deferreds.push_back(promise.deferred());
  auto all = gatherResults(std::move(deferreds));
  all.cancel();
  EXPECT_FALSE(promise.pending());
  failureResultOf<FirstError>(all);
}

/// Throws where it is moved once too often.
struct ThrowsOnMove {
  int movesLeft;
  explicit ThrowsOnMove(int moves) : movesLeft(moves) {}
  ThrowsOnMove(ThrowsOnMove&& other) : movesLeft(other.movesLeft - 1) {
    if (movesLeft < 0) throw PoemError("moved");
  }
};

// A value that throws where it is moved is a failure, and not a result that never comes, whether it
// comes in or goes out.
TEST_F(GatherResultsTest, AValueThatThrowsWhenMovedFailsIt) {
  for (int moves : {0, 1, 2, 3}) {
    Promise<ThrowsOnMove> promise;
    std::vector<Deferred<ThrowsOnMove>> deferreds;
    deferreds.push_back(promise.deferred());
    auto all = gatherResults(std::move(deferreds));
    promise.callback(ThrowsOnMove(moves));
    Failure failure = failureResultOf<std::runtime_error>(all);
    if (failure.check<FirstError>()) failure = failure.get<FirstError>()->subFailure();
    EXPECT_EQ(failure.message(), "moved") << moves;
  }
}

// An input that waits for the whole: cancelling ends both.
TEST_F(GatherResultsTest, CancellingEndsACircle) {
  Deferred<std::vector<int>> all;
  std::vector<Deferred<int>> one;
  one.push_back(std::move(inputs[0]).addCallback([&](int) {
    return std::move(all).addCallback([](const std::vector<int>& values) { return values[0]; });
  }));
  all = gatherResults(std::move(one));
  CancelHandle handle = all.cancelHandle();
  int ended = 0;
  all.addBoth([&](Result<std::vector<int>> result) { return ++ended, result; });
  promises[0].callback(1);
  EXPECT_EQ(ended, 0);
  handle.cancel();
  EXPECT_EQ(ended, 1);
}

// The consumer's callback may discard, or drop, what it is part of.
TEST_F(GatherResultsTest, MayBeDiscardedFromItsOwnCallback) {
  Deferred<std::vector<int>> all = gatherResults(std::move(inputs));
  bool ran = false;
  all.addErrback([&](const Failure& failure) { return std::move(all).discard(), failure; })
      .addBoth([&](Result<std::vector<int>> result) { return ran = true, result; });
  all.cancel();
  EXPECT_FALSE(ran);
  EXPECT_FALSE(promises[2].pending());
}

// Cancelled, it waits for an input that takes its time to end, and may be cancelled again.
TEST_F(GatherResultsTest, CancelledItWaitsForInputsThatGoOn) {
  Promise<int> closing;
  auto stubborn = [](Deferred<int> work, Deferred<int> cleanUp) -> Deferred<int> {
    try {
      co_return co_await std::move(work);
    } catch (const CancelledError&) {
    }
    co_return co_await std::move(cleanUp);
  };
  std::vector<Deferred<int>> one;
  one.push_back(stubborn(std::move(inputs[0]), closing.deferred()));
  auto all = gatherResults(std::move(one));
  all.cancel();
  testing::assertNoResult(all);
  closing.callback(4);
  EXPECT_THAT(successResultOf(all), ElementsAre(4));
}

TEST_F(GatherResultsTest, AnEmptyInputIsAFailure) {
  Deferred<int> taken = std::move(inputs[1]);
  auto all = gatherResults(std::move(inputs));
  Failure failure = failureResultOf<FirstError>(all);
  EXPECT_EQ(failure.get<FirstError>()->index(), 1u);
  EXPECT_TRUE(failure.get<FirstError>()->subFailure().check<std::logic_error>());
}

// Failed, it keeps no value, neither one that was there nor one that comes.
TEST_F(GatherResultsTest, FailedItKeepsNoValue) {
  int values = 0;
  std::vector<Promise<Counted>> counting(4);
  std::vector<Deferred<Counted>> counted;
  for (auto& promise : counting) counted.push_back(promise.deferred());
  auto all = gatherResults(std::move(counted));
  counting[0].callback(Counted(values));
  counting[1].errback(PoemError());
  EXPECT_EQ(values, 0);
  counting[2].callback(Counted(values));
  EXPECT_EQ(values, 0);
  failureResultOf<FirstError>(all);
}

// Deferred 104: Inputs of several types give a tuple, in their order.
TEST_F(GatherResultsTest, InputsOfSeveralTypesGiveATuple) {
  Promise<std::string> poem;
  Promise<void> done;
  auto all = gatherResults(std::move(inputs[0]), poem.deferred(), done.deferred());
  done.callback();
  poem.callback("poem");
  testing::assertNoResult(all);
  promises[0].callback(5);
  EXPECT_EQ(successResultOf(all), std::tuple(5, std::string("poem"), std::monostate()));
}

TEST_F(GatherResultsTest, InputsOfSeveralTypesWithoutValuesGiveNone) {
  Promise<void> second;
  Deferred<void> all = gatherResults(succeed(), second.deferred());
  testing::assertNoResult(all);
  second.callback();
  successResultOf(all);
}

TEST_F(GatherResultsTest, InputsOfSeveralTypesReadWellInACoroutine) {
  auto sum = [this]() -> Deferred<int> {
    auto [number, pointer] =
        co_await gatherResults(std::move(inputs[0]), succeed(std::make_unique<int>(2)));
    co_return number + *pointer;
  };
  auto deferred = sum();
  promises[0].callback(1);
  EXPECT_EQ(successResultOf(deferred), 3);
}

// Deferred 104, 105: ... and fail, are cancelled and discarded as those of a vector.
TEST_F(GatherResultsTest, InputsOfSeveralTypesFailWithTheFirstFailure) {
  Promise<std::string> poem;
  auto all = gatherResults(std::move(inputs[0]), poem.deferred());
  poem.errback(PoemError("lost"));
  EXPECT_EQ(failureResultOf<FirstError>(all).message(), "input 1 failed: lost");
  EXPECT_TRUE(promises[0].pending());
}

TEST_F(GatherResultsTest, CancellingInputsOfSeveralTypesCancelsEach) {
  Promise<std::string> poem;
  auto all = gatherResults(std::move(inputs[0]), poem.deferred());
  all.cancel();
  EXPECT_FALSE(promises[0].pending() || poem.pending());
  EXPECT_EQ(failureResultOf<FirstError>(all).get<FirstError>()->index(), 0u);
}

TEST_F(GatherResultsTest, DiscardingInputsOfSeveralTypesDiscardsEach) {
  int captures = 0;
  Promise<std::string> poem;
  inputs[0].addCallback([counted = Counted(captures)](int value) { return value; });
  gatherResults(std::move(inputs[0]), poem.deferred()).discard();
  EXPECT_EQ(captures, 0);
  EXPECT_FALSE(promises[0].pending() || poem.pending());
}

}  // namespace
}  // namespace couplet
