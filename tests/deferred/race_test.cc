// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/race.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
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

using Winner = std::pair<std::size_t, int>;

/// Three who run.
class RaceTest : public testing::ReportingTest {
 protected:
  RaceTest() {
    for (int i = 0; i < 3; ++i) {
      promises.emplace_back([this, i] { cancelled += "abc"[i]; });
      inputs.push_back(promises.back().deferred());
    }
  }

  std::string cancelled;
  std::vector<Promise<int>> promises;
  std::vector<Deferred<int>> inputs;
};

// Deferred 107: The first value wins, with its index, and all others are cancelled.
TEST_F(RaceTest, TheFirstValueWins) {
  auto first = race(std::move(inputs));
  promises[1].callback(2);
  EXPECT_EQ(cancelled, "ac");
  EXPECT_EQ(successResultOf(first), Winner(1, 2));
}

// Deferred 107: ... before it fires.
TEST_F(RaceTest, TheOthersAreCancelledBeforeItFires) {
  std::string seen;
  auto first = race(std::move(inputs)).addCallback([&](Winner) { seen = cancelled; });
  promises[1].callback(2);
  EXPECT_EQ(seen, "ac");
}

// Deferred 108: A failure is ignored while others run.
TEST_F(RaceTest, AFailureIsIgnoredWhileOthersRun) {
  auto first = race(std::move(inputs));
  promises[0].errback(PoemError("lost"));
  assertNoResult(first);
  promises[2].callback(3);
  EXPECT_EQ(cancelled, "b");
  EXPECT_EQ(successResultOf(first), Winner(2, 3));
}

// Deferred 108: When all fail, it fails with all failures, in the order of the inputs.
TEST_F(RaceTest, FailsWhenAllFail) {
  auto first = race(std::move(inputs));
  promises[2].errback(PoemError("c"));
  promises[0].errback(PoemError("a"));
  assertNoResult(first);
  promises[1].errback(PoemError("b"));
  Failure failure = failureResultOf<FailureGroup>(first);
  EXPECT_EQ(failure.message(), "3 of 3 failed: a; b; c");
  EXPECT_EQ(failure.get<FailureGroup>()->failures()[2].message(), "c");
}

// Deferred 109: What others give after they were cancelled goes nowhere.
TEST_F(RaceTest, ACancellerThatAnswersDoesNotDisturbTheWinner) {
  Promise<int> answers([](Promise<int>& promise) { promise.callback(9); });
  Promise<int> throws([]() -> void { throw PoemError("thrown"); });
  inputs.push_back(answers.deferred());
  inputs.push_back(throws.deferred());
  auto first = race(std::move(inputs));
  promises[0].callback(1);
  EXPECT_EQ(successResultOf(first), Winner(0, 1));
  EXPECT_EQ(takeReported(), "");
}

// Deferred 109: ... also later.
TEST_F(RaceTest, AnInputThatGoesOnDoesNotDisturbTheWinner) {
  Promise<int> closing;
  auto stubborn = [](Deferred<int> work, Deferred<int> cleanUp) -> Deferred<int> {
    try {
      co_return co_await std::move(work);
    } catch (const CancelledError&) {
    }
    co_return co_await std::move(cleanUp);
  };
  inputs[1] = stubborn(std::move(inputs[1]), closing.deferred());
  auto first = race(std::move(inputs));
  promises[0].callback(1);
  EXPECT_EQ(successResultOf(first), Winner(0, 1));
  closing.errback(PoemError("late"));
  EXPECT_EQ(takeReported(), "");
}

// Deferred 110: Cancelling cancels every input, and fails it with what came of that.
TEST_F(RaceTest, CancellingCancelsEveryInput) {
  auto first = race(std::move(inputs));
  first.cancel();
  EXPECT_EQ(cancelled, "abc");
  Failure failure = failureResultOf<FailureGroup>(first);
  for (const Failure& each : failure.get<FailureGroup>()->failures()) {
    EXPECT_TRUE(each.check<CancelledError>());
  }
}

