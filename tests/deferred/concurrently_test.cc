// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/concurrently.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/allocations.h"
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

/// Three answers to come, and three who ask for them.
class ConcurrentlyTest : public testing::ReportingTest {
 protected:
  Deferred<int> first() { return begin(0); }
  Deferred<int> second() { return begin(1); }
  Deferred<int> third() { return begin(2); }
  auto asFirst() {
    return [this] { return first(); };
  }
  auto asSecond() {
    return [this] { return second(); };
  }
  auto asThird() {
    return [this] { return third(); };
  }

  /// How often an item was cancelled, or discarded.
  int cancelled() const { return cancelled_; }
  std::string begun;
  std::vector<Promise<int>> answers = newAnswers();

 private:
  Deferred<int> begin(std::size_t which) {
    begun += "abc"[which];
    return answers[which].deferred();
  }
  std::vector<Promise<int>> newAnswers() {
    std::vector<Promise<int>> made;
    for (int i = 0; i < 3; ++i) made.emplace_back([this] { ++cancelled_; });
    return made;
  }

  int cancelled_ = 0;
};

using Three = std::tuple<int, int, int>;
const ItemError& itemErrorOf(const Failure& failure) { return *failure.get<ItemError>(); }

// Crunch 14: Concurrently(...) gives the responses in argument order, whichever comes first.
TEST_F(ConcurrentlyTest, GivesTheAnswersInTheOrderOfTheItems) {
  auto all = concurrently(asFirst(), asSecond(), asThird());
  EXPECT_EQ(begun, "abc");
  answers[2].callback(3);
  answers[0].callback(1);
  assertNoResult(all);
  answers[1].callback(2);
  EXPECT_EQ(successResultOf(all), Three(1, 2, 3));
}

// Crunch 14: Any callable that makes a Deferred is an item; its answers have types of their own.
TEST_F(ConcurrentlyTest, TakesItemsOfAnyKind) {
  struct Session {
    Deferred<std::string> poem() const { return succeed(std::string("poem")); }
  } session;
  std::function<Deferred<int>()> function = asFirst();
  auto all = concurrently(
      function, std::bind(&Session::poem, &session), Callable<Deferred<int>()>(asSecond()),
      []() -> Deferred<double> { co_return 0.5; }, third());
  for (int i = 0; i < 3; ++i) answers[i].callback(i);
  EXPECT_EQ(successResultOf(all), std::tuple(0, std::string("poem"), 1, 0.5, 2));
}

// As with maybeDeferred, a callable may have its answer at once, or none.
TEST_F(ConcurrentlyTest, AnItemMayAnswerAtOnce) {
  auto all = concurrently([] { return 1; }, [] {}, [] { return Result<int>(2); });
  EXPECT_EQ(successResultOf(all), std::tuple(1, std::monostate(), 2));
}

TEST_F(ConcurrentlyTest, ItemsWithoutValuesGiveNone) {
  Promise<void> promise;
  Deferred<void> all = concurrently([&] { return promise.deferred(); }, [] {});
  assertNoResult(all);
  promise.callback();
  successResultOf(all);
}

TEST_F(ConcurrentlyTest, ReadsWellInACoroutine) {
  auto sum = [this](std::string text) -> Deferred<std::string> {
    auto [a, b] = co_await concurrently(
        [&] { return first(); },
        [&]() -> Deferred<std::string> { co_return text + std::to_string(co_await second()); });
    co_return std::to_string(a) + b;
  };
  auto deferred = sum("poem ");
  answers[0].callback(1);
  answers[1].callback(2);
  EXPECT_EQ(successResultOf(deferred), "1poem 2");
}

TEST_F(ConcurrentlyTest, ReadsWellInAChain) {
  auto sum = succeed()
                 .addCallback([&] { return concurrently(asFirst(), asSecond()); })
                 .addCallback([](std::tuple<int, int> both) {
                   auto [a, b] = both;
                   return a + b;
                 });
  answers[0].callback(1);
  answers[1].callback(2);
  EXPECT_EQ(successResultOf(sum), 3);
}

TEST_F(ConcurrentlyTest, TakesAVectorOfCallables) {
  std::vector<std::function<Deferred<int>()>> items = {asFirst(), asSecond(), asThird()};
  auto all = concurrently(items);
  for (int i : {2, 0, 1}) answers[i].callback(i);
  EXPECT_THAT(successResultOf(all), ElementsAre(0, 1, 2));
}

