// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Time as a service: what the time is, and calls that come later. A reactor is a Clock, and so is
// testing::FakeClock, which advances by hand. A Clock and its DelayedCalls belong to one thread.
#pragma once

#include <chrono>
#include <stdexcept>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/source_location.h>

namespace couplet::detail {
struct Timer;
}

#pragma GCC visibility push(default)
namespace couplet {

class TimerQueue;

/// The unit of all delays; any `std::chrono` literal converts to it.
using Duration = std::chrono::nanoseconds;

/// A DelayedCall was cancelled, reset or delayed after it had been cancelled.
class AlreadyCancelled : public std::logic_error {
 public:
  AlreadyCancelled();
};

/// A DelayedCall was cancelled, reset or delayed after it had run.
class AlreadyCalled : public std::logic_error {
 public:
  AlreadyCalled();
};

/// A handle on a call that waits for its time. Copyable and small: copies mean the same call.
/// Destroying the handle does not cancel the call. A default-made one is inactive, and so is one
/// whose Clock is gone.
class DelayedCall {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  DelayedCall() noexcept = default;
  DelayedCall(const DelayedCall& other) noexcept;
  DelayedCall(DelayedCall&& other) noexcept;
  DelayedCall& operator=(DelayedCall other) noexcept;
  ~DelayedCall();

  /// The call will not come, and its closure is destroyed before this returns. Throws
  /// AlreadyCancelled or AlreadyCalled. Does nothing where the handle is default-made or the Clock
  /// is gone.
  void cancel();

  /// The call comes `fromNow` from now instead. Throws as `cancel` does.
  void reset(Duration fromNow);

  /// The call comes `later` later than it would have. Throws as `cancel` does.
  void delay(Duration later);

  /// Whether the call is still to come.
  bool active() const noexcept;

  /// When the call is due. REQUIRES: active()
  TimePoint getTime() const;

 private:
  friend class TimerQueue;
  explicit DelayedCall(detail::Timer* timer) noexcept;

  detail::Timer* timer_ = nullptr;  // shared, counted; outlives its Clock where a handle does
};

/// What the time is, and calls that come later. Monotonic.
class Clock {
 public:
  using TimePoint = DelayedCall::TimePoint;

  virtual ~Clock() = default;

  /// The time of this turn of the loop, or of a later `callLater` in it: one that takes longer than
  /// a tick of the system's clock (some 4 ms) is brought up to date by that.
  virtual TimePoint now() const = 0;

  /// Calls `call` once, no sooner than `delay` from `now()` and never from inside this function, in
  /// order of time; calls of the same time in the order they were made. A negative delay throws
  /// std::invalid_argument. What `call` throws is reported by the Clock, which goes on. `here` is
  /// what a report of the call names.
  virtual DelayedCall callLater(Duration delay, Callable<void()> call,
                                SourceLocation here = SourceLocation::current()) = 0;
};

}  // namespace couplet
#pragma GCC visibility pop