// Deferred 110: ... but a canceller may have a value, which wins.
TEST_F(RaceTest, ACancellerMayWin) {
  Promise<int> answers([](Promise<int>& promise) { promise.callback(9); });
  inputs.insert(inputs.begin() + 1, answers.deferred());
  auto first = race(std::move(inputs));
  first.cancel();
  EXPECT_EQ(cancelled, "abc");
  EXPECT_EQ(successResultOf(first), Winner(1, 9));
}

TEST_F(RaceTest, CancelledItDoesNotWaitForInputsThatGoOn) {
  Promise<int> closing;
  auto stubborn = [](Deferred<int> work, Deferred<int> cleanUp) -> Deferred<int> {
    try {
      co_return co_await std::move(work);
    } catch (const CancelledError&) {
    }
    co_return co_await std::move(cleanUp);
  };
  inputs[1] = stubborn(std::move(inputs[1]), closing.deferred());
  auto first = race(std::move(inputs));
  first.cancel();
  failureResultOf<CancelledError>(first);
  closing.callback(1);
}

// Deferred 111: With nobody to race it fails, where Twisted waits for ever.
TEST_F(RaceTest, WithoutInputsItFails) {
  auto first = race(std::vector<Deferred<int>>());
  Failure failure = failureResultOf<FailureGroup>(first);
  EXPECT_TRUE(failure.get<FailureGroup>()->failures().empty());
  EXPECT_EQ(failure.message(), "there was nothing to race");
}

// Deferred 112: Of inputs that have fired already the first one wins.
TEST_F(RaceTest, OfFiredInputsTheFirstWins) {
  std::vector<Deferred<int>> fired;
  fired.push_back(std::move(inputs[0]));
  fired.push_back(fail<int>(PoemError()));
  fired.push_back(succeed(2));
  fired.push_back(succeed(3));
  fired.push_back(std::move(inputs[1]));
  EXPECT_EQ(successResultOf(race(std::move(fired))), Winner(2, 2));
  EXPECT_EQ(cancelled, "ab");
}

// Deferred 108, 112: ... and when all have failed already, it has.
TEST_F(RaceTest, OfFailedInputsNoneWins) {
  std::vector<Deferred<int>> failed;
  failed.push_back(fail<int>(PoemError("a")));
  failed.push_back(fail<int>(PoemError("b")));
  auto first = race(std::move(failed));
  EXPECT_EQ(failureResultOf<FailureGroup>(first).message(), "2 of 2 failed: a; b");
}

// Deferred 107: Once it has fired, cancelling it reaches nobody.
TEST_F(RaceTest, CancellingAFiredOneDoesNothing) {
  auto first = race(std::move(inputs));
  promises[0].callback(1);
  EXPECT_EQ(cancelled, "bc");
  first.cancel();
  EXPECT_EQ(cancelled, "bc");
  EXPECT_EQ(successResultOf(first), Winner(0, 1));
}

TEST_F(RaceTest, InputsWithoutValuesGiveTheIndex) {
  Promise<void> slow, fast;
  std::vector<Deferred<void>> two;
  two.push_back(slow.deferred());
  two.push_back(fast.deferred());
  auto first = race(std::move(two));
  fast.callback();
  EXPECT_EQ(successResultOf(first), 1u);
  EXPECT_FALSE(slow.pending());
}

// Deferred 107, 112: Inputs of several types give a variant, whose index tells who has won.
TEST_F(RaceTest, InputsOfSeveralTypesGiveAVariant) {
  Promise<std::string> poem;
  auto first = race(std::move(inputs[0]), poem.deferred(), std::move(inputs[1]));
  poem.callback("poem");
  auto winner = successResultOf(first);
  EXPECT_EQ(winner.index(), 1u);
  EXPECT_EQ(std::get<1>(winner), "poem");
  EXPECT_EQ(cancelled, "ab");
  EXPECT_EQ(successResultOf(race(succeed(1), succeed())).index(), 0u);
}