TEST_F(ConcurrentlyTest, TakesAVectorOfDeferreds) {
  std::vector<Deferred<int>> items;
  for (auto& answer : answers) items.push_back(answer.deferred());
  auto all = concurrently(std::move(items));
  for (int i : {2, 0, 1}) answers[i].callback(i);
  EXPECT_THAT(successResultOf(all), ElementsAre(0, 1, 2));
}

TEST_F(ConcurrentlyTest, AVectorWithoutItemsAnswersAtOnce) {
  EXPECT_THAT(successResultOf(concurrently(std::vector<Deferred<int>>())), IsEmpty());
  successResultOf(concurrently(std::vector<std::function<void()>>()));
}

TEST_F(ConcurrentlyTest, AVectorWithoutValuesGivesNone) {
  int calls = 0;
  std::vector<std::function<void()>> items(3, [&] { ++calls; });
  Deferred<void> all = concurrently(items);
  successResultOf(all);
  EXPECT_EQ(calls, 3);
}

TEST_F(ConcurrentlyTest, TakesMoveOnlyValuesAndItems) {
  auto all = concurrently([value = std::make_unique<int>(1)]() mutable { return std::move(value); },
                          succeed(std::make_unique<int>(2)));
  auto [a, b] = successResultOf(all);
  EXPECT_EQ(*a + *b, 3);
}

// Crunch 14: A fault names its item, and keeps what it was.
TEST_F(ConcurrentlyTest, AFailureNamesItsItem) {
  auto all = concurrently(asFirst(), asSecond(), asThird());
  Failure lost{PoemError("lost")};
  answers[1].errback(lost);
  Failure failure = failureResultOf<ItemError>(all);
  EXPECT_EQ(failure.message(), "item 2 of 3: lost");
  EXPECT_EQ(itemErrorOf(failure).index(), 1u);
  EXPECT_EQ(itemErrorOf(failure).count(), 3u);
  EXPECT_EQ(itemErrorOf(failure).subFailure(), lost);
  EXPECT_EQ(failure.raisedAt().line, lost.raisedAt().line);
}

// Crunch 14: The others are cancelled when one fails; what becomes of them is nobody's failure.
TEST_F(ConcurrentlyTest, AFailureCancelsTheOtherItems) {
  auto all = concurrently(asFirst(), asSecond(), asThird());
  answers[0].callback(1);
  answers[1].errback(PoemError());
  EXPECT_EQ(cancelled(), 1);
  EXPECT_FALSE(answers[2].pending());
  failureResultOf<ItemError>(all);
}

// Crunch 14: ... nor are they under way any more when the whole fails.
TEST_F(ConcurrentlyTest, TheOtherItemsEndBeforeTheWholeFails) {
  int cancelledBefore = -1;
  concurrently(asFirst(), asSecond(), asThird()).addErrback([&](const Failure&) {
    cancelledBefore = cancelled();
    return Three();
  });
  answers[1].errback(PoemError());
  EXPECT_EQ(cancelledBefore, 2);
}

TEST_F(ConcurrentlyTest, AnItemThatGoesOnAfterItWasCancelledIsDiscarded) {
  int alive = 0;
  bool heard = false, wentOn = false;
  Promise<void> closing;
  auto stubborn = [&]() -> Deferred<int> {
    Counted counted(alive);
    try {
      co_return co_await first();
    } catch (const CancelledError&) {
      heard = true;
    }
    co_await closing.deferred();
    wentOn = true;
    co_return 1;
  };
  auto all = concurrently(stubborn, asSecond());
  answers[1].errback(PoemError());
  EXPECT_TRUE(heard);
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(wentOn);
  EXPECT_FALSE(closing.pending());
  failureResultOf<ItemError>(all);
}

TEST_F(ConcurrentlyTest, AnItemThatThrowsFailsTheWhole) {
  auto all = concurrently(
      asFirst(), []() -> Deferred<int> { throw PoemError("thrown"); }, asThird());
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 2 of 3: thrown");
  EXPECT_EQ(cancelled(), 1);
}

TEST_F(ConcurrentlyTest, ItemsAfterAFailedOneAreNotBegun) {
  auto all = concurrently(
      asFirst(), [] { return Failure(PoemError("returned")); }, asThird());
  EXPECT_EQ(begun, "a");
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 2 of 3: returned");
}

// A Deferred has begun whatever its place, so it is owned from the start.
TEST_F(ConcurrentlyTest, ADeferredAfterAFailedItemIsCancelled) {
  auto all = concurrently([]() -> int { throw PoemError(); }, second(),
                          fail<int>(PoemError("another failure, which nobody needs to hear of")));
  EXPECT_FALSE(answers[1].pending());
  failureResultOf<ItemError>(all);
}

