// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred_lock.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

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
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

/// A lock, and who has got it.
class DeferredLockTest : public testing::ReportingTest {
 protected:
  /// Asks for it, and keeps it until `held` is emptied.
  Deferred<void> take(char who) {
    return lock->acquire().addCallback([this, who](Acquired acquired) {
      order += who;
      held = std::move(acquired);
    });
  }

  std::optional<DeferredLock> lock{std::in_place};
  Acquired held;
  std::string order;
};

// Deferred 114: A free lock is given at once.
TEST_F(DeferredLockTest, AFreeLockIsGivenAtOnce) {
  EXPECT_FALSE(lock->locked());
  Acquired acquired = successResultOf(lock->acquire());
  EXPECT_TRUE(acquired);
  EXPECT_TRUE(lock->locked());
  acquired.release();
  EXPECT_FALSE(lock->locked());
}

// Deferred 114: Others wait, and get it in the order in which they came.
TEST_F(DeferredLockTest, OthersWaitInOrder) {
  auto a = take('a'), b = take('b'), c = take('c');
  EXPECT_EQ(order, "a");
  EXPECT_EQ(lock->waiting(), 2u);
  held.release();
  EXPECT_EQ(order, "ab");
  held.release();
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(lock->waiting(), 0u);
}

// Deferred 114: It is handed over: nobody gets in between, and it never looks free.
TEST_F(DeferredLockTest, ItIsHandedOver) {
  std::string seen;
  auto a = take('a');
  auto b = lock->acquire().addCallback([&](Acquired acquired) {
    seen += lock->locked() ? "locked " : "free ";
    acquired.release();
    seen += lock->locked() ? "locked " : "free ";
    lock->acquire().addCallback([&](const Acquired&) { order += 'd'; });
  });
  auto c = take('c');
  held.release();
  EXPECT_EQ(seen, "locked locked ");
  EXPECT_EQ(order, "ac");
  held.release();
  EXPECT_EQ(order, "acd");
}

// Deferred 115: Releasing what is not held is an error.
TEST_F(DeferredLockTest, ReleasingTwiceIsAnError) {
  Acquired acquired = successResultOf(lock->acquire());
  acquired.release();
  EXPECT_FALSE(acquired);
  EXPECT_THROW(acquired.release(), std::logic_error);
  EXPECT_THROW(Acquired().release(), std::logic_error);
}

TEST_F(DeferredLockTest, ItIsReleasedByTheEndOfWhoHasIt) {
  {
    Acquired acquired = successResultOf(lock->acquire());
    Acquired moved = std::move(acquired);
    EXPECT_TRUE(lock->locked());
  }
  EXPECT_FALSE(lock->locked());
}

TEST_F(DeferredLockTest, AnotherInItsPlaceReleasesIt) {
  DeferredLock other;
  held = successResultOf(lock->acquire());
  held = successResultOf(other.acquire());
  EXPECT_FALSE(lock->locked());
  EXPECT_TRUE(other.locked());
}

TEST_F(DeferredLockTest, ACoroutineReleasesItByAnException) {
  auto work = [this](Deferred<void> ready) -> Deferred<void> {
    Acquired acquired = co_await lock->acquire();
    co_await std::move(ready);
    throw PoemError("lost");
  };
  Promise<void> ready;
  auto deferred = work(ready.deferred());
  EXPECT_TRUE(lock->locked());
  ready.callback();
  EXPECT_FALSE(lock->locked());
  failureResultOf<PoemError>(deferred);
}

TEST_F(DeferredLockTest, ACoroutineThatIsDiscardedReleasesIt) {
  auto work = [this](Deferred<void> ready) -> Deferred<void> {
    Acquired acquired = co_await lock->acquire();
    co_await std::move(ready);
  };
  Promise<void> ready;
  auto deferred = work(ready.deferred());
  EXPECT_TRUE(lock->locked());
  std::move(deferred).discard();
  EXPECT_FALSE(lock->locked());
}

// Deferred 116: Cancelling who waits takes it out of the line.
TEST_F(DeferredLockTest, CancellingWhoWaitsTakesItOut) {
  auto a = take('a'), b = take('b'), c = take('c');
  b.cancel();
  EXPECT_EQ(lock->waiting(), 1u);
  failureResultOf<CancelledError>(b);
  held.release();
  EXPECT_EQ(order, "ac");
}

