// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Calls from many threads to a reactor that runs, waits, stops: in the order of each thread, with
// one wake-up for a burst, and none lost without being destroyed. To be run with ThreadSanitizer.
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "fault_edge.h"
#include "loopback.h"

namespace couplet {
namespace {

class ThreadsBurstTest : public LoopbackTest {
 protected:
  /// Counts wake-ups from here on: each is one write.
  void countWakeUps() { inject({.call = "write", .nth = 1 << 30}); }
  ~ThreadsBurstTest() override { endFault(); }
};

TEST_F(ThreadsBurstTest, ABurstWakesTheReactorOnce) {
  int called = 0;
  reactor->callLater(0s, [&] {
    countWakeUps();
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 100; ++j) reactor->callFromThread([&] { ++called; });
      });
    }
  });
  runUntil([&] { return called == 800; });
  EXPECT_EQ(callsSeen(), 1);
}

TEST_F(ThreadsBurstTest, EachBurstWakesItAgain) {
  int called = 0;
  reactor->callLater(0s, [&] {
    countWakeUps();
    for (int i = 0; i < 100; ++i) {
      reactor->callFromThread([&] {
        for (int j = 0; j < 2; ++j) reactor->callFromThread([&] { ++called; });
      });
    }
  });
  runUntil([&] { return called == 200; });
  EXPECT_EQ(callsSeen(), 2);
}

/// Counts its calls and its ends; a call that is dropped ends, too.
struct CallCount {
  std::atomic<int> made = 0;
  std::atomic<int> called = 0;
  std::atomic<int> ended = 0;

  Callable<void()> next() {
    ++made;
    return [this, end = std::shared_ptr<void>(nullptr, [this](void*) { ++ended; })] { ++called; };
  }
};

TEST_F(ThreadsBurstTest, CallsRaceWithStopAndTheEndOfTheRun) {
  for (int round = 0; round < 10; ++round) {
    LibeventReactor racing({.handleSignals = false});
    CallCount count;
    {
      std::atomic<bool> over = false;
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
          while (!over) racing.callFromThread(count.next());
        });
      }
      racing.callLater(1ms, [&] { racing.stop(); });
      racing.run();
      over = true;
    }
    EXPECT_EQ(count.ended, count.made);
    EXPECT_LE(count.called, count.made);
  }
}

TEST_F(ThreadsBurstTest, AThreadMayStopTheReactorByACallWhileOthersCall) {
  std::atomic<bool> over = false;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!over) reactor->callFromThread([] {});
    });
  }
  threads.emplace_back([&] { reactor->callFromThread([&] { reactor->stop(); }); });
  reactor->run();
  over = true;
}

TEST_F(ThreadsBurstTest, ACallBeforeTheRunComesWhenItBegins) {
  int called = 0;
  std::jthread([&] { reactor->callFromThread([&] { ++called; }); }).join();
  runUntil([&] { return called == 1; });
}

TEST_F(ThreadsBurstTest, ACallMayFireAPromiseOfTheReactorsThread) {
  Promise<int> answer;
  int got = 0;
  std::jthread worker;
  reactor->callLater(0s, [&] {
    answer.deferred().addCallback([&](int value) { got = value; });
    worker = std::jthread([&] { reactor->callFromThread([&] { answer.callback(42); }); });
  });
  runUntil([&] { return got == 42; });
}

}  // namespace
}  // namespace couplet