TEST_F(ConcurrentlyTest, AFailedDeferredKeepsCallablesFromBeingCalled) {
  auto all = concurrently(asFirst(), fail<int>(PoemError("lost")));
  EXPECT_EQ(begun, "");
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 2 of 2: lost");
}

TEST_F(ConcurrentlyTest, ADeferredThatIsEmptyIsAFailedItem) {
  Deferred<int> moved = first();
  Deferred<int> taken = std::move(moved);
  auto all = concurrently(asSecond(), std::move(moved));
  Failure failure = failureResultOf<ItemError>(all);
  EXPECT_TRUE(itemErrorOf(failure).subFailure().check<std::logic_error>());
}

TEST_F(ConcurrentlyTest, AnAbandonedItemFailsTheWhole) {
  auto all = concurrently(asFirst(), asSecond());
  answers.erase(answers.begin());
  Failure failure = failureResultOf<ItemError>(all);
  EXPECT_TRUE(itemErrorOf(failure).subFailure().check<AbandonedError>());
}

TEST_F(ConcurrentlyTest, AFailureThatNobodyHandlesIsReportedOnce) {
  {
    auto all = concurrently(asFirst(), asSecond());
    answers[1].errback(PoemError("lost"));
  }
  EXPECT_EQ(takeReported(), "item 2 of 2: lost;");
}

// Crunch 14: A time limit for the whole cancels it, and says which items had not answered.
TEST_F(ConcurrentlyTest, ATimeLimitForTheWhole) {
  testing::FakeClock clock;
  auto all = concurrently(asFirst(), asSecond(), asThird()).addTimeout(8s, clock);
  clock.advance(7s);
  answers[1].callback(2);
  EXPECT_EQ(cancelled(), 0);
  clock.advance(1s);
  EXPECT_EQ(cancelled(), 2);
  Failure failure = failureResultOf<TimeoutError>(all);
  EXPECT_EQ(failure.message(), "items 1 and 3 of 3 timed out after 8 s");
  EXPECT_EQ(failure.get<TimeoutError>()->timeout(), 8s);
}

TEST_F(ConcurrentlyTest, ATimeLimitOfACoroutineThatAwaitsIt) {
  testing::FakeClock clock;
  auto sum = [this]() -> Deferred<int> {
    auto [a, b] = co_await concurrently(asFirst(), asSecond());
    co_return a + b;
  };
  auto deferred = sum().addTimeout(8s, clock);
  answers[0].callback(1);
  clock.advance(8s);
  EXPECT_EQ(failureResultOf<TimeoutError>(deferred).message(), "item 2 of 2 timed out after 8 s");
}

TEST_F(ConcurrentlyTest, AnswersInTimeEndTheTimer) {
  testing::FakeClock clock;
  auto all = concurrently(asFirst(), asSecond()).addTimeout(8s, clock);
  answers[0].callback(1);
  answers[1].callback(2);
  EXPECT_EQ(clock.delayedCalls(), 0u);
  EXPECT_EQ(successResultOf(all), std::tuple(1, 2));
}

TEST_F(ConcurrentlyTest, ALimitOfAnItemIsThatItemsFailure) {
  testing::FakeClock clock;
  auto all = concurrently(
      asFirst(), [&] { return second().addTimeout(1s, clock); }, asThird());
  clock.advance(1s);
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 2 of 3: Deferred timed out after 1 s");
  EXPECT_EQ(cancelled(), 3);
}

TEST_F(ConcurrentlyTest, CancellingCancelsEachPendingItem) {
  auto all = concurrently(asFirst(), asSecond(), asThird());
  answers[0].callback(1);
  all.cancel();
  const unsigned here = __LINE__ - 1;
  EXPECT_EQ(cancelled(), 2);
  Failure failure = failureResultOf<CancelledError>(all);
  EXPECT_EQ(failure.message(), "the Deferred was cancelled, waiting for items 2 and 3 of 3");
  EXPECT_EQ(failure.raisedAt().line, here);
}

TEST_F(ConcurrentlyTest, AnItemThatAnsweredAtOnceIsNotMissing) {
  auto all = concurrently([] { return 1; }, succeed(2), asThird());
  all.cancel();
  EXPECT_EQ(failureResultOf<CancelledError>(all).message(),
            "the Deferred was cancelled, waiting for item 3 of 3");
}

