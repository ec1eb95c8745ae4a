// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred_queue.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/race.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/allocations.h"
#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::assertNoResult;
using testing::Counted;
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

/// A queue of letters, and what was taken out of it.
class DeferredQueueTest : public testing::ReportingTest {
 protected:
  /// Adds what it gets to `got`, with who got it.
  Deferred<void> get(char who) {
    return queue->get().addCallback([this, who](char letter) { got += {who, letter, ' '}; });
  }

  std::optional<DeferredQueue<char>> queue{std::in_place};
  std::string got;
};

// Deferred 120: Items are kept, and taken in their order.
TEST_F(DeferredQueueTest, KeepsItemsInOrder) {
  queue->put('a');
  queue->put('b');
  EXPECT_EQ(queue->size(), 2u);
  EXPECT_EQ(successResultOf(queue->get()), 'a');
  EXPECT_EQ(successResultOf(queue->get()), 'b');
  EXPECT_TRUE(queue->empty());
}

// Deferred 120: An item goes to who has waited longest.
TEST_F(DeferredQueueTest, ServesThoseWhoWaitInOrder) {
  auto first = get('1'), second = get('2'), third = get('3');
  EXPECT_EQ(queue->waiting(), 3u);
  queue->put('a');
  EXPECT_EQ(got, "1a ");
  queue->put('b');
  EXPECT_EQ(got, "1a 2b ");
  EXPECT_EQ(queue->waiting(), 1u);
  EXPECT_TRUE(queue->empty());
}

// Deferred 120: More than it may keep is refused at once, and nothing changes.
TEST_F(DeferredQueueTest, RefusesMoreThanItMayKeep) {
  DeferredQueue<char> two({.size = 2});
  two.put('a');
  two.put('b');
  EXPECT_THROW(two.put('c'), QueueOverflow);
  EXPECT_EQ(successResultOf(two.get()), 'a');
  two.put('d');
  EXPECT_EQ(successResultOf(two.get()), 'b');
  EXPECT_EQ(successResultOf(two.get()), 'd');
}

// Deferred 120: More than may wait are refused at once.
TEST_F(DeferredQueueTest, RefusesMoreThanMayWait) {
  DeferredQueue<char> queue({.backlog = 2});
  auto first = queue.get(), second = queue.get();
  EXPECT_THROW(static_cast<void>(queue.get()), QueueUnderflow);
  queue.put('a');
  auto third = queue.get();
  EXPECT_EQ(successResultOf(first), 'a');
  EXPECT_EQ(queue.waiting(), 2u);
  queue.put('b');
  queue.put('c');
  EXPECT_EQ(successResultOf(third), 'c');
}

// Deferred 120: One that keeps nothing takes only what somebody waits for.
TEST_F(DeferredQueueTest, OfSizeNoneHandsOverOnly) {
  DeferredQueue<char> none({.size = 0});
  EXPECT_THROW(none.put('a'), QueueOverflow);
  auto first = none.get();
  none.put('b');
  EXPECT_EQ(successResultOf(first), 'b');
  EXPECT_THROW(none.put('c'), QueueOverflow);
}

// Deferred 120: One for which nobody may wait gives only what is there.
TEST_F(DeferredQueueTest, OfBacklogNoneNeverWaits) {
  DeferredQueue<char> none({.backlog = 0});
  EXPECT_THROW(static_cast<void>(none.get()), QueueUnderflow);
  none.put('a');
  EXPECT_EQ(successResultOf(none.get()), 'a');
  EXPECT_THROW(static_cast<void>(none.get()), QueueUnderflow);
}

// Deferred 121: Who is cancelled leaves the line, and nothing is lost.
TEST_F(DeferredQueueTest, CancellingWhoWaitsLosesNothing) {
  auto first = get('1'), second = get('2'), third = get('3');
  first.cancel();
  third.cancel();
  failureResultOf<CancelledError>(first);
  failureResultOf<CancelledError>(third);
  queue->put('a');
  queue->put('b');
  EXPECT_EQ(got, "2a ");
  EXPECT_EQ(successResultOf(queue->get()), 'b');
}

