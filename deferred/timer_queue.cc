// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/timer_queue.h>

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include <couplet/deferred/detail/block_pool.h>
#include <couplet/deferred/detail/timer.h>
#include <couplet/deferred/running_site.h>

namespace couplet {

namespace {

using detail::BlockPool;
using detail::Timer;

constexpr std::size_t kChildren = 4;

std::size_t parentOf(std::size_t index) { return (index - 1) / kChildren; }
std::size_t firstChildOf(std::size_t index) { return index * kChildren + 1; }

Timer* newTimer(TimerQueue& queue, Callable<void()>&& call) {
  auto* timer = ::new (BlockPool::take(sizeof(Timer))) Timer;
  timer->call = std::move(call);
  timer->queue = &queue;
  timer->references = 1;
  return timer;
}

struct Release {
  void operator()(Timer* timer) const noexcept { TimerQueue::release(timer); }
};
using TimerReference = std::unique_ptr<Timer, Release>;

}  // namespace

TimerQueue::TimerQueue(const Clock& clock) noexcept : clock_(clock) {}

void TimerQueue::close() noexcept {
  closing_ = true;  // a closure that dies may add calls
  std::vector<Entry> waiting = std::move(heap_);
  heap_.clear();
  for (const Entry& entry : waiting) entry.timer->state = Timer::State::kClockGone;
  for (const Entry& entry : waiting) {
    { Callable<void()> call = std::move(entry.timer->call); }
    release(entry.timer);
  }
}

DelayedCall TimerQueue::add(Duration delay, Callable<void()>&& call, SourceLocation here) {
  thread_.require("callLater");
  if (delay < Duration::zero()) throw std::invalid_argument("a delay is not negative");
  if (closing_) return {};
  TimerReference timer(newTimer(*this, std::move(call)));
  timer->time = timeAfter(delay);
  timer->sequence = nextSequence_;
  timer->set = here;
  heap_.push_back({});
  ++nextSequence_;
  siftUp(heap_.size() - 1, {timer->time, timer->sequence, timer.get()});
  ++timer->references;
  return DelayedCall(timer.release());
}

bool TimerQueue::runNextDue(TimePoint now, std::uint64_t mark) {
  settleTop();
  if (heap_.empty() || heap_.front().time > now || heap_.front().sequence >= mark) return false;
  Timer& timer = *heap_.front().timer;
  timer.state = Timer::State::kCalled;
  const RunningSite site(timer.set, "call set at");
  Callable<void()> call = take(timer);
  call();
  return true;
}

std::optional<TimerQueue::TimePoint> TimerQueue::earliest() const noexcept {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().time;
}

void TimerQueue::cancel(Timer& timer) {
  thread_.require("DelayedCall::cancel");
  timer.state = Timer::State::kCancelled;
  Callable<void()> call = take(timer);
}

void TimerQueue::reschedule(Timer& timer, TimePoint time) {
  thread_.require("DelayedCall::reset or delay");
  timer.time = time;
  timer.sequence = nextSequence_++;
  if (time < heap_[timer.index].time) siftUp(timer.index, {time, timer.sequence, &timer});
}

TimerQueue::TimePoint TimerQueue::timeAfter(Duration delay) const {
  TimePoint now = clock_.now();
  return delay > TimePoint::max() - now ? TimePoint::max() : now + delay;
}

void TimerQueue::release(Timer* timer) noexcept {
  if (--timer->references > 0) return;
  timer->~Timer();
  BlockPool::give(timer, sizeof(Timer));
}

void TimerQueue::put(std::size_t index, const Entry& entry) noexcept {
  heap_[index] = entry;
  entry.timer->index = static_cast<std::uint32_t>(index);
}

void TimerQueue::siftUp(std::size_t index, Entry entry) noexcept {
  while (index > 0 && entry < heap_[parentOf(index)]) {
    put(index, heap_[parentOf(index)]);
    index = parentOf(index);
  }
  put(index, entry);
}

void TimerQueue::siftDown(std::size_t index, Entry entry) noexcept {
  while (firstChildOf(index) < heap_.size()) {
    auto first = heap_.begin() + static_cast<std::ptrdiff_t>(firstChildOf(index));
    auto last = heap_.end() - first > std::ptrdiff_t{kChildren} ? first + kChildren : heap_.end();
    auto child = std::min_element(first, last);
    if (entry < *child) break;
    put(index, *child);
    index = static_cast<std::size_t>(child - heap_.begin());
  }
  put(index, entry);
}

void TimerQueue::place(std::size_t index, const Entry& entry) noexcept {
  if (index > 0 && entry < heap_[parentOf(index)]) {
    siftUp(index, entry);
  } else {
    siftDown(index, entry);
  }
}

void TimerQueue::removeAt(std::size_t index) noexcept {
  Entry last = heap_.back();
  heap_.pop_back();
  if (index < heap_.size()) place(index, last);
}

/// Moves entries whose timers were moved back to their places, until the first is where it belongs.
void TimerQueue::settleTop() noexcept {
  while (!heap_.empty()) {
    Timer& timer = *heap_.front().timer;
    if (heap_.front().sequence == timer.sequence) return;
    siftDown(0, {timer.time, timer.sequence, &timer});
  }
}

/// Takes a waiting timer from the queue; whoever gets the closure lets it die.
Callable<void()> TimerQueue::take(Timer& timer) noexcept {
  removeAt(timer.index);
  Callable<void()> call = std::move(timer.call);
  release(&timer);
  return call;
}

}  // namespace couplet
