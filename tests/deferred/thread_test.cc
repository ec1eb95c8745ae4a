// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Chains and threads: each belongs to the one that made it.
#include <pthread.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/report.h>

#include "tests/deferred/support/lives.h"

namespace couplet {
namespace {

Deferred<int> addOne(Deferred<int> deferred) { co_return co_await std::move(deferred) + 1; }

TEST(DeferredThreadTest, EachThreadHasChainsOfItsOwn) {
  std::atomic<int> sum = 0;
  auto work = [&] {
    for (int i = 0; i < 1000; ++i) {
      Promise<int> promise;
      addOne(promise.deferred()).addCallback([&](int value) { sum += value; });
      promise.callback(i);
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  threads.clear();
  EXPECT_EQ(sum, 4 * 1000 * 1001 / 2);
}

// A Failure may go to another thread, which is how results of threads come home.
TEST(DeferredThreadTest, AFailureMayCrossThreads) {
  std::optional<Failure> failure;
  std::jthread([&] { failure = Failure(std::out_of_range("far")); }).join();
  EXPECT_EQ(failure->message(), "far");
  Failure copy = *failure;
  std::jthread([copy = std::move(copy)] { EXPECT_EQ(copy.message(), "far"); }).join();
}

// The blocks that a thread has recycled go with it; a chain that outlives them is no trouble.
TEST(DeferredThreadTest, AChainMayEndWithItsThread) {
  std::jthread([] {
    static thread_local std::optional<Promise<int>> promise;  // made before the thread's blocks
    static thread_local int errors = 0;
    promise.emplace();
    promise->deferred().addErrback([](const Failure&) { return ++errors; });
    for (int i = 0; i < 100; ++i) static_cast<void>(succeed(i));
  }).join();
}

// Reports of several threads, each heard where the chain ended.
TEST(DeferredThreadTest, ReportsComeOnTheThreadOfTheChain) {
  static std::atomic<int> elsewhere = 0;
  static thread_local std::thread::id owner;
  auto before = setReportFunction([](const UnhandledFailure&) {
    if (owner != std::this_thread::get_id()) ++elsewhere;
  });
  auto work = [] {
    owner = std::this_thread::get_id();
    for (int i = 0; i < 100; ++i) static_cast<void>(fail<int>(std::out_of_range("far")));
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  threads.clear();
  setReportFunction(before);
  EXPECT_EQ(elsewhere, 0);
}

// Deferred 23: The end of a thread is no exception to be caught: it goes through, and takes the
// chain with it.
TEST(DeferredThreadTest, TheEndOfAThreadGoesThroughItsCallbacks) {
  std::string trace;
  int alive = 0;
  auto body = [&] {
    testing::Counted counted(alive);
    Promise<int> promise;
    promise.deferred()
        .addCallback([&, counted](int) {
          trace += "ends ";
          pthread_exit(nullptr);
        })
        .addBoth([&, counted](Result<void>) { trace += "called"; });
    promise.callback(1);
    trace += "returned";
  };
  std::jthread(body).join();
  EXPECT_EQ(trace, "ends ");
  EXPECT_EQ(alive, 0);
}

#ifndef NDEBUG
using DeferredThreadDeathTest = ::testing::Test;

void onAnotherThread(auto use) { std::jthread(std::move(use)).join(); }

// In a debug build a Deferred that is used on a thread not its own ends the program, and says so.
TEST_F(DeferredThreadDeathTest, UsingOneOnAnotherThreadAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const char* expected = "the Deferred made at poem.cc:3 is used on a thread that is not its own";
  auto make = [] { return Promise<int>(SourceLocation{"poem.cc", 3}); };
  EXPECT_DEATH(onAnotherThread([promise = make()]() mutable { promise.callback(1); }), expected);
  EXPECT_DEATH(onAnotherThread([promise = make()] {}), expected);
  EXPECT_DEATH(onAnotherThread([deferred = make().deferred()]() mutable { deferred.cancel(); }),
               expected);
  EXPECT_DEATH(onAnotherThread([deferred = make().deferred()]() mutable {
                 std::move(deferred).addCallback([](int) {});
               }),
               expected);
}
#endif

}  // namespace
}  // namespace couplet
