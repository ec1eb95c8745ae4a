// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/testing/fake_clock.h>

#include <stdexcept>
#include <utility>

#include <couplet/deferred/thread_stamp.h>
#include <couplet/deferred/timer_queue.h>

namespace couplet::testing {

FakeClock::FakeClock() : timers_(std::make_unique<TimerQueue>(*this)) {
  ThreadStamp::tellTime(now_);
}

FakeClock::~FakeClock() = default;

DelayedCall FakeClock::callLater(Duration delay, Callable<void()> call, SourceLocation here) {
  return timers_->add(delay, std::move(call), here);
}

void FakeClock::advance(Duration by) {
  if (by < Duration::zero()) throw std::invalid_argument("time does not go backwards");
  now_ += by;
  ThreadStamp::tellTime(now_);
  while (timers_->runNextDue(now_)) {
  }
}

std::size_t FakeClock::delayedCalls() const noexcept { return timers_->size(); }

void FakeClock::pump(std::initializer_list<Duration> steps) {
  for (Duration step : steps) advance(step);
}

}  // namespace couplet::testing
