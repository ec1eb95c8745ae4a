// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/cooperation.h>

#include <exception>
#include <utility>

#include <couplet/deferred/running_site.h>

namespace couplet::detail {

// A task

Deferred<void> CooperatingTask::whenDone(SourceLocation here) {
  if (result_) return result_->hasValue() ? succeed(here) : fail<void>(result_->failure(), here);
  std::erase_if(whenDone_, [](const Promise<void>& promise) { return !promise.pending(); });
  return whenDone_.emplace_back(here).deferred();
}

Deferred<void> CooperatingTask::whenDoneOrCancelled(SourceLocation here) {
  if (result_) return whenDone(here);
  auto cancel = [task = weak_from_this()] {
    auto self = task.lock();
    if (self && !self->ended()) self->complete(End::kStopped, Failure(CancelledError()));
  };
  return whenDone_.emplace_back(std::move(cancel), here).deferred();
}

void CooperatingTask::pause() {
  requireUnfinished();
  ++pauses_;
}

void CooperatingTask::resume() {
  requireUnfinished();
  if (pauses_ == 0) throw NotPaused();
  --pauses_;
  if (ready()) core_->putInLine(*this);
}

void CooperatingTask::stop() {
  requireUnfinished();
  complete(End::kStopped, Failure(TaskStopped()));
}

void CooperatingTask::schedulerStopped() {
  complete(End::kSchedulerStopped, Failure(SchedulerStopped()));
}

void CooperatingTask::takeStep() {
  const RunningSite site(made_, "task begun at");
  stepping_ = true;
  try {
    took(step_());
  } catch (...) {
    if (!std::current_exception()) throw;  // the end of the thread
    if (!ended()) complete(End::kFailed, Failure::current(made_));
  }
  stepping_ = false;
  if (ended()) step_ = nullptr;
}

void CooperatingTask::took(StepAnswer answer) {
  if (ended()) {  // from within
    if (answer.later) std::move(answer.later).discard();
  } else if (answer.later) {
    waitFor(std::move(answer.later));
  } else if (!answer.more) {
    complete(End::kDone, {});
  }
}

void CooperatingTask::waitFor(Deferred<bool> later) {
  waiting_ = true;
  Deferred<void> awaited = std::move(later).addCallbacks(
      [this](bool more) { goOn(more); },
      [this](const Failure& failure) { complete(End::kFailed, failure); }, made_);
  if (waiting_) awaited_ = std::move(awaited);
}

void CooperatingTask::goOn(bool more) {
  auto self = shared_from_this();
  waiting_ = false;
  awaited_ = Deferred<void>();
  if (!more) return complete(End::kDone, {});
  if (ready()) core_->putInLine(*this);
}

void CooperatingTask::complete(End end, Result<void> result) {
  auto self = shared_from_this();
  end_ = end;
  result_ = std::move(result);
  waiting_ = false;
  std::exchange(core_, nullptr)->forget(*this);
  if (Deferred<void> awaited = std::move(awaited_)) std::move(awaited).discard();
  if (!stepping_) step_ = nullptr;
  for (Promise<void>& promise : std::exchange(whenDone_, {})) {
    if (promise.pending()) promise.callback(*result_);
  }
}

void CooperatingTask::requireUnfinished() const {
  switch (end_) {
    case End::kNone:
      return;
    case End::kDone:
      throw TaskDone();
    case End::kFailed:
      throw TaskFailed();
    case End::kStopped:
      throw TaskStopped();
    case End::kSchedulerStopped:
      throw SchedulerStopped();
  }
}

// All of them

/// What the clock keeps.
struct CooperatorCore::Tick {
  std::shared_ptr<CooperatorCore> core;

  explicit Tick(std::shared_ptr<CooperatorCore> whose) noexcept : core(std::move(whose)) {}
  Tick(Tick&&) noexcept = default;
  ~Tick() {
    if (core) core->stop();  // the clock goes
  }

  void operator()() { std::exchange(core, nullptr)->takeSlice(); }
};

void CooperatorCore::add(std::shared_ptr<CooperatingTask> task) {
  task->core_ = this;
  task->place_ = tasks_.insert(tasks_.end(), task);
  stopped_ ? task->schedulerStopped() : putInLine(*task);
}

void CooperatorCore::putInLine(CooperatingTask& task) {
  if (std::exchange(task.inLine_, true)) return;
  line_.push_back(task.shared_from_this());
  schedule();
}

void CooperatorCore::forget(CooperatingTask& task) noexcept { tasks_.erase(task.place_); }

void CooperatorCore::start() {
  started_ = true;
  stopped_ = false;
  schedule();
}

void CooperatorCore::stop() {
  auto self = shared_from_this();
  started_ = false;
  stopped_ = true;
  line_.clear();
  const auto tasks = tasks_;  // whoever hears of it may begin others
  for (const auto& task : tasks) {
    if (!task->ended()) task->schedulerStopped();
  }
  if (started_) return;
  DelayedCall next = std::exchange(next_, DelayedCall());
  if (next.active()) next.cancel();
}

void CooperatorCore::takeSlice() {
  auto self = shared_from_this();
  inSlice_ = true;
  const Clock::TimePoint begun = time();
  while (started_ && !line_.empty()) {
    auto task = std::move(line_.front());
    line_.pop_front();
    task->inLine_ = false;
    if (!task->ready()) continue;
    task->takeStep();
    if (task->ready()) putInLine(*task);
    if (time() - begun >= options_.slice) break;
  }
  inSlice_ = false;
  schedule();
}

void CooperatorCore::schedule() {
  if (!started_ || inSlice_ || line_.empty() || next_.active()) return;
  next_ = clock_.callLater(Duration::zero(), Tick(shared_from_this()));
}

/// A reactor looks at the system's clock when it is asked for a call.
Clock::TimePoint CooperatorCore::time() {
  if (options_.time) return options_.time();
  clock_.callLater(Duration::zero(), [] {}).cancel();
  return clock_.now();
}

}  // namespace couplet::detail
