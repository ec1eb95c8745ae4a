// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Long work in small steps, between which the reactor serves the others. Twisted's task.Cooperator.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet {

/// `resume` of a task that is not paused.
class NotPaused : public std::logic_error {
 public:
  NotPaused();
};

/// The Cooperator was stopped, or has gone: its tasks fail with this, and so do those it is given.
class SchedulerStopped : public std::runtime_error {
 public:
  SchedulerStopped();
};

/// `pause`, `resume` or `stop` of a task that has ended; which way, the derived types say.
class TaskFinished : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Its work was done.
class TaskDone : public TaskFinished {
 public:
  TaskDone();
};

/// A step failed.
class TaskFailed : public TaskFinished {
 public:
  TaskFailed();
};

/// It was stopped; what its `whenDone` fails with as well.
class TaskStopped : public TaskFinished {
 public:
  TaskStopped();
};

namespace detail {

class CooperatingTask;
class CooperatorCore;

/// What a step answers: whether there is more, or `later`, which will say so.
struct StepAnswer {
  bool more;
  Deferred<bool> later;  // empty where `more` holds
};

template <class F, bool = kTakesValue<F, void>>
inline constexpr bool kIsStep = false;
template <class F>
inline constexpr bool kIsStep<F, true> = std::is_same_v<AnswerToValue<F, void>, bool> ||
                                         std::is_same_v<AnswerToValue<F, void>, Deferred<bool>>;

}  // namespace detail

/// A handle on work that a Cooperator does. Copies mean the same task. The task lives without it.
class CooperativeTask {
 public:
  /// Fires when the work is done. Fails with what a step failed with, with TaskStopped, or with
  /// SchedulerStopped. May be called any number of times, also after that; cancelling one of these
  /// Deferreds does not touch the task.
  Deferred<void> whenDone(SourceLocation here = SourceLocation::current()) const;

  /// No further step until `resume` was called as often. TaskFinished when it has ended.
  void pause() const;
  /// NotPaused without a pause before; TaskFinished when it has ended.
  void resume() const;

  /// No further step; a Deferred that it waits for is discarded, and the work destroyed: when the
  /// step that does this has returned. TaskFinished when it has ended.
  void stop() const;

 private:
  friend class Cooperator;
  explicit CooperativeTask(std::shared_ptr<detail::CooperatingTask> task) noexcept;

  std::shared_ptr<detail::CooperatingTask> task_;
};

/// How a Cooperator shares the time.
struct CooperatorOptions {
  /// Steps are taken for so long, at least one, then the reactor has its turn. Short enough that
  /// nobody who waits for an answer notices it.
  Duration slice = std::chrono::milliseconds(10);
  /// A steady time to measure slices by, without exceptions. By default that of the clock, which a
  /// reactor brings up to date with each tick of the system's (some 4 ms).
  Callable<Clock::TimePoint()> time = {};
  bool started = true;  ///< whether it takes steps before `start`
};

/// Does the work of many tasks in steps, in turns:
///
///     Cooperator cooperator(reactor);
///     cooperator.coiterate([&] {
///       index(documents[next++]);
///       return next < documents.size();  // whether there is more
///     });
///
/// The work is a callable, called without arguments, that does a small step and answers whether
/// there is more: a bool, or a Deferred<bool>, which is waited for while other tasks go on; so it
/// may be a coroutine. The first step is taken from the reactor. A step that throws ends its task
/// only.
///
/// Under a clock that stands still while calls are made (testing::FakeClock) a slice ends with the
/// work. Belongs to the thread of its clock. A step may destroy it.
class Cooperator {
 public:
  /// Stops when `clock` is destroyed before a slice that is due; after that it must not be used.
  explicit Cooperator(Clock& clock, CooperatorOptions options = {});
  Cooperator(const Cooperator&) = delete;
  Cooperator& operator=(const Cooperator&) = delete;
  /// As `stop`.
  ~Cooperator();

  /// Begins a task with this work.
  template <class F>
  CooperativeTask cooperate(F step, SourceLocation here = SourceLocation::current());

  /// The same for who only wants to know the end. Cancelling or discarding the Deferred stops the
  /// task; dropping it does not.
  template <class F>
  Deferred<void> coiterate(F step, SourceLocation here = SourceLocation::current());

  /// Takes steps; for one that was made with `started = false`, or was stopped.
  void start();
  /// Ends all tasks, also those that are paused or wait, with SchedulerStopped.
  void stop();
  bool running() const noexcept;

 private:
  using Step = Callable<detail::StepAnswer()>;

  template <class F>
  static Step stepOf(F step);
  CooperativeTask add(Step step, SourceLocation here);
  Deferred<void> addAndWait(Step step, SourceLocation here);

  std::shared_ptr<detail::CooperatorCore> core_;
};

template <class F>
Cooperator::Step Cooperator::stepOf(F step) {
  constexpr bool kFits = detail::kIsStep<F>;
  static_assert(kFits,
                "couplet: a step of a Cooperator is called without arguments and answers whether "
                "there is more: a bool or a Deferred<bool>");
  if constexpr (kFits) {
    return [step = std::move(step)]() mutable -> detail::StepAnswer {
      if constexpr (detail::kIsDeferred<detail::AnswerToValue<F, void>>) {
        return {false, step()};
      } else {
        return {step(), {}};
      }
    };
  }
  return {};
}

template <class F>
CooperativeTask Cooperator::cooperate(F step, SourceLocation here) {
  return add(stepOf(std::move(step)), here);
}

template <class F>
Deferred<void> Cooperator::coiterate(F step, SourceLocation here) {
  return addAndWait(stepOf(std::move(step)), here);
}

}  // namespace couplet
#pragma GCC visibility pop
