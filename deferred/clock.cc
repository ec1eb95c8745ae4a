// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/clock.h>

#include <algorithm>
#include <utility>

#include <couplet/deferred/detail/timer.h>
#include <couplet/deferred/timer_queue.h>

namespace couplet {

namespace {

using detail::Timer;

/// The queue that the timer waits in, or null when the Clock is gone.
TimerQueue* queueOf(Timer* timer) {
  if (timer == nullptr || timer->state == Timer::State::kClockGone) return nullptr;
  if (timer->state == Timer::State::kCancelled) throw AlreadyCancelled();
  if (timer->state == Timer::State::kCalled) throw AlreadyCalled();
  return timer->queue;
}

}  // namespace

AlreadyCancelled::AlreadyCancelled() : std::logic_error("The delayed call was cancelled before.") {}

AlreadyCalled::AlreadyCalled() : std::logic_error("The delayed call has run already.") {}

DelayedCall::DelayedCall(Timer* timer) noexcept : timer_(timer) {}

DelayedCall::DelayedCall(const DelayedCall& other) noexcept : timer_(other.timer_) {
  if (timer_) ++timer_->references;
}

DelayedCall::DelayedCall(DelayedCall&& other) noexcept
    : timer_(std::exchange(other.timer_, nullptr)) {}

DelayedCall& DelayedCall::operator=(DelayedCall other) noexcept {
  std::swap(timer_, other.timer_);
  return *this;
}

DelayedCall::~DelayedCall() {
  if (timer_) TimerQueue::release(timer_);
}

void DelayedCall::cancel() {
  if (TimerQueue* queue = queueOf(timer_)) queue->cancel(*timer_);
}

void DelayedCall::reset(Duration fromNow) {
  if (fromNow < Duration::zero()) throw std::invalid_argument("a delay is not negative");
  if (TimerQueue* queue = queueOf(timer_)) queue->reschedule(*timer_, queue->timeAfter(fromNow));
}

void DelayedCall::delay(Duration later) {
  TimerQueue* queue = queueOf(timer_);
  if (queue == nullptr) return;
  TimePoint now = queue->timeAfter(Duration::zero());
  bool overflows = later > TimePoint::max() - timer_->time;
  queue->reschedule(*timer_, overflows ? TimePoint::max() : std::max(now, timer_->time + later));
}

bool DelayedCall::active() const noexcept {
  return timer_ != nullptr && timer_->state == Timer::State::kWaiting;
}

DelayedCall::TimePoint DelayedCall::getTime() const { return timer_->time; }

}  // namespace couplet