// Deferred 121: ... and its place is free for another.
TEST_F(DeferredQueueTest, CancellingFreesThePlaceOfTheBacklog) {
  DeferredQueue<char> one({.backlog = 1});
  auto first = one.get();
  first.cancel();
  failureResultOf<CancelledError>(first);
  auto second = one.get();
  one.put('a');
  EXPECT_EQ(successResultOf(second), 'a');
}

// Deferred 107, 121: A get() that loses a race takes no item with it.
TEST_F(DeferredQueueTest, WhoLosesARaceLosesNothing) {
  Promise<void> tooLate;
  auto first = race(queue->get(), tooLate.deferred());
  tooLate.callback();
  EXPECT_EQ(successResultOf(first).index(), 1u);
  queue->put('a');
  EXPECT_EQ(successResultOf(queue->get()), 'a');
}

// Deferred 121: Nor does one that is cancelled by who was handed an item.
TEST_F(DeferredQueueTest, WhoGetsMayCancelTheNext) {
  auto second = Deferred<void>();
  auto first = queue->get().addCallback([&](char) { second.cancel(); });
  second = get('2');
  auto third = get('3');
  queue->put('a');
  failureResultOf<CancelledError>(second);
  queue->put('b');
  EXPECT_EQ(got, "3b ");
}

TEST_F(DeferredQueueTest, DiscardingWhoWaitsLosesNothing) {
  int alive = 0;
  get('1').addCallback([counted = Counted(alive)] {}).discard();
  EXPECT_EQ(alive, 0);
  queue->put('a');
  EXPECT_EQ(queue->size(), 1u);
}

TEST_F(DeferredQueueTest, WhoIsDroppedTakesItsItem) {
  get('1');
  queue->put('a');
  EXPECT_EQ(got, "1a ");
}

// Deferred 122: put() from within the callback of a get() is safe and keeps the order.
TEST_F(DeferredQueueTest, WhoGetsMayPut) {
  auto first = queue->get().addCallback([&](char letter) {
    got += {'1', letter, ' '};
    queue->put('b');
    queue->put('c');
    queue->put('d');
    EXPECT_EQ(queue->size(), 1u);
    EXPECT_EQ(queue->waiting(), 0u);
  });
  auto second = get('2'), third = get('3');
  queue->put('a');
  EXPECT_EQ(got, "1a 2b 3c ");
  EXPECT_EQ(successResultOf(queue->get()), 'd');
}

// Deferred 122: ... and so is get(), which takes what nobody before it waits for.
TEST_F(DeferredQueueTest, WhoGetsMayGetAgain) {
  auto first = queue->get().addCallback([&](char letter) {
    got += {'1', letter, ' '};
    queue->put('b');
    return get('3');
  });
  auto second = get('2');
  queue->put('a');
  queue->put('c');
  EXPECT_EQ(got, "1a 2b 3c ");
}

// Deferred 122: ... within the limits, where what is on its way to who waits counts for neither.
TEST_F(DeferredQueueTest, TheLimitsHoldWithinACallback) {
  DeferredQueue<char> queue({.size = 1, .backlog = 2});
  auto first = queue.get().addCallback([&](char) {
    queue.put('b');
    queue.put('c');
    EXPECT_THROW(queue.put('d'), QueueOverflow);
  });
  auto second = queue.get();
  queue.put('a');
  successResultOf(first);
  EXPECT_EQ(successResultOf(second), 'b');
  EXPECT_EQ(queue.size(), 1u);
}

