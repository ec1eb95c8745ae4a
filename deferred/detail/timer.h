// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a DelayedCall refers to.
#pragma once

#include <cstdint>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/clock.h>
#include <couplet/deferred/source_location.h>

namespace couplet::detail {

/// Counted by its handles and, while it waits, by the queue; in
/// recycled memory.
struct Timer {
  enum class State : std::uint8_t { kWaiting, kCalled, kCancelled, kClockGone };

  Callable<void()> call;  // empty unless waiting
  DelayedCall::TimePoint time;
  std::uint64_t sequence = 0;  // of equal times, the lower comes first
  TimerQueue* queue = nullptr;
  SourceLocation set;       // where the call was asked for
  std::uint32_t index = 0;  // in the queue's heap; the two are valid while waiting
  std::uint32_t references = 0;
  State state = State::kWaiting;
};

}  // namespace couplet::detail
