// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// deferToThread, callMultipleInThread and blockingCallFromThread. To be run with ThreadSanitizer.
#include <couplet/reactor/threads.h>

#include <atomic>
#include <csignal>
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

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/report.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "any_reactor.h"
#include "logged_errors.h"
#include "tests/deferred/support/lives.h"

namespace couplet {
namespace {

using testing::assertNoResult;
using ::testing::ElementsAre;
using testing::failureResultOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::PoemError;
using testing::successResultOf;

/// Counts how many live, from any thread.
class Alive {
 public:
  explicit Alive(std::atomic<int>& count) noexcept : count_(&count) { ++count; }
  Alive(const Alive& other) noexcept : count_(other.count_) { ++*count_; }
  ~Alive() { --*count_; }

 private:
  std::atomic<int>* count_;
};

/// A pool of a reactor without a run: what was begun is done, and delivered, when it is destroyed.
class ThreadsTest : public ::testing::Test {
 protected:
  /// Begins and ends all that the pool was given.
  void finish() {
    pool->start();
    while (pool->statistics().queued > 0) std::this_thread::yield();
    pool.reset();
  }
  void TearDown() override {
    pool.reset();
    EXPECT_EQ(alive, 0);
    EXPECT_THAT(errors.take(), IsEmpty());
  }