// Deferred 116: ... at any place in it.
TEST_F(DeferredLockTest, AnyoneInTheLineMayBeCancelled) {
  held = successResultOf(lock->acquire());
  std::vector<Deferred<void>> waiting;
  for (char who : {'a', 'b', 'c', 'd', 'e'}) waiting.push_back(take(who));
  for (int i : {4, 0, 2}) {
    waiting[i].cancel();
    failureResultOf<CancelledError>(waiting[i]);
  }
  while (lock->locked()) held.release();
  EXPECT_EQ(order, "bd");
}

// Deferred 116: Cancelling who has it does nothing.
TEST_F(DeferredLockTest, CancellingWhoHasItDoesNothing) {
  auto acquired = lock->acquire();
  acquired.cancel();
  EXPECT_TRUE(lock->locked());
  EXPECT_TRUE(successResultOf(acquired));
}

// Deferred 80, 116: Who waits too long leaves the line.
TEST_F(DeferredLockTest, WhoTimesOutLeavesTheLine) {
  testing::FakeClock clock;
  auto a = take('a'), b = take('b').addTimeout(1s, clock), c = take('c');
  clock.advance(1s);
  failureResultOf<TimeoutError>(b);
  held.release();
  EXPECT_EQ(order, "ac");
}

TEST_F(DeferredLockTest, DiscardingWhoWaitsTakesItOut) {
  int alive = 0;
  auto a = take('a');
  auto b = take('b').addCallback([counted = Counted(alive)] {});
  auto c = take('c');
  std::move(b).discard();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(lock->waiting(), 1u);
  held.release();
  EXPECT_EQ(order, "ac");
}

TEST_F(DeferredLockTest, WhoIsDroppedKeepsItsPlace) {
  auto a = take('a');
  take('b');
  static_cast<void>(lock->acquire());
  auto d = take('d');
  held.release();
  EXPECT_EQ(order, "ab");
  held.release();
  EXPECT_EQ(order, "abd");
}

// Deferred 117: run() calls with the lock, releases it, and gives what the call answered.
TEST_F(DeferredLockTest, RunGivesTheAnswer) {
  Promise<int> answer;
  auto later = lock->run([&] { return answer.deferred(); });
  EXPECT_TRUE(lock->locked());
  auto atOnce = lock->run([] { return 2; });
  assertNoResult(atOnce);
  answer.callback(1);
  EXPECT_FALSE(lock->locked());
  EXPECT_EQ(successResultOf(later), 1);
  EXPECT_EQ(successResultOf(atOnce), 2);
}

// Deferred 117: ... after what it throws, and after what fails later.
TEST_F(DeferredLockTest, RunGivesTheFailure) {
  auto thrown = lock->run([]() -> int { throw PoemError("thrown"); });
  EXPECT_FALSE(lock->locked());
  EXPECT_EQ(failureResultOf<PoemError>(thrown).message(), "thrown");
  Promise<void> answer;
  auto failed = lock->run([&] { return answer.deferred(); });
  answer.errback(PoemError("later"));
  EXPECT_FALSE(lock->locked());
  EXPECT_EQ(failureResultOf<PoemError>(failed).message(), "later");
}

TEST_F(DeferredLockTest, RunReleasesBeforeItsCallbacksRun) {
  bool locked = true;
  Promise<void> answer;
  auto done =
      lock->run([&] { return answer.deferred(); }).addCallback([&] { locked = lock->locked(); });
  answer.callback();
  EXPECT_FALSE(locked);
}

TEST_F(DeferredLockTest, RunTakesACoroutineThatIsAClosure) {
  Promise<int> ready;
  auto done = lock->run([deferred = ready.deferred(), two = 2]() mutable -> Deferred<int> {
    co_return two* co_await std::move(deferred);
  });
  ready.callback(5);
  EXPECT_EQ(successResultOf(done), 10);
}

// Deferred 118: Cancelled while it waits, run() never calls, and the lock is not lost.
TEST_F(DeferredLockTest, RunThatIsCancelledWhileItWaits) {
  int alive = 0;
  bool called = false;
  auto a = take('a');
  auto run = lock->run([&, counted = Counted(alive)] { called = true; });
  run.cancel();
  failureResultOf<CancelledError>(run);
  EXPECT_EQ(alive, 0);
  held.release();
  EXPECT_FALSE(called);
  EXPECT_FALSE(lock->locked());
}

// Deferred 118: Cancelled while the call is under way, that is cancelled, and the lock released.
TEST_F(DeferredLockTest, RunThatIsCancelledWhileItRuns) {
  int cancelled = 0;
  Promise<void> answer([&] { ++cancelled; });
  auto run = lock->run([&] { return answer.deferred(); });
  run.cancel();
  EXPECT_EQ(cancelled, 1);
  EXPECT_FALSE(lock->locked());
  failureResultOf<CancelledError>(run);
}

