// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/gather_results.h>

#include <memory>
#include <string>
#include <utility>
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

/// Throws at its third move.
struct ThrowsOnMove {
  int moves = 0;
  ThrowsOnMove() = default;
  ThrowsOnMove(ThrowsOnMove&& other) : moves(other.moves + 1) {
    if (moves == 3) throw PoemError("moved");
  }
};

// A value that throws where it is moved is a failure, and not a result that never comes.
TEST_F(GatherResultsTest, AValueThatThrowsWhenMovedFailsIt) {
  Promise<ThrowsOnMove> promise;
  std::vector<Deferred<ThrowsOnMove>> deferreds;
  deferreds.push_back(promise.deferred());
  auto all = gatherResults(std::move(deferreds));
  promise.callback(ThrowsOnMove());
  Failure failure = failureResultOf<FirstError>(all);
  EXPECT_EQ(failure.get<FirstError>()->subFailure().message(), "moved");
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

}  // namespace
}  // namespace couplet