  LoggedErrors errors;
  std::atomic<int> alive = 0;
  testing::MemoryReactor reactor;
  std::optional<ThreadPool> pool{std::in_place, reactor, ThreadPoolOptions{.maxThreads = 1}};
};

TEST_F(ThreadsTest, FiresWithWhatTheFunctionReturns) {
  auto here = std::this_thread::get_id();
  auto answered = deferToThread(*pool, [] { return std::this_thread::get_id(); });
  assertNoResult(answered);
  finish();
  EXPECT_NE(successResultOf(answered), here);
}

TEST_F(ThreadsTest, TheFunctionMayReturnNothingOrWhatCanOnlyBeMoved) {
  auto nothing = deferToThread(*pool, [] {});
  auto moved = deferToThread(*pool, [] { return std::make_unique<int>(42); });
  finish();
  successResultOf(nothing);
  EXPECT_EQ(*successResultOf(moved), 42);
}

TEST_F(ThreadsTest, FailsWithWhatTheFunctionThrowsOrAnswers) {
  auto thrown = deferToThread(*pool, []() -> int { throw PoemError(); });
  auto answered = deferToThread(*pool, [] { return Failure(PoemError()); });
  auto result = deferToThread(*pool, []() -> Result<int> { return Failure(PoemError()); });
  auto value = deferToThread(*pool, []() -> Result<int> { return 42; });
  finish();
  failureResultOf<PoemError>(thrown);
  failureResultOf<PoemError>(answered);
  failureResultOf<PoemError>(result);
  EXPECT_EQ(successResultOf(value), 42);
}

TEST_F(ThreadsTest, TheAnswerComesOnTheReactorsThread) {
  auto real = newReactor({.handleSignals = false});
  ThreadPool threads(*real);
  std::thread::id called, answered;
  runBody(*real, [&]() -> Deferred<void> {
    called = co_await deferToThread(threads, [] { return std::this_thread::get_id(); });
    answered = std::this_thread::get_id();
  });
  EXPECT_NE(called, answered);
  EXPECT_EQ(answered, std::this_thread::get_id());
}

TEST_F(ThreadsTest, TheFunctionIsDestroyedInTheThreadBeforeTheAnswerIsThere) {
  std::thread::id called, destroyed;
  auto end = std::shared_ptr<void>(nullptr, [&](void*) { destroyed = std::this_thread::get_id(); });
  auto done = deferToThread(
      *pool, [&called, end = std::move(end)] { called = std::this_thread::get_id(); });
  finish();
  successResultOf(done);
  EXPECT_EQ(called, destroyed);
}

TEST_F(ThreadsTest, CancellingWhatHasNotBegunRemovesIt) {
  auto waiting = deferToThread(*pool, [a = Alive(alive)] { ADD_FAILURE() << "called"; });
  EXPECT_EQ(pool->statistics().queued, 1u);
  waiting.cancel();
  EXPECT_EQ(pool->statistics().queued, 0u);
  EXPECT_EQ(alive, 0);
  failureResultOf<CancelledError>(waiting);
  finish();
}

TEST_F(ThreadsTest, DiscardingWhatHasNotBegunRemovesIt) {
  deferToThread(*pool, [a = Alive(alive)] { ADD_FAILURE() << "called"; }).discard();
  EXPECT_EQ(pool->statistics().queued, 0u);
  EXPECT_EQ(alive, 0);
}

TEST_F(ThreadsTest, CancellingWhatRunsFailsAtOnceAndDropsTheAnswer) {
  std::latch begun(1), open(1);
  auto running = deferToThread(*pool, [&] {
    begun.count_down();
    open.wait();
    return Alive(alive);
  });
  pool->start();
  begun.wait();
  running.cancel();
  failureResultOf<CancelledError>(running);
  open.count_down();
  finish();
  reactor.flush();
  EXPECT_EQ(alive, 0);
}

TEST_F(ThreadsTest, DiscardingWhatRunsDropsTheAnswer) {
  std::latch begun(1), open(1);
  auto running = deferToThread(*pool, [&] {
    begun.count_down();
    open.wait();
    return Alive(alive);
  });
  pool->start();
  begun.wait();
  std::move(running).discard();
  open.count_down();
  finish();
  reactor.flush();
  EXPECT_EQ(alive, 0);
}

TEST_F(ThreadsTest, CancellingRacesWithTheAnswer) {
  pool.emplace(reactor, ThreadPoolOptions{.maxThreads = 2});
  pool->start();
  int answered = 0;
  int cancelled = 0;
  for (int round = 0; round < 500; ++round) {
    auto work = deferToThread(*pool, [this, a = Alive(alive)] { return Alive(alive); });
    for (int i = 0; i < round % 20; ++i) std::this_thread::yield();
    reactor.flush();
    work.cancel();
    std::move(work).addCallbacks([&](const Alive&) { ++answered; },
                                 [&](const Failure&) { ++cancelled; });
  }
  finish();
  reactor.flush();
  EXPECT_EQ(answered + cancelled, 500);
}

TEST_F(ThreadsTest, DroppedItRunsAndAFailureIsReported) {
  auto before = setReportFunction(
      [](const UnhandledFailure& unhandled) { EXPECT_EQ(unhandled.failure.message(), "no poem"); });
  std::atomic<bool> called = false;
  deferToThread(*pool, [&, a = Alive(alive)] {
    called = true;
    throw PoemError();
  });
  finish();
  EXPECT_TRUE(called);
  setReportFunction(before);
}

TEST_F(ThreadsTest, FailsWhereThePoolIsFullOrHasStopped) {
  pool.emplace(reactor, ThreadPoolOptions{.maxQueued = 0});
  auto full = deferToThread(*pool, [a = Alive(alive)] {});
  failureResultOf<ThreadPoolFull>(full);
  pool->stop();
  auto stopped = deferToThread(*pool, [a = Alive(alive)] {});
  failureResultOf<ThreadPoolStopped>(stopped);
}

TEST_F(ThreadsTest, FailsWhenThePoolIsDestroyedBeforeItBegins) {
  auto waiting = deferToThread(*pool, [a = Alive(alive)] { return 1; });
  pool.reset();
  failureResultOf<ThreadPoolStopped>(waiting);
}

TEST_F(ThreadsTest, WhatIsQueuedWhenThePoolStopsFailsAndIsDestroyed) {
  auto waiting = deferToThread(*pool, [a = Alive(alive)] { return a; });
  pool->callInThread([a = Alive(alive)] { ADD_FAILURE() << "called"; });
  callMultipleInThread(
      *pool, [a = Alive(alive)] { ADD_FAILURE() << "called"; }, [a = Alive(alive)] {});
  EXPECT_EQ(alive, 4);
  pool->stop();
  EXPECT_EQ(alive, 0);
  failureResultOf<ThreadPoolStopped>(waiting);
}

TEST_F(ThreadsTest, WhatIsQueuedAndDroppedWhenThePoolStopsIsReported) {
  static int reported;
  reported = 0;
  auto before = setReportFunction([](const UnhandledFailure& unhandled) {
    reported += unhandled.failure.check<ThreadPoolStopped>() != nullptr;
  });
  deferToThread(*pool, [a = Alive(alive)] {});
  pool->stop();
  setReportFunction(before);
  EXPECT_EQ(reported, 1);
  EXPECT_EQ(alive, 0);
}

// The coroutine's frame, the function and its answer: nothing is left of any.
TEST_F(ThreadsTest, ACoroutineThatAwaitsAThreadMayBeDiscardedOrAbandoned) {
  auto work = [&]() -> Deferred<void> {
    Alive frame(alive);
    auto answer = deferToThread(*pool, [a = Alive(alive)] { return a; });
    co_await std::move(answer);
  };
  work().discard();
  EXPECT_EQ(alive, 0);
  auto abandoned = work();
  EXPECT_EQ(alive, 2);
  pool.reset();
  EXPECT_EQ(alive, 0);
  failureResultOf<ThreadPoolStopped>(abandoned);
}

TEST_F(ThreadsTest, AnAnswerThatNobodyTakesDies) {
  std::optional<testing::MemoryReactor> unrun(std::in_place);
  std::optional<ThreadPool> threads(std::in_place, *unrun);
  auto answered = deferToThread(*threads, [a = Alive(alive)] { return a; });
  threads->start();
  while (threads->statistics().queued + threads->statistics().working > 0) {
    std::this_thread::yield();
  }
  std::move(answered).discard();
  EXPECT_LE(alive, 1);  // the answer is on its way
  unrun.reset();
  EXPECT_EQ(alive, 0);
}

TEST_F(ThreadsTest, ACallbackMayAskAgainAndCancelOthersWhileThePoolEnds) {
  auto first = deferToThread(*pool, [] {});
  auto second = deferToThread(*pool, [] {});
  auto cancelOther = [&](Deferred<void>& other) {
    return [&, pool = &*pool](const Failure&) {
      other.cancel();
      failureResultOf<ThreadPoolStopped>(deferToThread(*pool, [] {}));
    };
  };
  first.addErrback(cancelOther(second));
  second.addErrback(cancelOther(first));
  pool.reset();
}

TEST_F(ThreadsTest, MultipleCallsAreMadeOneAfterTheOther) {
  std::vector<std::string> said;
  std::vector<std::thread::id> threads;
  auto say = [&](const char* word) {
    return [&, word] {
      said.push_back(word);
      threads.push_back(std::this_thread::get_id());
    };
  };
  callMultipleInThread(*pool, say("a"), say("b"), say("c"));
  finish();
  EXPECT_THAT(said, ElementsAre("a", "b", "c"));
  EXPECT_EQ(threads.front(), threads.back());
}

TEST_F(ThreadsTest, WhatOneOfMultipleCallsThrowsEndsThem) {
  std::vector<Callable<void()>> calls;
  calls.push_back([a = Alive(alive)] { throw PoemError(); });
  calls.push_back([a = Alive(alive)] { ADD_FAILURE() << "called"; });
  callMultipleInThread(*pool, std::move(calls));
  finish();
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no poem")));
}

/// A reactor that runs, with a pool whose threads call it.
class BlockingCallTest : public ::testing::Test {
 protected:
  /// Runs the reactor until `call` has returned in a thread of the pool.
  template <class F>
  void runInThread(F call) {
    runBody(*reactor, [&]() -> Deferred<void> { co_await deferToThread(*pool, call); });
  }
  void TearDown() override {
    pool.reset();
    reactor.reset();
    EXPECT_EQ(alive, 0);
    EXPECT_THAT(errors.take(), IsEmpty());
  }

