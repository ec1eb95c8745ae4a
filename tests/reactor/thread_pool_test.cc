// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// ThreadPool: its threads, its queue and its end. To be run with ThreadSanitizer.
#include <couplet/reactor/thread_pool.h>

#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/reactor/threads.h>

#include "any_reactor.h"
#include "logged_errors.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Holds calls in their threads until it is opened.
class Gate {
 public:
  explicit Gate(int calls) : arrived_(calls) {}
  ~Gate() { EXPECT_TRUE(open_.try_wait()) << "nobody has opened the gate"; }

  /// In a thread.
  void pass() {
    arrived_.count_down();
    open_.wait();
  }
  void waitUntilAllArrived() { arrived_.wait(); }
  void open() { open_.count_down(); }

 private:
  std::latch arrived_;
  std::latch open_{1};
};

class ThreadPoolTest : public ::testing::Test {
 protected:
  void make(ThreadPoolOptions options = {}) { pool.emplace(*reactor, options); }
  /// Destroys the pool when all of its calls that have begun are done.
  void finish() { pool.reset(); }

  void TearDown() override {
    pool.reset();
    reactor.reset();
    EXPECT_THAT(errors.take(), IsEmpty());
  }

  LoggedErrors errors;
  std::unique_ptr<LibeventReactor> reactor =
      std::make_unique<LibeventReactor>(ReactorOptions{.handleSignals = false});
  std::optional<ThreadPool> pool;
};

TEST_F(ThreadPoolTest, CallsWaitUntilItStarts) {
  make();
  std::latch called(1);
  pool->callInThread([&] { called.count_down(); });
  EXPECT_EQ(pool->statistics(), (ThreadPoolStatistics{.queued = 1}));
  pool->start();
  called.wait();
}

TEST_F(ThreadPoolTest, StartsWithItsReactor) {
  make();
  std::atomic<bool> called = false;
  pool->callInThread([&] { called = true; });
  runBody(*reactor,
          [&]() -> Deferred<void> { co_await until(*reactor, [&] { return called.load(); }); });
  EXPECT_TRUE(called);
}

TEST_F(ThreadPoolTest, CallsAreMadeInOtherThreadsAndDestroyedThere) {
  make();
  pool->start();
  std::thread::id called, destroyed;
  auto end = std::shared_ptr<void>(nullptr, [&](void*) { destroyed = std::this_thread::get_id(); });
  pool->callInThread([&called, end = std::move(end)] { called = std::this_thread::get_id(); });
  while (pool->statistics().queued > 0) std::this_thread::yield();
  finish();
  EXPECT_NE(called, std::thread::id());
  EXPECT_NE(called, std::this_thread::get_id());
  EXPECT_EQ(called, destroyed);
}

TEST_F(ThreadPoolTest, MakesThreadsAsCallsNeedThemAndReportsItsQueue) {
  Gate gate(2);
  make({.maxThreads = 2});
  pool->start();
  EXPECT_EQ(pool->statistics(), ThreadPoolStatistics());
  for (int i = 0; i < 3; ++i) pool->callInThread([&] { gate.pass(); });
  gate.waitUntilAllArrived();
  EXPECT_EQ(pool->statistics(),
            (ThreadPoolStatistics{.workers = 2, .waiting = 0, .working = 2, .queued = 1}));
  gate.open();
  finish();
}

TEST_F(ThreadPoolTest, AnIdleThreadIsUsedAgain) {
  make();
  pool->start();
  for (int i = 0; i < 20; ++i) {
    std::latch done(1);
    pool->callInThread([&] { done.count_down(); });
    done.wait();
    while (pool->statistics().working > 0) std::this_thread::yield();
  }
  EXPECT_EQ(pool->statistics(), (ThreadPoolStatistics{.workers = 1, .waiting = 1}));
}

TEST_F(ThreadPoolTest, HasAtLeastSoManyThreads) {
  make({.minThreads = 3, .maxThreads = 5});
  EXPECT_EQ(pool->statistics().workers, 0u);
  pool->start();
  EXPECT_EQ(pool->statistics(), (ThreadPoolStatistics{.workers = 3, .waiting = 3}));
}

