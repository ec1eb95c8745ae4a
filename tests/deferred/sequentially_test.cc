// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/sequentially.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/concurrently.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using testing::Counted;
using ::testing::ElementsAre;
using testing::failureResultOf;
using ::testing::IsEmpty;
using testing::PoemError;
using testing::successResultOf;

using Three = std::tuple<int, int, int>;

/// Three answers to come, and callables that ask for them.
class SequentiallyTest : public testing::ReportingTest {
 protected:
  auto ask(std::size_t which) {
    return [this, which] {
      begun += "abc"[which];
      return answers[which].deferred();
    };
  }

  std::string begun;
  std::vector<Promise<int>> answers{3};
};

// Crunch 14: Sequentially(...) begins one at a time, when the one before has answered.
TEST_F(SequentiallyTest, BeginsOneAtATime) {
  auto all = sequentially(ask(0), ask(1), ask(2));
  EXPECT_EQ(begun, "a");
  answers[0].callback(1);
  EXPECT_EQ(begun, "ab");
  answers[1].callback(2);
  EXPECT_EQ(begun, "abc");
  assertNoResult(all);
  answers[2].callback(3);
  EXPECT_EQ(successResultOf(all), Three(1, 2, 3));
}

// Crunch 14: Sequentially(...) stops at the first fault, which names its item.
TEST_F(SequentiallyTest, StopsAtTheFirstFailure) {
  auto all = sequentially(ask(0), ask(1), ask(2));
  answers[0].callback(1);
  Failure lost{PoemError("lost")};
  answers[1].errback(lost);
  EXPECT_EQ(begun, "ab");
  Failure failure = failureResultOf<ItemError>(all);
  EXPECT_EQ(failure.message(), "item 2 of 3: lost");
  EXPECT_EQ(failure.get<ItemError>()->subFailure(), lost);
}

// Crunch 14: Any callable that makes a Deferred is an item; its answers have types of their own.
TEST_F(SequentiallyTest, TakesCallablesOfAnyKind) {
  std::function<Deferred<int>()> function = ask(0);
  auto all = sequentially(
      function, [] { return std::string("poem"); }, [] {},
      []() -> Deferred<double> { co_return 0.5; });
  answers[0].callback(1);
  EXPECT_EQ(successResultOf(all), std::tuple(1, std::string("poem"), std::monostate(), 0.5));
}

// Crunch 14: A time limit for the whole cancels it, and says which item was under way.
TEST_F(SequentiallyTest, ATimeLimitForTheWhole) {
  testing::FakeClock clock;
  auto all = sequentially(ask(0), ask(1), ask(2)).addTimeout(8s, clock);
  clock.advance(7s);
  answers[0].callback(1);
  clock.advance(1s);
  EXPECT_EQ(failureResultOf<TimeoutError>(all).message(), "item 2 of 3 timed out after 8 s");
  EXPECT_FALSE(answers[1].pending());
  EXPECT_EQ(begun, "ab");
}

TEST_F(SequentiallyTest, AnItemThatThrowsStopsIt) {
  auto all = sequentially(
      ask(0), []() -> Deferred<int> { throw PoemError("thrown"); }, ask(2));
  answers[0].callback(1);
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 2 of 3: thrown");
  EXPECT_EQ(begun, "a");
}

TEST_F(SequentiallyTest, ReadsWellInACoroutine) {
  auto sum = [this]() -> Deferred<int> {
    auto [a, b] = co_await sequentially([this] { return ask(0)(); }, [this] { return ask(1)(); });
    co_return a + b;
  }();
  answers[0].callback(1);
  answers[1].callback(2);
  EXPECT_EQ(successResultOf(sum), 3);
}

TEST_F(SequentiallyTest, ItemsWithoutValuesGiveNone) {
  Deferred<void> all = sequentially([] {}, [] { return succeed(); });
  successResultOf(all);
}

TEST_F(SequentiallyTest, TakesAVectorOfCallables) {
  std::vector<std::function<Deferred<int>()>> items = {ask(0), ask(1), ask(2)};
  auto all = sequentially(std::move(items));
  for (int i = 0; i < 3; ++i) answers[i].callback(i);
  EXPECT_THAT(successResultOf(all), ElementsAre(0, 1, 2));
  EXPECT_EQ(begun, "abc");
}

TEST_F(SequentiallyTest, AVectorWithoutItemsAnswersAtOnce) {
  EXPECT_THAT(successResultOf(sequentially(std::vector<std::function<int()>>())), IsEmpty());
}