// Deferred 108: ... and fail when all fail.
TEST_F(RaceTest, InputsOfSeveralTypesFailWhenAllFail) {
  auto first = race(std::move(inputs[0]), fail<void>(PoemError("b")));
  promises[0].errback(PoemError("a"));
  EXPECT_EQ(failureResultOf<FailureGroup>(first).message(), "2 of 2 failed: a; b");
}

TEST_F(RaceTest, InputsOfSeveralTypesReadWellInACoroutine) {
  auto both = [](Deferred<void> tooLate) -> Deferred<std::string> {
    auto first = co_await race(succeed(std::make_unique<int>(5)), std::move(tooLate));
    co_return first.index() == 0 ? std::to_string(*std::get<0>(first)) : "too late";
  };
  EXPECT_EQ(successResultOf(both(std::move(inputs[0]).addCallback([](int) {}))), "5");
  EXPECT_EQ(cancelled, "a");
}

TEST_F(RaceTest, AnAbandonedInputHasFailed) {
  auto first = race(std::move(inputs));
  promises.erase(promises.begin(), promises.begin() + 2);
  promises[0].errback(PoemError());
  Failure failure = failureResultOf<FailureGroup>(first);
  EXPECT_TRUE(failure.get<FailureGroup>()->failures()[1].check<AbandonedError>());
}

TEST_F(RaceTest, AnEmptyInputHasFailed) {
  Deferred<int> taken = std::move(inputs[0]);
  auto first = race(std::move(inputs));
  promises[1].callback(2);
  EXPECT_EQ(successResultOf(first), Winner(1, 2));
}

TEST_F(RaceTest, DiscardingDiscardsEveryInput) {
  int captures = 0;
  for (auto& input : inputs) {
    input.addBoth([counted = Counted(captures)](Result<int> result) { return result; });
  }
  race(std::move(inputs)).discard();
  EXPECT_EQ(captures, 0);
  EXPECT_EQ(cancelled, "abc");
}

TEST_F(RaceTest, DroppedItGoesOn) {
  race(std::move(inputs));
  promises[0].callback(1);
  EXPECT_EQ(cancelled, "bc");
}

TEST_F(RaceTest, DroppedItsFailureIsReported) {
  race(std::move(inputs));
  for (auto& promise : promises) promise.errback(PoemError("lost"));
  EXPECT_EQ(takeReported(), "3 of 3 failed: lost; lost; lost;");
}

TEST_F(RaceTest, MayBeCancelledByALoser) {
  Deferred<Winner> first;
  Promise<int> loser([&] { first.cancel(); });
  inputs.push_back(loser.deferred());
  first = race(std::move(inputs));
  promises[0].callback(1);
  failureResultOf<CancelledError>(first);
}

TEST_F(RaceTest, MayBeDiscardedByALoser) {
  Deferred<Winner> first;
  Promise<int> loser([&] { std::move(first).discard(); });
  inputs.push_back(loser.deferred());
  first = race(std::move(inputs));
  promises[0].callback(1);
  EXPECT_EQ(cancelled, "bc");
}

TEST_F(RaceTest, KeepsNoValueOfLosers) {
  int alive = 0;
  std::vector<Promise<Counted>> counting(2);
  std::vector<Deferred<Counted>> counted;
  for (auto& promise : counting) counted.push_back(promise.deferred());
  {
    auto first = race(std::move(counted));
    counting[0].callback(Counted(alive));
    EXPECT_EQ(alive, 1);
    counting[1].callback(Counted(alive));
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST_F(RaceTest, OfManyFailuresTheTextTellsTheFirst) {
  std::vector<Deferred<int>> many;
  for (int i = 0; i < 10; ++i) many.push_back(fail<int>(PoemError(std::to_string(i))));
  EXPECT_EQ(failureResultOf<FailureGroup>(race(std::move(many))).message(),
            "10 of 10 failed: 0; 1; 2; 3; 4; 5; 6; 7; ...");
}

}  // namespace
}  // namespace couplet
