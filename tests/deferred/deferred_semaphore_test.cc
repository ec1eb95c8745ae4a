// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred_semaphore.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/testing/results.h>

#include "tests/deferred/support/lives.h"
#include "tests/deferred/support/reporting_test.h"

namespace couplet {
namespace {

using testing::assertNoResult;
using testing::failureResultOf;
using testing::PoemError;
using testing::successResultOf;

using DeferredSemaphoreTest = testing::ReportingTest;

// Deferred 119: It has a token or more.
TEST_F(DeferredSemaphoreTest, HasATokenOrMore) {
  EXPECT_THROW(DeferredSemaphore(0), std::invalid_argument);
  DeferredSemaphore two(2);
  EXPECT_EQ(two.tokens(), 2u);
  EXPECT_EQ(two.limit(), 2u);
}

// Deferred 119: The tokens are counted down; at none left, one waits.
TEST_F(DeferredSemaphoreTest, GivesItsTokens) {
  DeferredSemaphore two(2);
  Acquired a = successResultOf(two.acquire());
  EXPECT_EQ(two.tokens(), 1u);
  Acquired b = successResultOf(two.acquire());
  EXPECT_EQ(two.tokens(), 0u);
  auto c = two.acquire();
  assertNoResult(c);
  EXPECT_EQ(two.waiting(), 1u);
  b.release();
  EXPECT_EQ(two.tokens(), 0u);
  EXPECT_TRUE(successResultOf(c));
  EXPECT_EQ(two.tokens(), 1u);
}

// Deferred 119: Releasing more than one has is an error.
TEST_F(DeferredSemaphoreTest, ReleasingTwiceIsAnError) {
  DeferredSemaphore two(2);
  Acquired a = successResultOf(two.acquire());
  a.release();
  EXPECT_THROW(a.release(), std::logic_error);
  EXPECT_EQ(two.tokens(), 2u);
}

// Deferred 119: First come, first served; who is cancelled leaves the line.
TEST_F(DeferredSemaphoreTest, ServesInOrder) {
  DeferredSemaphore two(2);
  std::vector<Acquired> held;
  std::string order;
  std::vector<Deferred<void>> all;
  for (char who : {'a', 'b', 'c', 'd', 'e'}) {
    all.push_back(two.acquire().addCallback([&, who](Acquired acquired) {
      order += who;
      held.push_back(std::move(acquired));
    }));
  }
  all[3].cancel();
  failureResultOf<CancelledError>(all[3]);
  held[1].release();
  EXPECT_EQ(order, "abc");
  held[0].release();
  EXPECT_EQ(order, "abce");
}

// Deferred 119: run() keeps at most so many under way.
TEST_F(DeferredSemaphoreTest, RunKeepsAtMostSoManyUnderWay) {
  DeferredSemaphore three(3);
  std::vector<Promise<void>> begun;
  std::vector<Deferred<void>> runs;
  for (int i = 0; i < 10; ++i) {
    runs.push_back(three.run([&] {
      begun.emplace_back();
      return begun.back().deferred();
    }));
  }
  for (std::size_t ended = 0; ended < 10; ++ended) {
    EXPECT_EQ(begun.size(), std::min<std::size_t>(ended + 3, 10));
    auto next = std::move(begun[ended]);
    ended % 2 ? next.callback() : next.errback(PoemError());
  }
  EXPECT_EQ(three.tokens(), 3u);
  for (std::size_t i = 0; i < 10; i += 2) failureResultOf<PoemError>(runs[i]);
}

// Deferred 119: run() that is cancelled, waiting or running, loses no token.
TEST_F(DeferredSemaphoreTest, CancelledRunsLoseNoToken) {
  DeferredSemaphore one(1);
  Promise<void> answer;
  auto running = one.run([&] { return answer.deferred(); });
  auto waiting = one.run([] {});
  waiting.cancel();
  running.cancel();
  failureResultOf<CancelledError>(waiting);
  failureResultOf<CancelledError>(running);
  EXPECT_EQ(one.tokens(), 1u);
}

TEST_F(DeferredSemaphoreTest, DestroyedItFailsThoseWhoWait) {
  std::optional<DeferredSemaphore> one(std::in_place, 1);
  Acquired held = successResultOf(one->acquire());
  auto first = one->acquire(), second = one->acquire();
  one.reset();
  failureResultOf<AbandonedError>(first);
  failureResultOf<AbandonedError>(second);
}

TEST_F(DeferredSemaphoreTest, WhoWaitsMayDestroyIt) {
  std::optional<DeferredSemaphore> one(std::in_place, 1);
  Acquired held = successResultOf(one->acquire());
  auto first = one->run([&] { one.reset(); });
  auto second = one->acquire();
  held.release();
  successResultOf(first);
  failureResultOf<AbandonedError>(second);
}

TEST_F(DeferredSemaphoreTest, TokensThatAreReleasedTogetherServeSeveral) {
  DeferredSemaphore three(3);
  std::vector<Acquired> held;
  for (int i = 0; i < 3; ++i) held.push_back(successResultOf(three.acquire()));
  int begun = 0;
  for (int i = 0; i < 100000; ++i) three.run([&] { ++begun; });
  held.clear();
  EXPECT_EQ(begun, 100000);
  EXPECT_EQ(three.tokens(), 3u);
}

}  // namespace
}  // namespace couplet
