// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/cooperator.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>

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

class CooperatorTest : public testing::ReportingTest {
 protected:
  /// Work of so many steps, each of which says its name and takes 4 ms.
  std::function<bool()> work(std::string name, int steps) {
    return [this, name, steps]() mutable {
      said += name;
      time += 4ms;
      return --steps > 0;
    };
  }
  void runAll() { clock.advance(0s); }

  std::string said;
  Clock::TimePoint time{};
  testing::FakeClock clock;
  std::unique_ptr<Cooperator> cooperator =
      std::make_unique<Cooperator>(clock, CooperatorOptions{.time = [this] { return time; }});
};

TEST_F(CooperatorTest, TakesStepsFromTheClockUntilThereAreNoMore) {
  auto done = cooperator->coiterate(work("a", 3));
  EXPECT_EQ(said, "");
  assertNoResult(done);
  runAll();
  EXPECT_EQ(said, "aaa");
  successResultOf(done);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(CooperatorTest, TasksTakeTurns) {
  cooperator->coiterate(work("a", 3));
  cooperator->coiterate(work("b", 1));
  cooperator->coiterate(work("c", 2));
  runAll();
  EXPECT_EQ(said, "abcaca");
}

TEST_F(CooperatorTest, ASliceOf10MillisecondsThenTheOthers) {
  cooperator->coiterate(work("a", 7));
  for (int i = 0; i < 2; ++i) {
    clock.callLater(0s, [this] {
      said += " ";
      clock.callLater(0s, [this] { said += " "; });
    });
  }
  runAll();
  EXPECT_EQ(said, "aaa  aaa  a");
}

TEST_F(CooperatorTest, ASliceHasAtLeastOneStep) {
  Cooperator slow(clock, {.slice = 0s, .time = [this] { return time; }});
  slow.coiterate(work("a", 2));
  clock.callLater(0s, [this] { said += " "; });
  runAll();
  EXPECT_EQ(said, "a a");
}

/// Its time goes on when it is asked for a call, as that of a reactor in a turn that takes long.
class TickingClock : public Clock {
 public:
  TimePoint now() const override { return now_; }
  DelayedCall callLater(Duration delay, Callable<void()> call, SourceLocation here) override {
    now_ += 4ms;
    return calls.callLater(delay, std::move(call), here);
  }

  testing::FakeClock calls;

 private:
  TimePoint now_{};
};

TEST_F(CooperatorTest, ByDefaultAsksTheClockForTheTime) {
  TickingClock ticking;
  Cooperator byTheClock(ticking);
  byTheClock.coiterate([this, steps = 4]() mutable { return said += "a", --steps > 0; });
  ticking.calls.callLater(0s, [this] { said += " "; });
  ticking.calls.advance(0s);
  EXPECT_EQ(said, "aaa a");
}

TEST_F(CooperatorTest, WaitsForADeferredWhileOthersGoOn) {
  std::optional<Promise<bool>> more;
  int steps = 0;
  auto done = cooperator->coiterate([&] { return ++steps, more.emplace().deferred(); });
  cooperator->coiterate(work("b", 2));
  runAll();
  EXPECT_EQ(steps, 1);
  EXPECT_EQ(said, "bb");
  more->callback(true);
  EXPECT_EQ(steps, 1);
  runAll();
  EXPECT_EQ(steps, 2);
  assertNoResult(done);
  more->callback(false);
  successResultOf(done);
}

TEST_F(CooperatorTest, AStepMayBeACoroutineWhoseCapturesLive) {
  Promise<void> first;
  auto done = cooperator->coiterate([&, word = std::string("late")]() -> Deferred<bool> {
    co_await first.deferred();
    said += word;
    co_return false;
  });
  runAll();
  first.callback();
  successResultOf(done);
  EXPECT_EQ(said, "late");
}

TEST_F(CooperatorTest, AMillionStepsWithFiredDeferredsTakeNoStack) {
  int steps = 0;
  auto done = cooperator->coiterate([&] { return succeed(++steps < 1'000'000); });
  runAll();
  successResultOf(done);
  EXPECT_EQ(steps, 1'000'000);
}

TEST_F(CooperatorTest, AStepThatThrowsEndsItsTaskOnly) {
  auto failed = cooperator->coiterate([]() -> bool { throw PoemError(); });
  auto later = cooperator->coiterate([] { return fail<bool>(PoemError("later")); });
  auto done = cooperator->coiterate(work("b", 2));
  runAll();
  EXPECT_EQ(failureResultOf<PoemError>(failed).message(), "no poem");
  EXPECT_EQ(failureResultOf<PoemError>(later).message(), "later");
  successResultOf(done);
}

TEST_F(CooperatorTest, AFailureIsReportedWhereNobodyListens) {
  cooperator->coiterate([]() -> bool { throw PoemError(); });
  runAll();
  EXPECT_EQ(takeReported(), "no poem;");
}

TEST_F(CooperatorTest, WhenDoneFiresForEachWhoAsks) {
  CooperativeTask task = cooperator->cooperate(work("a", 2));
  auto first = task.whenDone();
  auto second = task.whenDone();
  runAll();
  successResultOf(first);
  successResultOf(second);
  successResultOf(task.whenDone());
}

TEST_F(CooperatorTest, WhenDoneFailsForEachWhoAsks) {
  CooperativeTask task = cooperator->cooperate([]() -> bool { throw PoemError(); });
  auto before = task.whenDone();
  runAll();
  failureResultOf<PoemError>(before);
  failureResultOf<PoemError>(task.whenDone());
}

TEST_F(CooperatorTest, CancellingOneWhenDoneTouchesNobodyElse) {
  CooperativeTask task = cooperator->cooperate(work("a", 2));
  auto first = task.whenDone();
  auto second = task.whenDone();
  first.cancel();
  failureResultOf<CancelledError>(first);
  runAll();
  successResultOf(second);
}

TEST_F(CooperatorTest, PauseHoldsATaskUntilItWasResumedAsOften) {
  CooperativeTask task = cooperator->cooperate(work("a", 2));
  task.pause();
  task.pause();
  runAll();
  task.resume();
  runAll();
  EXPECT_EQ(said, "");
  task.resume();
  runAll();
  EXPECT_EQ(said, "aa");
}

TEST_F(CooperatorTest, ResumingATaskThatWaitsDoesNotEndItsWaiting) {
  Promise<bool> more;
  int steps = 0;
  CooperativeTask task = cooperator->cooperate([&] { return ++steps, more.deferred(); });
  runAll();
  task.pause();
  task.resume();
  runAll();
  EXPECT_EQ(steps, 1);
  task.pause();
  more.callback(false);
  successResultOf(task.whenDone());
}

TEST_F(CooperatorTest, ResumeWithoutAPauseIsAnError) {
  EXPECT_THROW(cooperator->cooperate(work("a", 1)).resume(), NotPaused);
}

TEST_F(CooperatorTest, AStepMayPauseItsTask) {
  std::optional<CooperativeTask> task;
  int steps = 0;
  task = cooperator->cooperate([&] { return task->pause(), ++steps < 2; });
  runAll();
  EXPECT_EQ(steps, 1);
  task->resume();
  runAll();
  EXPECT_EQ(steps, 2);
}

TEST_F(CooperatorTest, StopEndsATaskWithTaskStopped) {
  int alive = 0;
  CooperativeTask task = cooperator->cooperate([counted = Counted(alive)] { return true; });
  auto done = task.whenDone();
  task.stop();
  EXPECT_EQ(alive, 0);
  failureResultOf<TaskStopped>(done);
  runAll();
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(CooperatorTest, StopDiscardsWhatTheTaskWaitsFor) {
  int alive = 0;
  Promise<void> never;
  CooperativeTask task = cooperator->cooperate([&]() -> Deferred<bool> {
    Counted counted(alive);
    co_await never.deferred();
    co_return false;
  });
  runAll();
  EXPECT_EQ(alive, 1);
  task.stop();
  EXPECT_EQ(alive, 0);
}

TEST_F(CooperatorTest, AStepMayStopItsTask) {
  int alive = 0;
  Promise<bool> never;
  std::optional<CooperativeTask> task;
  bool lived = false;
  task = cooperator->cooperate([&, counted = Counted(alive)] {
    task->stop();
    lived = alive == 1;
    return never.deferred();
  });
  auto done = task->whenDone();
  runAll();
  EXPECT_TRUE(lived);
  EXPECT_EQ(alive, 0);
  failureResultOf<TaskStopped>(done);
}

TEST_F(CooperatorTest, WhoHasEndedSaysHow) {
  CooperativeTask done = cooperator->cooperate(work("a", 1));
  CooperativeTask failed = cooperator->cooperate([]() -> bool { throw PoemError(); });
  CooperativeTask stopped = cooperator->cooperate(work("a", 1));
  stopped.stop();
  runAll();
  EXPECT_THROW(done.pause(), TaskDone);
  EXPECT_THROW(done.stop(), TaskDone);
  EXPECT_THROW(failed.resume(), TaskFailed);
  EXPECT_THROW(stopped.stop(), TaskStopped);
}

TEST_F(CooperatorTest, CancellingCoiterateStopsTheTask) {
  int alive = 0;
  bool cancelled = false;
  Promise<bool> answer([&] { cancelled = true; });
  auto done = cooperator->coiterate([&, counted = Counted(alive)] { return answer.deferred(); });
  runAll();
  done.cancel();
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(alive, 0);
  failureResultOf<CancelledError>(done);
}

TEST_F(CooperatorTest, DiscardingCoiterateStopsTheTask) {
  int alive = 0;
  auto done = cooperator->coiterate([counted = Counted(alive)] { return true; });
  std::move(done).discard();
  EXPECT_EQ(alive, 0);
  runAll();
}

TEST_F(CooperatorTest, DroppedATaskGoesOn) {
  cooperator->cooperate(work("a", 2));
  cooperator->coiterate(work("b", 2));
  runAll();
  EXPECT_EQ(said, "abab");
}

TEST_F(CooperatorTest, StopEndsAllTasksAlsoThoseThatArePausedOrWait) {
  int alive = 0;
  Promise<bool> never;
  auto ready = cooperator->coiterate([c = Counted(alive)] { return true; });
  CooperativeTask paused = cooperator->cooperate([c = Counted(alive)] { return true; });
  auto pausedDone = paused.whenDone();
  paused.pause();
  auto waiting = cooperator->coiterate([&, c = Counted(alive)] { return never.deferred(); });
  clock.callLater(0s, [&] { cooperator->stop(); });
  cooperator->cooperate([&] { return cooperator->stop(), true; });
  runAll();
  EXPECT_FALSE(cooperator->running());
  EXPECT_EQ(alive, 0);
  failureResultOf<SchedulerStopped>(ready);
  failureResultOf<SchedulerStopped>(pausedDone);
  failureResultOf<SchedulerStopped>(waiting);
  EXPECT_THROW(paused.resume(), SchedulerStopped);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(CooperatorTest, WhatAStoppedOneIsGivenFails) {
  cooperator->stop();
  failureResultOf<SchedulerStopped>(cooperator->coiterate(work("a", 1)));
  cooperator->start();
  cooperator->coiterate(work("b", 1));
  runAll();
  EXPECT_EQ(said, "b");
}

TEST_F(CooperatorTest, MayBeStartedLater) {
  Cooperator idle(clock, {.started = false});
  auto done = idle.coiterate(work("a", 2));
  EXPECT_FALSE(idle.running());
  runAll();
  EXPECT_EQ(said, "");
  idle.start();
  runAll();
  successResultOf(done);
}

TEST_F(CooperatorTest, DestroyingItEndsItsTasks) {
  int alive = 0;
  auto done = cooperator->coiterate([c = Counted(alive)] { return true; });
  CooperativeTask task = cooperator->cooperate([c = Counted(alive)] { return true; });
  cooperator.reset();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(clock.delayedCalls(), 0u);
  failureResultOf<SchedulerStopped>(done);
  EXPECT_THROW(task.pause(), SchedulerStopped);
}

TEST_F(CooperatorTest, AStepMayDestroyIt) {
  int alive = 0;
  bool lived = false;
  auto done = cooperator->coiterate([&, c = Counted(alive)] {
    cooperator.reset();
    lived = alive == 1;
    return true;
  });
  runAll();
  EXPECT_TRUE(lived);
  EXPECT_EQ(alive, 0);
  failureResultOf<SchedulerStopped>(done);
}

TEST_F(CooperatorTest, StopsWhenTheClockGoes) {
  std::optional<testing::FakeClock> shortLived(std::in_place);
  Cooperator orphan(*shortLived);
  auto done = orphan.coiterate(work("a", 1));
  shortLived.reset();
  failureResultOf<SchedulerStopped>(done);
}

TEST_F(CooperatorTest, ACoroutineThatAwaitsATaskEndsWithTheClock) {
  int alive = 0;
  {
    testing::FakeClock shortLived;
    [](Clock& clock, int& alive) -> Deferred<void> {
      Counted counted(alive);
      Cooperator local(clock);
      co_await local.coiterate([] { return true; });
    }(shortLived, alive)
                                        .addErrback([](const Failure& failure) {
                                          failure.trap<SchedulerStopped>();
                                        });
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST_F(CooperatorTest, MayBeStartedAgainByWhoHearsThatItWasStopped) {
  cooperator->coiterate(work("a", 1)).addErrback([this](const Failure&) {
    cooperator->start();
    cooperator->coiterate(work("b", 1));
  });
  auto other = cooperator->coiterate(work("c", 1));
  cooperator->stop();
  failureResultOf<SchedulerStopped>(other);
  runAll();
  EXPECT_EQ(said, "b");
}

TEST_F(CooperatorTest, AStepMayBeginATask) {
  cooperator->cooperate([this] {
    cooperator->cooperate(work("b", 1));
    said += "a";
    return false;
  });
  runAll();
  EXPECT_EQ(said, "ab");
}

}  // namespace
}  // namespace couplet
