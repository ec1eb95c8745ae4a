// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A clock for tests, advanced by hand. Twisted's task.Clock.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>

#include <couplet/deferred/clock.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// Stands still until it is advanced. Begins at time 0.
class FakeClock : public Clock {
 public:
  FakeClock();
  ~FakeClock() override;

  TimePoint now() const override { return now_; }
  DelayedCall callLater(Duration delay, Callable<void()> call,
                        SourceLocation here = SourceLocation::current()) override;

  /// Sets the time first, then runs the calls that are due, in order of time. A call that one of
  /// them makes counts from the new time; it runs in the same `advance` when its delay is 0. (So a
  /// call that always makes another without delay never lets `advance` return.)
  ///
  /// What a call throws comes out at once; the calls that were still due run at the next `advance`.
  void advance(Duration by);

  /// One `advance` for each step.
  void pump(std::initializer_list<Duration> steps);

  /// How many calls wait.
  std::size_t delayedCalls() const noexcept;

 private:
  TimePoint now_{};
  std::unique_ptr<TimerQueue> timers_;
};

}  // namespace couplet::testing
#pragma GCC visibility pop