TEST_F(SequentiallyTest, CancellingCancelsTheItemUnderWay) {
  auto all = sequentially(ask(0), ask(1), ask(2));
  answers[0].callback(1);
  all.cancel();
  EXPECT_FALSE(answers[1].pending());
  EXPECT_EQ(begun, "ab");
  EXPECT_EQ(failureResultOf<CancelledError>(all).message(),
            "the Deferred was cancelled, waiting for item 2 of 3");
}

// It was cancelled, whatever the item under way makes of that.
TEST_F(SequentiallyTest, NothingIsBegunAfterACancel) {
  Promise<int> promise([](Promise<int>& promise) { promise.callback(1); });
  auto all = sequentially([&] { return promise.deferred(); }, ask(1));
  all.cancel();
  EXPECT_EQ(begun, "");
  EXPECT_EQ(failureResultOf<CancelledError>(all).message(),
            "the Deferred was cancelled, waiting for item 1 of 2");
}

TEST_F(SequentiallyTest, TheLastItemMayAnswerACancelWithAValue) {
  Promise<int> promise([](Promise<int>& promise) { promise.callback(2); });
  auto all = sequentially([] { return 1; }, [&] { return promise.deferred(); });
  all.cancel();
  EXPECT_EQ(successResultOf(all), std::tuple(1, 2));
}

TEST_F(SequentiallyTest, DiscardingEndsTheItemUnderWay) {
  int alive = 0;
  bool ran = false;
  auto all = sequentially(
      [&, counted = Counted(alive)]() -> Deferred<int> {
        int value = co_await ask(0)();
        ran = true;
        co_return value;
      },
      [counted = Counted(alive)] {});
  EXPECT_EQ(alive, 2);
  std::move(all).discard();
  EXPECT_FALSE(ran);
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(answers[0].pending());
}

TEST_F(SequentiallyTest, ACallableLivesUntilItsItemIsDone) {
  int alive = 0;
  auto all = sequentially(
      [this, counted = Counted(alive)]() -> Deferred<int> { co_return co_await ask(0)(); },
      [&] { return alive; });
  EXPECT_EQ(alive, 1);
  answers[0].callback(1);
  EXPECT_EQ(successResultOf(all), std::tuple(1, 0));
}

// What an item may do to the whole.

TEST_F(SequentiallyTest, AnItemMayCancelTheWholeAsItBegins) {
  Deferred<Three> all;
  all = sequentially(
      ask(0),
      [&] {
        all.cancel();
        return ask(1)();
      },
      ask(2));
  answers[0].callback(1);
  EXPECT_EQ(failureResultOf<CancelledError>(all).message(),
            "the Deferred was cancelled, waiting for item 2 of 3");
  EXPECT_FALSE(answers[1].pending());
  EXPECT_EQ(begun, "ab");
}

TEST_F(SequentiallyTest, AnItemMayDiscardTheWholeAsItBegins) {
  Deferred<Three> all;
  bool ran = false;
  all = sequentially(
      ask(0),
      [&] {
        std::move(all).discard();
        return ask(1)().addBoth([&](Result<int> result) { return ran = true, result; });
      },
      ask(2));
  answers[0].callback(1);
  EXPECT_FALSE(ran);
  EXPECT_FALSE(answers[1].pending());
  EXPECT_EQ(begun, "ab");
}

TEST_F(SequentiallyTest, AnItemMayDiscardTheWholeAndItself) {
  Deferred<std::tuple<int, int>> all;
  int alive = 0;
  auto item = [&]() -> Deferred<int> {
    Counted counted(alive);
    int value = co_await ask(0)();
    std::move(all).discard();
    co_return value;
  };
  all = sequentially(item, ask(1));
  answers[0].callback(1);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(begun, "a");
}

TEST_F(SequentiallyTest, AnItemMayFireTheOneBeforeTheNext) {
  auto all = sequentially(ask(0), [&] {
    auto item = ask(1)();
    answers[1].callback(2);
    return item;
  });
  answers[0].callback(1);
  EXPECT_EQ(successResultOf(all), std::tuple(1, 2));
}

TEST_F(SequentiallyTest, MayBeAnItemOfConcurrently) {
  auto all = concurrently([&] { return sequentially(ask(0), ask(1)); }, ask(2));
  EXPECT_EQ(begun, "ac");
  answers[0].callback(1);
  answers[1].errback(PoemError("lost"));
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 1 of 2: item 2 of 2: lost");
  EXPECT_FALSE(answers[2].pending());
}

}  // namespace
}  // namespace couplet
