// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The calls of one Clock that wait for their time: a heap, with cheap add, cancel and reset. For
// those who make a Clock; others use `Clock::callLater`. Belongs to the clock's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/clock.h>
#include <couplet/deferred/source_location.h>
#include <couplet/deferred/thread_check.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Calls in order of time, those of the same time in the order they were made, reset or delayed.
///
/// A reset to a later time leaves the heap alone: the entry is moved when it comes to the top. So a
/// deadline that every message pushes back costs a heap operation per deadline, not per message.
class TimerQueue {
 public:
  using TimePoint = DelayedCall::TimePoint;

  /// Asks `clock`, which owns this queue, what the time is.
  explicit TimerQueue(const Clock& clock) noexcept;
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  ~TimerQueue() { close(); }

  /// Destroys the closures of what still waits; the handles become inactive, as are those of calls
  /// that are added from now on.
  void close() noexcept;

  /// As Clock::callLater.
  DelayedCall add(Duration delay, Callable<void()>&& call, SourceLocation here = {});

  /// Stands for the calls made so far, to `runNextDue`.
  std::uint64_t mark() const noexcept { return nextSequence_; }

  /// Runs the first call that is due at `now` and was made before `mark`; false when there is none.
  /// What the call throws comes out, after it has been taken from the queue.
  bool runNextDue(TimePoint now, std::uint64_t mark = std::numeric_limits<std::uint64_t>::max());

  /// No call is due before this; the first may be due later, once it was reset or delayed. Empty
  /// when no call waits.
  std::optional<TimePoint> earliest() const noexcept;

  /// How many calls wait.
  std::size_t size() const noexcept { return heap_.size(); }

  // For DelayedCall. REQUIRES: timer waits in this queue.
  void cancel(detail::Timer& timer);
  void reschedule(detail::Timer& timer, TimePoint time);
  TimePoint timeAfter(Duration delay) const;

  static void release(detail::Timer* timer) noexcept;

  /// The thread that calls may be added and changed on, where one has claimed it.
  ThreadCheck& thread() noexcept { return thread_; }

 private:
  /// The key is that of the timer, or an earlier one where the timer was moved back since.
  struct Entry {
    TimePoint time;
    std::uint64_t sequence;
    detail::Timer* timer;

    bool operator<(const Entry& other) const noexcept {
      return time != other.time ? time < other.time : sequence < other.sequence;
    }
  };

  void put(std::size_t index, const Entry& entry) noexcept;
  void siftUp(std::size_t index, Entry entry) noexcept;
  void siftDown(std::size_t index, Entry entry) noexcept;
  void place(std::size_t index, const Entry& entry) noexcept;
  void removeAt(std::size_t index) noexcept;
  void settleTop() noexcept;
  Callable<void()> take(detail::Timer& timer) noexcept;

  const Clock& clock_;
  ThreadCheck thread_;
  std::vector<Entry> heap_;  // four children to a node
  std::uint64_t nextSequence_ = 0;
  bool closing_ = false;
};

}  // namespace couplet
#pragma GCC visibility pop