TEST_F(ThreadPoolTest, RefusesNumbersThatCannotBe) {
  EXPECT_THROW(make({.maxThreads = 0}), std::invalid_argument);
  EXPECT_THROW(make({.minThreads = 3, .maxThreads = 2}), std::invalid_argument);
  make();
  EXPECT_THROW(pool->adjustPoolsize(1, 0), std::invalid_argument);
}

TEST_F(ThreadPoolTest, CallsBeginInTheOrderInWhichTheyCame) {
  make({.maxThreads = 1});
  std::vector<int> order;
  std::latch done(1);
  for (int i = 0; i < 5; ++i) pool->callInThread([&order, i] { order.push_back(i); });
  pool->callInThread([&] { done.count_down(); });
  pool->start();
  done.wait();
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(ThreadPoolTest, AFullQueueIsAnException) {
  make({.maxQueued = 2});
  auto token = std::make_shared<int>();
  for (int i = 0; i < 2; ++i) pool->callInThread([token] {});
  try {
    pool->callInThread([token] {});
    FAIL() << "nothing was thrown";
  } catch (const ThreadPoolFull& error) {
    EXPECT_STREQ(error.what(), "the thread pool is full: 2 calls wait for a thread");
  }
  EXPECT_EQ(token.use_count(), 3);
  EXPECT_EQ(pool->statistics().queued, 2u);
}

TEST_F(ThreadPoolTest, AnExceptionIsLoggedAndTheThreadGoesOn) {
  make({.maxThreads = 1});
  pool->start();
  std::latch done(1);
  pool->callInThread([] { throw std::runtime_error("no poem"); });
  pool->callInThread([&] { done.count_down(); });
  done.wait();
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no poem")));
}

TEST_F(ThreadPoolTest, AdjustingMakesThreadsAndEndsThem) {
  make();
  pool->start();
  runBody(*reactor, [&]() -> Deferred<void> {
    pool->adjustPoolsize(4, 6);
    EXPECT_EQ(pool->statistics().workers, 4u);
    pool->adjustPoolsize(0, 1);
    co_await until(*reactor, [&] { return pool->statistics().workers == 1; });
    pool->adjustPoolsize(2, 2);
    EXPECT_EQ(pool->statistics().workers, 2u);
  });
}

TEST_F(ThreadPoolTest, AThreadTooManyEndsWhenItsCallHasReturned) {
  Gate gate(2);
  make({.maxThreads = 2});
  pool->start();
  for (int i = 0; i < 2; ++i) pool->callInThread([&] { gate.pass(); });
  gate.waitUntilAllArrived();
  pool->adjustPoolsize(0, 1);
  EXPECT_EQ(pool->statistics().workers, 2u);
  gate.open();
  runBody(*reactor, [&]() -> Deferred<void> {
    co_await until(*reactor, [&] { return pool->statistics().workers == 1; });
  });
}

TEST_F(ThreadPoolTest, StopDropsWhatHasNotBegunAndWaitsForWhatHas) {
  Gate gate(1);
  make({.maxThreads = 1});
  auto token = std::make_shared<int>();
  std::string said;
  runBody(*reactor, [&]() -> Deferred<void> {
    Deferred<int> running = deferToThread(*pool, [&] { return gate.pass(), 42; });
    gate.waitUntilAllArrived();
    Deferred<void> waiting =
        deferToThread(*pool, [token] {}).addErrback([&](const Failure& failure) {
          said = failure.message();
        });
    pool->callInThread([token] {});
    Deferred<void> stopped = pool->stop();
    EXPECT_EQ(said, "the thread pool has stopped");
    EXPECT_EQ(token.use_count(), 1);
    EXPECT_FALSE(stopped.readyValue());
    gate.open();
    co_await std::move(stopped);
    EXPECT_EQ(pool->statistics(), ThreadPoolStatistics());
    EXPECT_EQ(co_await std::move(running), 42);
  });
}

TEST_F(ThreadPoolTest, StopOfOneWithoutThreadsFiresAtOnce) {
  make();
  Deferred<void> stopped = pool->stop();
  EXPECT_TRUE(stopped.readyValue());
  Deferred<void> again = pool->stop();
  EXPECT_TRUE(again.readyValue());
}

TEST_F(ThreadPoolTest, AStoppedOneTakesNoCalls) {
  make();
  pool->stop();
  EXPECT_THROW(pool->callInThread([] {}), ThreadPoolStopped);
  EXPECT_THROW(pool->start(), ThreadPoolStopped);
  runBody(*reactor, []() -> Deferred<void> { co_return; });  // does not start it either
}

TEST_F(ThreadPoolTest, TheEndOfTheRunWaitsForWhatHasBegun) {
  Gate gate(1);
  make({.maxThreads = 1});
  bool delivered = false;
  bool refused = false;
  reactor->callWhenRunning([&] {
    deferToThread(*pool, [&] { gate.pass(); }).addCallback([&] { delivered = true; });
    gate.waitUntilAllArrived();
    deferToThread(*pool, [] {
      ADD_FAILURE() << "called after stop";
    }).addErrback([&](const Failure& failure) {
      refused = failure.check<ThreadPoolStopped>() != nullptr;
    });
    reactor->stop();
    reactor->callLater(2ms, [&] {
      EXPECT_TRUE(refused);
      EXPECT_FALSE(delivered);
      gate.open();
    });
  });
  reactor->run();
  EXPECT_TRUE(delivered);
  EXPECT_EQ(pool->statistics(), ThreadPoolStatistics());
}

TEST_F(ThreadPoolTest, MayOutliveItsReactor) {
  make();
  runBody(*reactor, [&]() -> Deferred<void> { co_await deferToThread(*pool, [] {}); });
  reactor.reset();
  EXPECT_THROW(pool->callInThread([] {}), ThreadPoolStopped);
}

TEST_F(ThreadPoolTest, AReactorThatDiesUnrunWaitsForItsCalls) {
  Gate gate(1);
  make();
  pool->start();
  std::atomic<bool> returned = false;
  pool->callInThread([&] {
    gate.pass();
    returned = true;
  });
  gate.waitUntilAllArrived();
  gate.open();
  reactor.reset();
  EXPECT_TRUE(returned);
  EXPECT_EQ(pool->statistics(), ThreadPoolStatistics());
}

TEST_F(ThreadPoolTest, DestroyedUnstartedItDropsItsCalls) {
  make();
  auto token = std::make_shared<int>();
  pool->callInThread([token] { ADD_FAILURE() << "called"; });
  finish();
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(ThreadPoolTest, MayBeDestroyedWhileTheReactorRuns) {
  make();
  int answer = 0;
  runBody(*reactor, [&]() -> Deferred<void> {
    Gate gate(1);
    deferToThread(*pool, [&] { return gate.pass(), 42; }).addCallback([&](int value) {
      answer = value;
    });
    gate.waitUntilAllArrived();
    gate.open();
    finish();
    EXPECT_EQ(answer, 42);
    co_return;
  });
}

TEST_F(ThreadPoolTest, AnyThreadMayCallWhileItStops) {
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> made = 0;
    std::atomic<int> ended = 0;
    {
      LibeventReactor racing({.handleSignals = false});
      ThreadPool calls(racing, {.maxThreads = 3, .maxQueued = 10});
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
          try {
            for (;;) {
              ++made;
              auto end = std::shared_ptr<void>(nullptr, [&](void*) { ++ended; });
              try {
                calls.callInThread([end = std::move(end)] {});
              } catch (const ThreadPoolFull&) {
                std::this_thread::yield();
              }
            }
          } catch (const ThreadPoolStopped&) {
          }
        });
      }
      racing.callLater(1ms, [&] { racing.stop(); });
      racing.run();
    }
    EXPECT_EQ(ended, made);
  }
}

}  // namespace
}  // namespace couplet
