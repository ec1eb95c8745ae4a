// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/detail/memory_loop.h>

#include <algorithm>
#include <stdexcept>

namespace couplet::detail {

MemoryLoop::MemoryLoop(Clock& clock, const testing::MemoryReactorOptions& options)
    : mostTurns_(options.mostTurns),
      network_(options.cut, options.window),
      outside_(clock, options.closingDeadline),
      core_(clock,
            {.handleSignals = false,
             .shutdownDeadline = options.shutdownDeadline,
             .closingDeadline = options.closingDeadline},
            [this] { woken_ = true; }) {
  ThreadStamp::tellTime(now_);
}

void MemoryLoop::end() noexcept {
  network_.clear();
  core_.end();
  outside_.endAll();
}

bool MemoryLoop::turn() {
  requireNoTurn();
  turning_ = true;
  woken_ = false;
  over_ = over_ || !core_.beginTurn();
  outside_.destroyBuried();
  network_.deliver();
  if (!over_) core_.endTurn();
  outside_.continueReading();
  outside_.flush();
  outside_.deliverLost();
  turning_ = false;
  return !over_;
}

void MemoryLoop::flush() {
  requireNoTurn();
  for (std::size_t turns = 0; moves(); ++turns) {
    if (turns == mostTurns_) {
      throw std::logic_error("MemoryReactor: does not come to rest, something makes work for ever");
    }
    turn();
  }
}

void MemoryLoop::advance(Duration by) {
  requireNoTurn();
  if (by < Duration::zero()) throw std::invalid_argument("time does not go backwards");
  now_ += by;
  ThreadStamp::tellTime(now_);
  flush();
}

bool MemoryLoop::run() {
  while (moves() || skipToNextCall()) {
    if (turn()) continue;
    flush();
    return true;
  }
  return false;
}

void MemoryLoop::requireNoTurn() const {
  if (turning_) throw std::logic_error("MemoryReactor: a turn inside a turn");
}

/// Whether a turn has something to do, at this time.
bool MemoryLoop::moves() noexcept {
  if (outside_.hasWork() || network_.ready()) return true;
  if (over_) return false;
  auto next = core_.timers().earliest();
  return woken_ || core_.hasWork() || (next && *next <= now_);
}

bool MemoryLoop::skipToNextCall() noexcept {
  auto next = core_.timers().earliest();
  if (next) now_ = std::max(now_, *next);
  ThreadStamp::tellTime(now_);
  return next.has_value();
}

}  // namespace couplet::detail
