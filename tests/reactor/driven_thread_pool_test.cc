// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/driven_thread_pool.h>

#include <optional>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/reactor/testing/memory_reactor.h>
#include <couplet/reactor/threads.h>

#include "logged_errors.h"
#include "tests/deferred/support/lives.h"

namespace couplet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DrivenThreadPoolTest : public ::testing::Test {
 protected:
  MemoryReactor reactor;
  std::optional<DrivenThreadPool> pool{std::in_place, reactor};
};

TEST_F(DrivenThreadPoolTest, CallsWhenTheTestSaysSoAndAnswersInTheNextTurn) {
  bool called = false;
  auto answer = deferToThread(*pool, [&] { return called = true, 42; });
  reactor.start();
  reactor.flush();
  EXPECT_FALSE(called);
  EXPECT_TRUE(pool->callNext());
  EXPECT_TRUE(called);
  assertNoResult(answer);
  reactor.flush();
  EXPECT_EQ(successResultOf(answer), 42);
  EXPECT_FALSE(pool->callNext());
}

TEST_F(DrivenThreadPoolTest, HasAQueueAndNoWorkers) {
  pool->callInThread([this] {
    EXPECT_EQ(pool->statistics(), (ThreadPoolStatistics{.queued = 1}));
    throw PoemError();
  });
  pool->callInThread([] {});
  EXPECT_EQ(pool->statistics().queued, 2u);
  LoggedErrors errors;
  EXPECT_TRUE(pool->callNext());
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no poem")));
}

TEST_F(DrivenThreadPoolTest, CancelledBetweenTheCallAndItsAnswerTheAnswerIsDropped) {
  int alive = 0;
  auto answer = deferToThread(*pool, [&] { return Counted(alive); });
  pool->callNext();
  EXPECT_EQ(alive, 1);
  answer.cancel();
  reactor.flush();
  EXPECT_EQ(alive, 0);
  failureResultOf<CancelledError>(answer);
}

TEST_F(DrivenThreadPoolTest, AtTheEndWhatWasCalledIsAnsweredAndTheRestFails) {
  auto first = deferToThread(*pool, [] { return 1; });
  auto second = deferToThread(*pool, [] { return 2; });
  pool->callNext();
  pool.reset();
  EXPECT_EQ(successResultOf(first), 1);
  failureResultOf<ThreadPoolStopped>(second);
}

TEST_F(DrivenThreadPoolTest, StopsWithItsReactor) {
  auto waiting = deferToThread(*pool, [] { ADD_FAILURE() << "called"; });
  reactor.callWhenRunning([this] { reactor.stop(); });
  reactor.run();
  EXPECT_FALSE(pool->callNext());
  failureResultOf<ThreadPoolStopped>(waiting);
  EXPECT_THROW(pool->callInThread([] {}), ThreadPoolStopped);
}

}  // namespace
}  // namespace couplet::testing