TEST_F(ConcurrentlyTest, NamesOfManyMissingItemsAreNotAPage) {
  std::vector<Promise<int>> many(1000);
  std::vector<Deferred<int>> items;
  for (auto& promise : many) items.push_back(promise.deferred());
  auto all = concurrently(std::move(items));
  all.cancel();
  EXPECT_EQ(failureResultOf<CancelledError>(all).message(),
            "the Deferred was cancelled, waiting for items 1, 2, 3, 4, 5, 6, 7, 8 and 992 more of "
            "1000");
}

TEST_F(ConcurrentlyTest, CancelledItemsMayAnswerWithValues) {
  Promise<int> promise([](Promise<int>& promise) { promise.callback(5); });
  auto all = concurrently(promise.deferred(), [] { return 1; });
  all.cancel();
  EXPECT_EQ(successResultOf(all), std::tuple(5, 1));
}

TEST_F(ConcurrentlyTest, ACancelledItemMayAnswerWithAnotherFailure) {
  Promise<int> promise([](Promise<int>& promise) { promise.errback(PoemError("torn")); });
  auto all = concurrently(asFirst(), promise.deferred());
  all.cancel();
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 2 of 2: torn");
  EXPECT_EQ(cancelled(), 1);
}

// An item of its own cancels itself: that is a failure of the item.
TEST_F(ConcurrentlyTest, AnItemThatWasCancelledByItselfFailsTheWhole) {
  CancelHandle handle;
  auto all = concurrently(
      [&] {
        Deferred<int> item = first();
        handle = item.cancelHandle();
        return item;
      },
      asSecond());
  handle.cancel();
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 1 of 2: the Deferred was cancelled");
}

TEST_F(ConcurrentlyTest, DiscardingDiscardsEachItem) {
  int alive = 0;
  bool ran = false;
  auto all = concurrently(
      [&, counted = Counted(alive)]() -> Deferred<int> {
        int value = co_await first();
        ran = true;
        co_return value;
      },
      asSecond());
  EXPECT_EQ(alive, 1);
  std::move(all).discard();
  EXPECT_EQ(cancelled(), 2);
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(ran);
}

TEST_F(ConcurrentlyTest, DroppedItGoesOn) {
  int sum = 0;
  concurrently(asFirst(), asSecond()).addCallback([&](std::tuple<int, int> both) {
    sum = std::get<0>(both) + std::get<1>(both);
  });
  answers[0].callback(1);
  answers[1].callback(2);
  EXPECT_EQ(sum, 3);
}

TEST_F(ConcurrentlyTest, ACallableLivesAsLongAsItsCoroutine) {
  int alive = 0;
  auto all = concurrently(
      [this, counted = Counted(alive),
       text = std::string("a text that is too long to be kept inside")]() -> Deferred<std::string> {
        co_return text + std::to_string(co_await first());
      },
      asSecond());
  EXPECT_EQ(alive, 1);
  answers[0].callback(1);
  EXPECT_EQ(alive, 0);
  answers[1].callback(2);
  EXPECT_EQ(std::get<0>(successResultOf(all)), "a text that is too long to be kept inside1");
}

/// Throws at its second move, which is that into its place in the answer.
struct ThrowsOnMove {
  int moves = 0;
  ThrowsOnMove() = default;
  ThrowsOnMove(ThrowsOnMove&& other) : moves(other.moves + 1) {
    if (moves == 2) throw PoemError("moved");
  }
};

TEST_F(ConcurrentlyTest, AValueThatThrowsWhenMovedFailsTheWhole) {
  Promise<ThrowsOnMove> promise;
  auto all = concurrently(promise.deferred(), asSecond());
  promise.callback(ThrowsOnMove());
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 1 of 2: moved");
  EXPECT_EQ(cancelled(), 1);
}

TEST_F(ConcurrentlyTest, AValueThatThrowsAtTheLastMoveFailsTheWhole) {
  struct Poem {
    Poem() = default;
    Poem(Poem&& other) : last(other.last) {
      if (*last) throw PoemError("moved");
    }
    std::shared_ptr<bool> last = std::make_shared<bool>(false);
  };
  Poem poem;
  auto last = poem.last;
  auto all = concurrently(succeed(std::move(poem)), asSecond());
  *last = true;
  answers[1].callback(1);
  EXPECT_EQ(failureResultOf(all).message(), "moved");
}

// What an item's callback may do to the others, and to the whole.

