// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/running_work.h>

#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "support/lives.h"
#include "support/reporting_test.h"
#include "tests/reactor/fault_memory.h"

namespace couplet {
namespace {

using testing::AtEnd;
using testing::Counted;
using testing::PoemError;

class RunningWorkTest : public testing::ReportingTest {
 protected:
  /// A piece of work that waits until `promise` fires, and counts in `alive`.
  Deferred<void> waitFor(Promise<void>& promise) {
    Counted counted(alive);
    co_await promise.deferred();
  }

  int alive = 0;
  Promise<void> first;
  Promise<void> second;
  std::unique_ptr<RunningWork> work = std::make_unique<RunningWork>();
};

TEST_F(RunningWorkTest, KeepsWorkUntilItEnds) {
  work->add(waitFor(first));
  work->add(waitFor(second));
  EXPECT_EQ(work->size(), 2u);
  first.callback();
  EXPECT_EQ(work->size(), 1u);
  EXPECT_EQ(alive, 1);
  second.callback();
  EXPECT_TRUE(work->empty());
}

TEST_F(RunningWorkTest, WorkThatHasEndedIsNotKept) {
  work->add(succeed());
  EXPECT_TRUE(work->empty());
}

TEST_F(RunningWorkTest, DiscardsWhatRunsWhenItDies) {
  work->add(waitFor(first));
  work->add(waitFor(second));
  work.reset();
  EXPECT_EQ(alive, 0);
}

TEST_F(RunningWorkTest, ReportsAFailureAndGoesOn) {
  work->add(waitFor(first));
  work->add(waitFor(second));
  first.errback(PoemError());
  EXPECT_EQ(takeReported(), "no poem;");
  EXPECT_EQ(work->size(), 1u);
}

TEST_F(RunningWorkTest, ReportsAFailureThatWasThereAlready) {
  work->add(fail<void>(PoemError()));
  EXPECT_EQ(takeReported(), "no poem;");
  EXPECT_TRUE(work->empty());
}

TEST_F(RunningWorkTest, TakesWorkAfterADiscard) {
  work->add(waitFor(first));
  work->discard();
  EXPECT_TRUE(work->empty());
  work->add(waitFor(second));
  EXPECT_EQ(work->size(), 1u);
}

TEST_F(RunningWorkTest, WorkMayAddWork) {
  work->add(first.deferred().addCallback([&] { work->add(waitFor(second)); }));
  first.callback();
  EXPECT_EQ(work->size(), 1u);
}

TEST_F(RunningWorkTest, WorkMayDestroyItsOwner) {
  work->add(waitFor(second));
  work->add(first.deferred().addCallback([&] { work.reset(); }));
  first.callback();
  EXPECT_EQ(alive, 0);
}

TEST_F(RunningWorkTest, ACoroutineThatDestroysItsOwnerEndsAtItsNextAwait) {
  bool wentOn = false;
  auto coroutine = [&]() -> Deferred<void> {
    Counted counted(alive);
    co_await first.deferred();
    work.reset();
    wentOn = true;
    co_await second.deferred();
    ADD_FAILURE() << "it goes on after the await";
  };
  work->add(coroutine());
  first.callback();
  EXPECT_TRUE(wentOn);
  EXPECT_EQ(alive, 0);
}

TEST_F(RunningWorkTest, WhatADiscardAddsIsDiscardedToo) {
  auto coroutine = [&]() -> Deferred<void> {
    AtEnd addsMore([&] { work->add(waitFor(second)); });
    co_await first.deferred();
  };
  work->add(coroutine());
  work->discard();
  EXPECT_EQ(alive, 0);
  EXPECT_TRUE(work->empty());
}

TEST_F(RunningWorkTest, AnEmptyDeferredIsAnError) {
  EXPECT_THROW(work->add(Deferred<void>()), std::logic_error);
  EXPECT_TRUE(work->empty());
}

/// Work with so many steps before it is added; each allocation of adding it fails in turn.
class RunningWorkMemoryTest : public ::testing::TestWithParam<int> {
 protected:
  static Deferred<void> withSteps(Promise<void>& promise) {
    Deferred<void> work = promise.deferred();
    for (int i = 0; i < GetParam(); ++i) work.addCallback([] {});
    return work;
  }

  /// True when memory ran out.
  static bool runsOut(RunningWork& work, Deferred<void> piece, long nth) {
    failAllocations(nth, 1);
    try {
      work.add(std::move(piece));
    } catch (const std::bad_alloc&) {
      return endShortage();
    }
    endShortage();
    return false;
  }

  /// Returns how often memory ran out.
  static int sweep() {
    for (int nth = 0;; ++nth) {
      Promise<void> refused;
      RunningWork work;
      if (!runsOut(work, withSteps(refused), nth)) return nth;
      EXPECT_TRUE(work.empty());
      EXPECT_FALSE(refused.pending());
    }
  }
};

TEST_P(RunningWorkMemoryTest, WhatCannotBeKeptIsDiscardedAndTakesNoPlace) {
  int shortages = 0;
  std::thread thread([&] { shortages = sweep(); });  // whose pool of blocks is empty
  thread.join();
  EXPECT_GT(shortages, 0);
  RecordProperty("shortages", shortages);
}

INSTANTIATE_TEST_SUITE_P(Steps, RunningWorkMemoryTest, ::testing::Range(0, 12));

}  // namespace
}  // namespace couplet
