// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Those that one waits for in a line.
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_event.h>
#include <couplet/deferred/deferred_lock.h>
#include <couplet/deferred/deferred_queue.h>
#include <couplet/deferred/deferred_semaphore.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/leak_test.h"

namespace couplet::testing {
namespace {

struct OneToken : DeferredSemaphore {
  OneToken() : DeferredSemaphore(1) {}
  bool locked() const noexcept { return tokens() == 0; }
};

/// A lock that somebody has.
template <class Lock>
class Locked : public SituationOfWork {
 public:
  void finish() override {
    held_ = Acquired();
    SituationOfWork::finish();
  }
  void abandon() override {
    lock_.reset();
    SituationOfWork::abandon();
  }
  /// However it ended, the lock is free for the next one.
  void letGo() override {
    held_ = Acquired();
    if (!lock_) return;
    EXPECT_EQ(lock_->waiting(), 0u);
    EXPECT_FALSE(lock_->locked());
  }

 protected:
  Lock& lock() { return *lock_; }
  void release() { held_ = Acquired(); }

 private:
  std::optional<Lock> lock_{std::in_place};
  Acquired held_ = successResultOf(lock_->acquire());
};

template <class Lock>
class Acquiring : public Locked<Lock> {
 public:
  Deferred<void> begin() override { return this->lock().acquire().addBoth(this->taken()); }
};

template <class Lock>
class AcquiringInACoroutine : public Locked<Lock> {
 public:
  Deferred<void> begin() override { return hold(Counted(this->alive)).addBoth(this->taken()); }

 private:
  Deferred<void> hold(Counted) {
    Acquired held = co_await this->lock().acquire();
    co_await this->work();
  }
};

template <class Lock>
class WaitingToRun : public Locked<Lock> {
 public:
  Deferred<void> begin() override {
    return this->lock()
        .run([this, counted = Counted(this->alive)] { return this->work(); })
        .addBoth(this->taken());
  }
};

template <class Lock>
class Running : public WaitingToRun<Lock> {
 public:
  Deferred<void> begin() override {
    this->release();
    return WaitingToRun<Lock>::begin();
  }
};

INSTANTIATE_TEST_SUITE_P(
    DeferredLock, LeakTest,
    ::testing::Values(leakCase<Acquiring<DeferredLock>>("Acquire"),
                      leakCase<AcquiringInACoroutine<DeferredLock>>("AcquireInACoroutine"),
                      leakCase<WaitingToRun<DeferredLock>>("RunThatWaits"),
                      leakCase<Running<DeferredLock>>("RunThatRuns")),
    nameOfLeakCase);

INSTANTIATE_TEST_SUITE_P(
    DeferredSemaphore, LeakTest,
    ::testing::Values(leakCase<Acquiring<OneToken>>("Acquire"),
                      leakCase<AcquiringInACoroutine<OneToken>>("AcquireInACoroutine"),
                      leakCase<WaitingToRun<OneToken>>("RunThatWaits"),
                      leakCase<Running<OneToken>>("RunThatRuns")),
    nameOfLeakCase);

class Getting : public Situation {
 public:
  Deferred<void> begin() override { return queue_->get().addBoth(taken()); }
  void finish() override { queue_->put(Counted(alive)); }
  void abandon() override { queue_.reset(); }
  /// An item that nobody took any more goes with the queue.
  void letGo() override {
    if (queue_) {
      EXPECT_EQ(queue_->waiting(), 0u);
    }
    queue_.reset();
  }

 private:
  std::optional<DeferredQueue<Counted>> queue_{std::in_place};
};

class WaitingForAnEvent : public Situation {
 public:
  Deferred<void> begin() override { return event_->wait().addBoth(taken()); }
  void finish() override { event_->set(); }
  void abandon() override { event_.reset(); }
  void letGo() override {
    if (event_) {
      EXPECT_EQ(event_->waiting(), 0u);
    }
  }

 private:
  std::optional<DeferredEvent> event_{std::in_place};
};

INSTANTIATE_TEST_SUITE_P(DeferredQueue, LeakTest, ::testing::Values(leakCase<Getting>("Get")),
                         nameOfLeakCase);
INSTANTIATE_TEST_SUITE_P(DeferredEvent, LeakTest,
                         ::testing::Values(leakCase<WaitingForAnEvent>("Wait")), nameOfLeakCase);

/// What was put, and nobody asked for.
class LeftInAQueueTest : public ReportingTest {
 protected:
  int alive = 0;
  std::optional<DeferredQueue<Counted>> queue{std::in_place};
};

TEST_F(LeftInAQueueTest, ItemsEndWithTheQueue) {
  queue->put(Counted(alive));
  queue->put(Counted(alive));
  EXPECT_EQ(alive, 2);
  queue.reset();
  EXPECT_EQ(alive, 0);
}

TEST_F(LeftInAQueueTest, TheItemOfACancelledGetIsThere) {
  auto item = queue->get();
  item.cancel();
  failureResultOf<CancelledError>(item);
  queue->put(Counted(alive));
  EXPECT_EQ(queue->size(), 1u);
  queue.reset();
  EXPECT_EQ(alive, 0);
}

TEST_F(LeftInAQueueTest, TheItemOfADroppedGetIsGone) {
  static_cast<void>(queue->get());
  queue->put(Counted(alive));
  EXPECT_EQ(queue->size(), 0u);
  EXPECT_EQ(alive, 0);
}

TEST_F(LeftInAQueueTest, ARefusedItemIsGone) {
  DeferredQueue<Counted> full({.size = 0});
  EXPECT_THROW(full.put(Counted(alive)), QueueOverflow);
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace couplet::testing