TEST_F(ConcurrentlyTest, AnItemMayFireAnother) {
  auto all = concurrently(
      asFirst(),
      [&] {
        answers[0].callback(1);
        return second();
      },
      [&] {
        answers[1].callback(2);
        return 3;
      });
  EXPECT_EQ(successResultOf(all), Three(1, 2, 3));
}

TEST_F(ConcurrentlyTest, AnItemMayFailAnother) {
  auto all = concurrently(
      asFirst(),
      [&] {
        answers[0].errback(PoemError("from the second"));
        return second();
      },
      asThird());
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 1 of 3: from the second");
  EXPECT_EQ(begun, "ab");
  EXPECT_FALSE(answers[1].pending());
}

TEST_F(ConcurrentlyTest, ACancellerMayFireAnotherItem) {
  Promise<int> promise([&] { answers[0].callback(1); });
  auto all = concurrently(promise.deferred(), asFirst(), asSecond());
  answers[1].errback(PoemError("lost"));
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 3 of 3: lost");
}

TEST_F(ConcurrentlyTest, ACancelledItemMayDiscardTheWhole) {
  Deferred<Three> all;
  bool heard = false;
  Promise<int> promise([&] { std::move(all).discard(); });
  all = concurrently(promise.deferred(), asSecond(), asThird());
  all.addErrback([&](const Failure& failure) { return heard = true, failure; });
  answers[1].errback(PoemError("lost"));
  EXPECT_FALSE(heard);
  EXPECT_FALSE(answers[2].pending());
}

TEST_F(ConcurrentlyTest, ACancelledItemMayCancelTheWhole) {
  Deferred<Three> all;
  Promise<int> promise([&] { all.cancel(); });
  all = concurrently(promise.deferred(), asSecond(), asThird());
  answers[1].errback(PoemError("lost"));
  EXPECT_EQ(failureResultOf<CancelledError>(all).message(), "the Deferred was cancelled");
  EXPECT_FALSE(answers[2].pending());
}

// An item whose move throws fails like one that throws when it is called.
TEST_F(ConcurrentlyTest, AnItemThatThrowsWhenMovedFailsTheWhole) {
  struct Item {
    explicit Item(std::shared_ptr<bool> throws) : throws(std::move(throws)) {}
    Item(Item&& other) : throws(other.throws) {
      if (*throws) throw PoemError("moved");
    }
    int operator()() const { return 1; }
    std::shared_ptr<bool> throws;
  };
  auto throws = std::make_shared<bool>(false);
  auto all = concurrently(
      asFirst(),
      [&] {
        *throws = true;
        return 2;
      },
      Item(throws));
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 3 of 3: moved");
  EXPECT_FALSE(answers[0].pending());
}

TEST_F(ConcurrentlyTest, AnItemMayDiscardTheWholeAndItself) {
  Deferred<std::tuple<int, int>> all;
  int alive = 0;
  auto item = [&]() -> Deferred<int> {
    Counted counted(alive);
    int value = co_await first();
    std::move(all).discard();
    co_return value;
  };
  all = concurrently(item, asSecond());
  answers[0].callback(1);
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(answers[1].pending());
}

TEST_F(ConcurrentlyTest, TheLastAnswerMayDestroyTheWhole) {
  auto all = std::make_unique<Deferred<std::tuple<int, int>>>();
  *all = concurrently(asFirst(), asSecond());
  all->addCallback([&](std::tuple<int, int> both) { return all.reset(), both; });
  answers[0].callback(1);
  answers[1].callback(2);
  EXPECT_EQ(all, nullptr);
}

TEST_F(ConcurrentlyTest, WholesMayBeItems) {
  auto all = concurrently([&] { return concurrently(asFirst(), asSecond()); }, asThird());
  answers[1].errback(PoemError("lost"));
  EXPECT_EQ(failureResultOf<ItemError>(all).message(), "item 1 of 2: item 2 of 2: lost");
  EXPECT_EQ(cancelled(), 2);
}

TEST_F(ConcurrentlyTest, TakesNoMemoryOnceWarm) {
  if (!detail::kRecycles) GTEST_SKIP() << "under ASan nothing is recycled";
  auto both = [] {
    Promise<int> a, b;
    concurrently([&] { return a.deferred(); }, [&] { return b.deferred(); })
        .addCallback([](std::tuple<int, int>) {});
    b.callback(2);
    a.callback(1);
  };
  both();
  const long before = testing::allocations();
  both();
  EXPECT_EQ(testing::allocations() - before, 0);
}

}  // namespace
}  // namespace couplet
