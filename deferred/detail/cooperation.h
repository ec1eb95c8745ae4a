// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The tasks of a Cooperator, and who has the next step.
#pragma once

#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include <couplet/deferred/cooperator.h>

namespace couplet::detail {

/// Work until it has ended. Kept by its Cooperator until then, by its handles, and by itself in a
/// step.
class CooperatingTask : public std::enable_shared_from_this<CooperatingTask> {
 public:
  CooperatingTask(Callable<StepAnswer()> step, SourceLocation made)
      : step_(std::move(step)), made_(made) {}

  // As of CooperativeTask.
  Deferred<void> whenDone(SourceLocation here);
  void pause();
  void resume();
  void stop();

  /// Ends with this Deferred, whose canceller ends it.
  Deferred<void> whenDoneOrCancelled(SourceLocation here);

  // For the Cooperator.
  void takeStep();
  void schedulerStopped();
  /// Whether it has a step to take.
  bool ready() const noexcept { return !ended() && !waiting_ && pauses_ == 0; }
  bool ended() const noexcept { return end_ != End::kNone; }

 private:
  friend class CooperatorCore;
  enum class End { kNone, kDone, kFailed, kStopped, kSchedulerStopped };

  void took(StepAnswer answer);
  void waitFor(Deferred<bool> later);
  void goOn(bool more);
  void complete(End end, Result<void> result);
  void requireUnfinished() const;

  Callable<StepAnswer()> step_;
  SourceLocation made_;
  CooperatorCore* core_ = nullptr;                               // until it has ended
  std::list<std::shared_ptr<CooperatingTask>>::iterator place_;  // in the core's list, if core_
  bool inLine_ = false;                                          // of the core
  bool stepping_ = false;                                        // the step is on the stack
  bool waiting_ = false;                                         // for awaited_
  std::size_t pauses_ = 0;
  Deferred<void> awaited_;
  End end_ = End::kNone;
  std::optional<Result<void>> result_;  // when it has ended
  std::vector<Promise<void>> whenDone_;
};

/// What a Cooperator does. Lives as long as that, or a slice.
class CooperatorCore : public std::enable_shared_from_this<CooperatorCore> {
 public:
  CooperatorCore(Clock& clock, CooperatorOptions options)
      : clock_(clock), options_(std::move(options)), started_(options_.started) {}

  void add(std::shared_ptr<CooperatingTask> task);
  /// The task may be ready again.
  void putInLine(CooperatingTask& task);
  void forget(CooperatingTask& task) noexcept;

  void start();
  void stop();
  bool running() const noexcept { return started_; }

 private:
  struct Tick;

  void takeSlice();
  void schedule();
  Clock::TimePoint time();

  Clock& clock_;
  CooperatorOptions options_;
  std::list<std::shared_ptr<CooperatingTask>> tasks_;  // that have not ended
  std::deque<std::shared_ptr<CooperatingTask>> line_;  // those that were ready
  DelayedCall next_;
  bool started_;
  bool stopped_ = false;
  bool inSlice_ = false;
};

}  // namespace couplet::detail
