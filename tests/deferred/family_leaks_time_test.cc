// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Those that a clock drives.
#include <chrono>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/cooperator.h>
#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/looping_call.h>
#include <couplet/deferred/testing/fake_clock.h>

#include "tests/deferred/support/leak_test.h"

namespace couplet::testing {
namespace {

using namespace std::chrono_literals;

class Timed : public SituationOfWork {
 public:
  /// Time first, then the work.
  void finish() override {
    clock_->advance(1s);
    SituationOfWork::finish();
    clock_->advance(1s);
  }
  void abandon() override {
    SituationOfWork::abandon();
    clock_.reset();
  }
  /// No timer is left behind.
  void letGo() override {
    if (clock_) {
      EXPECT_EQ(clock_->delayedCalls(), 0u);
    }
  }

 protected:
  FakeClock& clock() { return *clock_; }
  /// Destroys it.
  void loseClock() { clock_.reset(); }
  /// Finishes the work, without time.
  void finishWork() { SituationOfWork::finish(); }

 private:
  std::optional<FakeClock> clock_{std::in_place};
};

class DeferredLater : public Timed {
 public:
  Deferred<void> begin() override {
    return deferLater(clock(), 1s, [this, counted = Counted(alive)] { return work(); })
        .addBoth(taken());
  }
};

class DeferredLaterAndRunning : public DeferredLater {
 public:
  Deferred<void> begin() override {
    Deferred<void> whole = DeferredLater::begin();
    clock().advance(1s);
    return whole;
  }
};

INSTANTIATE_TEST_SUITE_P(DeferLater, LeakTest,
                         ::testing::Values(leakCase<DeferredLater>("ThatWaits"),
                                           leakCase<DeferredLaterAndRunning>("ThatRuns")),
                         nameOfLeakCase);

class InTime : public Timed {
 public:
  Deferred<void> begin() override { return work().addTimeout(1s, clock()).addBoth(taken()); }
  void finish() override { finishWork(); }
};

class TimedOut : public InTime {
 public:
  void finish() override { clock().advance(1s); }
};

class TimedOutWithAnAnswer : public TimedOut {
 public:
  Deferred<void> begin() override {
    auto answer = [counted = Counted(alive)](Result<Counted>, Duration) { return counted; };
    return work().addTimeout(1s, clock(), answer).addBoth(taken());
  }
};

class WithoutItsClock : public InTime {
 public:
  Deferred<void> begin() override {
    Deferred<void> whole = InTime::begin();
    loseClock();
    return whole;
  }
};

INSTANTIATE_TEST_SUITE_P(AddTimeout, LeakTest,
                         ::testing::Values(leakCase<InTime>("InTime"),
                                           leakCase<TimedOut>("TimedOut"),
                                           leakCase<TimedOutWithAnAnswer>("OnTimeoutCancel"),
                                           leakCase<WithoutItsClock>("WithoutItsClock")),
                         nameOfLeakCase);

/// A loop whose call is under way.
class LoopingAtWork : public Timed {
 public:
  Deferred<void> begin() override {
    loop_.emplace(clock(), [this, counted = Counted(alive)] { return work(); });
    return loop_->start(1s).addBoth(taken());
  }
  void finish() override {
    if (loop_->running()) loop_->stop();
    finishWork();
  }
  void letGo() override {
    Timed::letGo();
    loop_.reset();
  }

 protected:
  std::optional<LoopingCall> loop_;
};

/// One that waits for the next time.
class LoopingBetweenCalls : public LoopingAtWork {
 public:
  Deferred<void> begin() override {
    loop_.emplace(clock(), [counted = Counted(alive)] {});
    return loop_->start(1s).addBoth(taken());
  }
};

/// One that goes.
class LoopingDestroyed : public LoopingAtWork {
 public:
  void abandon() override { loop_.reset(); }
};

INSTANTIATE_TEST_SUITE_P(LoopingCall, LeakTest,
                         ::testing::Values(leakCase<LoopingAtWork>("AtWork"),
                                           leakCase<LoopingBetweenCalls>("BetweenCalls"),
                                           leakCase<LoopingDestroyed>("Destroyed")),
                         nameOfLeakCase);

/// A task that waits in its step.
class Coiterating : public Timed {
 public:
  auto step() {
    return [this, counted = Counted(alive)]() -> Deferred<bool> {
      return work().addCallback([](const Counted&) { return false; });
    };
  }

  Deferred<void> begin() override {
    Deferred<void> whole = cooperator_->coiterate(step()).addBoth(taken());
    clock().advance(0s);
    return whole;
  }
  void letGo() override {
    cooperator_.reset();
    Timed::letGo();
  }

 protected:
  std::optional<Cooperator> cooperator_{std::in_place, clock()};
};

/// One whose step waits for its turn.
class CoiteratingBetweenSteps : public Coiterating {
 public:
  Deferred<void> begin() override {
    return cooperator_->coiterate([counted = Counted(alive)] { return false; }).addBoth(taken());
  }
};

/// One whose Cooperator goes.
class CoiteratingDestroyed : public Coiterating {
 public:
  void abandon() override { cooperator_.reset(); }
};

/// A task that is known by its handle, which alone stops it.
class Cooperating : public Coiterating {
 public:
  Deferred<void> begin() override {
    task_ = cooperator_->cooperate(step());
    clock().advance(0s);
    return task_->whenDone().addBoth(taken());
  }
  void cancel(Deferred<void>&) override { task_->stop(); }
  void discard(Deferred<void> whole) override {
    std::move(whole).discard();
    task_->stop();
  }
  void letGo() override {
    task_.reset();
    Coiterating::letGo();
  }

 protected:
  std::optional<CooperativeTask> task_;
};

class CooperatingPaused : public Cooperating {
 public:
  Deferred<void> begin() override {
    Deferred<void> whole = Cooperating::begin();
    task_->pause();
    return whole;
  }
  void finish() override {
    task_->resume();
    Cooperating::finish();
  }
  void abandon() override { cooperator_.reset(); }
};

INSTANTIATE_TEST_SUITE_P(
    Cooperator, LeakTest,
    ::testing::Values(leakCase<Coiterating>("Coiterate"),
                      leakCase<CoiteratingBetweenSteps>("CoiterateBetweenSteps"),
                      leakCase<CoiteratingDestroyed>("CoiterateDestroyed"),
                      leakCase<Cooperating>("Cooperate"),
                      leakCase<CooperatingPaused>("CooperatePaused")),
    nameOfLeakCase);

}  // namespace
}  // namespace couplet::testing
