// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/detail/memory_loop.h>

#include <algorithm>
#include <stdexcept>

namespace couplet::detail {

namespace {

/// More turns without a rest than any test needs.
constexpr int kMostTurns = 1'000'000;

}  // namespace

MemoryLoop::MemoryLoop(Clock& clock, std::size_t cut, std::size_t window, Duration shutdownDeadline)
    : network_(cut, window),
      outside_(clock),
      core_(clock, {.handleSignals = false, .shutdownDeadline = shutdownDeadline},
            [this] { woken_ = true; }) {}

void MemoryLoop::end() noexcept {
  network_.clear();
  core_.end();
  outside_.endAll();
}

bool MemoryLoop::turn() {
  woken_ = false;
  bool runs = core_.beginTurn();
  outside_.destroyBuried();
  network_.deliver();
  if (runs) core_.endTurn();
  outside_.continueReading();
  outside_.flush();
  outside_.deliverLost();
  return runs;
}

void MemoryLoop::flush() {
  for (int turns = 0; moves(); ++turns) {
    if (turns == kMostTurns) {
      throw std::logic_error("MemoryReactor: does not come to rest, something makes work for ever");
    }
    turn();
  }
}

void MemoryLoop::advance(Duration by) {
  if (by < Duration::zero()) throw std::invalid_argument("time does not go backwards");
  now_ += by;
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

/// Whether a turn has something to do, at this time.
bool MemoryLoop::moves() noexcept {
  auto next = core_.timers().earliest();
  return woken_ || core_.hasWork() || outside_.hasWork() || network_.ready() ||
         (next && *next <= now_);
}

bool MemoryLoop::skipToNextCall() noexcept {
  auto next = core_.timers().earliest();
  if (next) now_ = std::max(now_, *next);
  return next.has_value();
}

}  // namespace couplet::detail