  LoggedErrors errors;
  std::atomic<int> alive = 0;
  std::thread::id here = std::this_thread::get_id();
  std::unique_ptr<LibeventReactor> reactor =
      std::make_unique<LibeventReactor>(ReactorOptions{.handleSignals = false});
  std::optional<ThreadPool> pool{std::in_place, *reactor};
};

TEST_F(BlockingCallTest, ReturnsWhatTheCallAnswersOnTheReactorsThread) {
  runInThread([&] {
    EXPECT_EQ(blockingCallFromThread(*reactor, [] { return std::this_thread::get_id(); }), here);
    blockingCallFromThread(*reactor, [] {});
    EXPECT_EQ(*blockingCallFromThread(*reactor, [] { return std::make_unique<int>(42); }), 42);
  });
}

TEST_F(BlockingCallTest, WaitsForADeferredOrACoroutine) {
  runInThread([&] {
    EXPECT_EQ(blockingCallFromThread(*reactor,
                                     [&] { return deferLater(*reactor, 1ms, [] { return 5; }); }),
              5);
    auto coroutine = [&, a = Alive(alive)]() -> Deferred<std::string> {
      co_await deferLater(*reactor, 1ms);
      co_return "poem";
    };
    EXPECT_EQ(blockingCallFromThread(*reactor, std::move(coroutine)), "poem");
  });
}

TEST_F(BlockingCallTest, ThrowsWhatTheCallFailsWith) {
  runInThread([&] {
    EXPECT_THROW(blockingCallFromThread(*reactor, [] { throw PoemError(); }), PoemError);
    EXPECT_THROW(blockingCallFromThread(*reactor, [] { return fail<int>(PoemError()); }),
                 PoemError);
  });
}

TEST_F(BlockingCallTest, TheCallIsDestroyedOnTheReactorsThread) {
  std::thread::id destroyed;
  runInThread([&] {
    auto end =
        std::shared_ptr<void>(nullptr, [&](void*) { destroyed = std::this_thread::get_id(); });
    blockingCallFromThread(*reactor, [end = std::move(end)] {});
  });
  EXPECT_EQ(destroyed, here);
}

TEST_F(BlockingCallTest, AnyThreadMayCall) {
  int sum = 0;
  std::atomic<int> ended = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) blockingCallFromThread(*reactor, [&] { ++sum; });
      ++ended;
    });
  }
  runBody(*reactor,
          [&]() -> Deferred<void> { co_await until(*reactor, [&] { return ended == 4; }); });
  EXPECT_EQ(sum, 200);
}