TEST_F(DeferredQueueTest, TakesMoveOnlyItems) {
  DeferredQueue<std::unique_ptr<int>> pointers;
  pointers.put(std::make_unique<int>(1));
  EXPECT_EQ(*successResultOf(pointers.get()), 1);
  auto waiting = pointers.get();
  pointers.put(std::make_unique<int>(2));
  EXPECT_EQ(*successResultOf(waiting), 2);
}

TEST_F(DeferredQueueTest, ReadsWellInACoroutine) {
  auto readAll = [this]() -> Deferred<std::string> {
    std::string text;
    while (char letter = co_await queue->get()) text += letter;
    co_return text;
  };
  queue->put('a');
  auto text = readAll();
  for (char letter : {'b', 'c', '\0'}) queue->put(letter);
  EXPECT_EQ(successResultOf(text), "abc");
}

TEST_F(DeferredQueueTest, DestroyedItDestroysItsItems) {
  int alive = 0;
  std::optional<DeferredQueue<Counted>> items(std::in_place);
  items->put(Counted(alive));
  items->put(Counted(alive));
  EXPECT_EQ(alive, 2);
  items.reset();
  EXPECT_EQ(alive, 0);
}

TEST_F(DeferredQueueTest, DestroyedItFailsThoseWhoWait) {
  auto first = queue->get(), second = queue->get();
  queue.reset();
  failureResultOf<AbandonedError>(first);
  failureResultOf<AbandonedError>(second);
}

TEST_F(DeferredQueueTest, WhoWaitsMayDestroyIt) {
  auto first = get('1').addCallback([&] {
    queue->put('b');
    queue.reset();
  });
  auto second = get('2');
  queue->put('a');
  EXPECT_EQ(got, "1a ");
  failureResultOf<AbandonedError>(second);
}

/// Throws where it is moved once too often.
struct ThrowsOnMove {
  int movesLeft;
  explicit ThrowsOnMove(int moves) : movesLeft(moves) {}
  ThrowsOnMove(ThrowsOnMove&& other) : movesLeft(other.movesLeft - 1) {
    if (movesLeft < 0) throw PoemError("moved");
  }
};

TEST_F(DeferredQueueTest, AnItemThatThrowsOnItsWayFailsWhoGetsIt) {
  DeferredQueue<ThrowsOnMove> items;
  auto waiting = items.get();
  items.put(ThrowsOnMove(0));
  failureResultOf<PoemError>(waiting);
  items.put(ThrowsOnMove(1));
  auto later = items.get();
  failureResultOf<PoemError>(later);
  EXPECT_TRUE(items.empty());
}

// Of any number who put the next item when they get one, none takes stack of the next.
TEST_F(DeferredQueueTest, ALongRelayRunsInALoop) {
  DeferredQueue<int> relay;
  int last = 0;
  for (int i = 0; i < 100000; ++i) {
    relay.get().addCallback([&](int item) {
      last = item;
      relay.put(item + 1);
    });
  }
  relay.put(1);
  EXPECT_EQ(last, 100000);
  EXPECT_EQ(relay.size(), 1u);
}

TEST_F(DeferredQueueTest, ALongLineIsAbandonedInALoop) {
  int failed = 0;
  for (int i = 0; i < 100000; ++i) {
    queue->get().addCallbacks([](char) {}, [&](const Failure&) { ++failed; });
  }
  queue.reset();
  EXPECT_EQ(failed, 100000);
}

TEST_F(DeferredQueueTest, TakesNoHeapMemoryInTheSteadyState) {
  if (!detail::kRecycles) GTEST_SKIP() << "under ASan nothing is recycled";
  auto handOver = [this] {
    auto waiting = queue->get();
    queue->put('a');
    for (int i = 0; i < 20; ++i) queue->put('b');
    while (!queue->empty()) static_cast<void>(queue->get());
  };
  for (int i = 0; i < 10; ++i) handOver();
  const long before = testing::allocations();
  for (int i = 0; i < 100; ++i) handOver();
  EXPECT_EQ(testing::allocations(), before);
}

}  // namespace
}  // namespace couplet