// Deferred 118: ... when that has ended, and to the one who waits.
TEST_F(DeferredLockTest, RunThatIsCancelledKeepsTheLockUntilItsCallHasEnded) {
  Promise<void> answer, cleanUp;
  auto stubborn = [&]() -> Deferred<void> {
    try {
      co_await answer.deferred();
    } catch (const CancelledError&) {
    }
    co_await cleanUp.deferred();
  };
  auto run = lock->run(stubborn);
  auto a = take('a');
  run.cancel();
  EXPECT_EQ(order, "");
  cleanUp.callback();
  EXPECT_EQ(order, "a");
  successResultOf(run);
}

TEST_F(DeferredLockTest, RunThatIsDiscardedReleases) {
  int alive = 0;
  Promise<void> answer;
  auto run = lock->run([&, counted = Counted(alive)] { return answer.deferred(); });
  std::move(run).discard();
  EXPECT_FALSE(lock->locked());
  EXPECT_EQ(alive, 0);
}

TEST_F(DeferredLockTest, TheHolderIsWhereItWasAskedFor) {
  EXPECT_FALSE(lock->holder());
  held = successResultOf(lock->acquire(SourceLocation{"first.cc", 1}));
  auto second = lock->acquire(SourceLocation{"second.cc", 2});
  EXPECT_STREQ(lock->holder()->file, "first.cc");
  held.release();
  EXPECT_EQ(lock->holder()->line, 2u);
}

// Its end: those who wait hear of it, in order.
TEST_F(DeferredLockTest, DestroyedItFailsThoseWhoWait) {
  auto a = take('a');
  std::string failed;
  std::vector<Deferred<void>> waiting;
  for (char who : {'b', 'c'}) {
    waiting.push_back(take(who).addErrback([&failed, who](const Failure& failure) {
      if (failure.check<AbandonedError>()) failed += who;
    }));
  }
  lock.reset();
  EXPECT_EQ(failed, "bc");
  EXPECT_EQ(order, "a");
  held.release();
}

TEST_F(DeferredLockTest, WhoWaitsMayDestroyIt) {
  auto a = take('a');
  auto b = take('b').addCallback([&] { lock.reset(); });
  auto c = take('c');
  held.release();
  EXPECT_EQ(order, "ab");
  failureResultOf<AbandonedError>(c);
}

TEST_F(DeferredLockTest, WhatRunsGoesOnAfterItsEnd) {
  Promise<int> answer;
  auto run = lock->run([&] { return answer.deferred(); });
  lock.reset();
  answer.callback(1);
  EXPECT_EQ(successResultOf(run), 1);
}

// Of any number who release at once, or are cancelled, or abandoned, none takes stack of the next.
TEST_F(DeferredLockTest, ALongLineIsHandedOverInALoop) {
  int done = 0;
  held = successResultOf(lock->acquire());
  for (int i = 0; i < 100000; ++i) lock->run([&] { ++done; });
  for (int i = 0; i < 100000; ++i) static_cast<void>(lock->acquire());
  held.release();
  EXPECT_EQ(done, 100000);
  EXPECT_FALSE(lock->locked());
}

TEST_F(DeferredLockTest, ALongLineOfCoroutinesIsHandedOverInALoop) {
  int done = 0;
  auto work = [&]() -> Deferred<void> {
    Acquired acquired = co_await lock->acquire();
    ++done;
  };
  held = successResultOf(lock->acquire());
  for (int i = 0; i < 100000; ++i) work();
  held.release();
  EXPECT_EQ(done, 100000);
}

TEST_F(DeferredLockTest, ALongLineIsAbandonedInALoop) {
  int failed = 0;
  held = successResultOf(lock->acquire());
  for (int i = 0; i < 100000; ++i) {
    lock->acquire().addCallbacks([](const Acquired&) {}, [&](const Failure&) { ++failed; });
  }
  lock.reset();
  EXPECT_EQ(failed, 100000);
}

TEST_F(DeferredLockTest, WaitingTakesNoHeapMemory) {
  if (!detail::kRecycles) GTEST_SKIP() << "under ASan nothing is recycled";
  auto handOver = [this] {
    auto first = lock->acquire();
    auto second = lock->acquire();
    auto third = lock->run([] {});
    std::move(first).discard();
    std::move(second).discard();
  };
  for (int i = 0; i < 10; ++i) handOver();
  const long before = testing::allocations();
  for (int i = 0; i < 100; ++i) handOver();
  EXPECT_EQ(testing::allocations(), before);
}

}  // namespace
}  // namespace couplet
