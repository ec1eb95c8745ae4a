// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/cooperator.h>

#include <utility>

#include <couplet/deferred/detail/cooperation.h>

namespace couplet {

NotPaused::NotPaused() : std::logic_error("the task is not paused") {}
SchedulerStopped::SchedulerStopped() : std::runtime_error("the Cooperator was stopped") {}
TaskDone::TaskDone() : TaskFinished("the task is done") {}
TaskFailed::TaskFailed() : TaskFinished("the task has failed") {}
TaskStopped::TaskStopped() : TaskFinished("the task was stopped") {}

CooperativeTask::CooperativeTask(std::shared_ptr<detail::CooperatingTask> task) noexcept
    : task_(std::move(task)) {}

Deferred<void> CooperativeTask::whenDone(SourceLocation here) const {
  return task_->whenDone(here);
}

void CooperativeTask::pause() const { task_->pause(); }

void CooperativeTask::resume() const { task_->resume(); }

void CooperativeTask::stop() const { task_->stop(); }

Cooperator::Cooperator(Clock& clock, CooperatorOptions options)
    : core_(std::make_shared<detail::CooperatorCore>(clock, std::move(options))) {}

Cooperator::~Cooperator() { core_->stop(); }

void Cooperator::start() { core_->start(); }

void Cooperator::stop() { core_->stop(); }

bool Cooperator::running() const noexcept { return core_->running(); }

CooperativeTask Cooperator::add(Step step, SourceLocation here) {
  auto task = std::make_shared<detail::CooperatingTask>(std::move(step), here);
  core_->add(task);
  return CooperativeTask(std::move(task));
}

Deferred<void> Cooperator::addAndWait(Step step, SourceLocation here) {
  CooperativeTask task = add(std::move(step), here);
  return task.task_->whenDoneOrCancelled(here);
}

}  // namespace couplet
