// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Deferred takes from the heap, once its thread has warmed up: nothing.
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/block_pool.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/deferred/race.h>

#include "tests/deferred/support/allocations.h"

namespace couplet {
namespace {

using testing::allocations;

/// Tests of how often memory is taken, where memory is recycled at all.
class AllocationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!detail::kRecycles) GTEST_SKIP() << "under ASan nothing is recycled";
  }

  /// How often `work` takes memory, the second time.
  template <class F>
  static long allocationsOf(F work) {
    work();
    const long before = allocations();
    work();
    return allocations() - before;
  }

  int sum = 0;
};

TEST_F(AllocationTest, ChainsOfSmallClosuresTakeNone) {
  for (int steps : {1, 3, 10}) {
    EXPECT_EQ(allocationsOf([&] {
                Promise<int> promise;
                Deferred<int> deferred = promise.deferred();
                for (int i = 0; i < steps; ++i) {
                  deferred.addCallback([this, i](int value) { return sum += i, value; });
                }
                promise.callback(1);
              }),
              0);
  }
}

TEST_F(AllocationTest, SucceedAndAddingToAFiredOneTakeNone) {
  EXPECT_EQ(allocationsOf([&] {
              succeed(1)
                  .addCallback([](int value) { return value + 0.5; })
                  .addErrback([](const Failure&) { return 0.0; })
                  .addCallback([&](double value) { sum += static_cast<int>(value); });
            }),
            0);
}

TEST_F(AllocationTest, InnerDeferredsTakeNone) {
  EXPECT_EQ(
      allocationsOf([&] {
        Promise<void> outer;
        Promise<int> inner;
        outer.deferred().addCallback([&] { return inner.deferred(); }).addCallback([&](int i) {
          sum += i;
        });
        outer.callback();
        inner.callback(1);
      }),
      0);
}

Deferred<int> addOne(Deferred<int> deferred) { co_return co_await std::move(deferred) + 1; }

TEST_F(AllocationTest, CoroutinesTakeNone) {
  EXPECT_EQ(allocationsOf([&] {
              Promise<int> promise;
              addOne(promise.deferred()).addCallback([&](int value) { sum += value; });
              promise.callback(1);
            }),
            0);
}

TEST_F(AllocationTest, CancellersAndBoxedValuesTakeNone) {
  EXPECT_EQ(allocationsOf([&] {
              Promise<std::array<int, 100>> promise([this] { ++sum; });
              auto deferred = promise.deferred().addErrback(
                  [](const Failure&) { return std::array<int, 100>(); });
              promise.callback(std::array<int, 100>());
            }),
            0);
}

TEST_F(AllocationTest, LongChainsTakeNone) {
  EXPECT_EQ(allocationsOf([&] {
              Deferred<int> deferred = succeed(1);
              deferred.pause();
              for (int i = 0; i < 2000; ++i) {
                deferred.addCallback([this](int value) { return ++sum, value; });
              }
              deferred.unpause();
            }),
            0);
}

// That of what it is given, and that of its answer.
TEST_F(AllocationTest, GatheringAHundredTakesTwoVectors) {
  std::vector<Promise<int>> promises;
  EXPECT_EQ(allocationsOf([&] {
              promises.clear();
              promises.reserve(100);
              std::vector<Deferred<int>> inputs;
              inputs.reserve(100);
              for (int i = 0; i < 100; ++i) inputs.push_back(promises.emplace_back().deferred());
              gatherResults(std::move(inputs)).addCallback([&](std::vector<int> values) {
                sum += values[99];
              });
              for (Promise<int>& promise : promises) promise.callback(1);
            }),
            2);
}

TEST_F(AllocationTest, RacingTakesNone) {
  EXPECT_EQ(allocationsOf([&] {
              Promise<int> winner, loser;
              race(winner.deferred(), loser.deferred()).addCallback([&](const auto& first) {
                sum += std::get<0>(first);
              });
              winner.callback(1);
            }),
            0);
}

TEST_F(AllocationTest, AClosureThatIsLargerThanABlockTakesOne) {
  EXPECT_EQ(allocationsOf([&] {
              succeed(1).addCallback([this, filler = std::array<char, 9000>()](int value) {
                sum += value + filler[0];
              });
            }),
            1);
}

}  // namespace
}  // namespace couplet