TEST_F(BlockingCallTest, FailsWhereTheReactorHasStopped) {
  runBody(*reactor, []() -> Deferred<void> { co_return; });
  std::jthread([&] {
    EXPECT_THROW(blockingCallFromThread(*reactor, [a = Alive(alive)] {}), AbandonedError);
  });
}

TEST_F(BlockingCallTest, FailsWhereWhatItWaitsForIsDropped) {
  runInThread([&] {
    auto call = [] {
      Promise<int> dropped;
      return dropped.deferred();
    };
    EXPECT_THROW(blockingCallFromThread(*reactor, call), AbandonedError);
  });
}

TEST_F(BlockingCallTest, TheEndOfThePoolEndsTheWaiting) {
  Promise<int> never;
  std::atomic<bool> waits = false;
  bool stopped = false;
  pool->start();
  pool->callInThread([&] {
    try {
      blockingCallFromThread(*reactor, [&, a = Alive(alive)] {
        waits = true;
        return never.deferred();
      });
    } catch (const ThreadPoolStopped&) {
      stopped = true;
    }
    EXPECT_THROW(blockingCallFromThread(*reactor, [] {}), ThreadPoolStopped);
  });
  runBody(*reactor, [&]() -> Deferred<void> {
    co_await until(*reactor, [&] { return waits.load(); });
    pool.reset();
  });
  EXPECT_TRUE(stopped);
}

// What it uses is gone with the thread that waited.
TEST_F(ThreadsTest, ACallThatThePoolsEndOvertookIsNotMade) {
  std::atomic<bool> begins = false;
  pool->start();
  pool->callInThread([&] {
    begins = true;
    EXPECT_THROW(blockingCallFromThread(reactor, [a = Alive(alive)] { ADD_FAILURE(); }),
                 ThreadPoolStopped);
  });
  while (!begins) std::this_thread::yield();
  pool.reset();
  reactor.flush();
}

TEST_F(BlockingCallTest, TheEndOfThePoolEndsWhatWasWaitedFor) {
  Promise<int> never;
  std::atomic<bool> waits = false;
  pool->start();
  pool->callInThread([&] {
    int called = 0;
    EXPECT_THROW(blockingCallFromThread(*reactor,
                                        [&] {
                                          waits = true;
                                          return never.deferred().addCallback(
                                              [&called](int) { return ++called; });
                                        }),
                 ThreadPoolStopped);
    EXPECT_EQ(called, 0);
  });
  runBody(*reactor, [&]() -> Deferred<void> {
    co_await until(*reactor, [&] { return waits.load(); });
    pool.reset();
    never.callback(1);
  });
}

// A pool whose call never returns holds the shutdown up, but for a second signal.
TEST_F(BlockingCallTest, ASecondSignalEndsTheWaiting) {
  Promise<int> never;
  bool stopped = false;
  LibeventReactor signalled;
  ThreadPool waiting(signalled);
  waiting.callInThread([&] {
    try {
      blockingCallFromThread(signalled, [&, a = Alive(alive)] {
        std::raise(SIGTERM);
        return never.deferred();
      });
    } catch (const ThreadPoolStopped&) {
      stopped = true;
    }
  });
  signalled.addShutdownTrigger(ShutdownPhase::kBefore, [&] {
    signalled.callLater(0s, [] { std::raise(SIGTERM); });
    return succeed();
  });
  signalled.run();
  EXPECT_TRUE(stopped);
  EXPECT_EQ(waiting.statistics(), ThreadPoolStatistics());
}

TEST_F(BlockingCallTest, WhatWaitsWhenTheReactorStopsIsServedBeforeItEnds) {
  bool served = false;
  runInThread([&] {
    blockingCallFromThread(*reactor, [&] { reactor->stop(); });
    served = blockingCallFromThread(*reactor, [] { return true; });
  });
  EXPECT_TRUE(served);
}

}  // namespace
}  // namespace couplet
