// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The turns of a MemoryReactor.
#pragma once

#include <atomic>
#include <cstddef>

#include <couplet/deferred/clock.h>
#include <couplet/reactor/detail/reactor_core.h>
#include <couplet/reactor/testing/detail/memory_network.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet::detail {

/// A loop whose events come from a MemoryNetwork, and whose time is set. Beside the reactor's own
/// connections it moves those of the world outside: the ends that a test holds, which the reactor's
/// shutdown leaves alone.
class MemoryLoop {
 public:
  /// The clock says what `now` does.
  MemoryLoop(Clock& clock, const testing::MemoryReactorOptions& options);
  MemoryLoop(const MemoryLoop&) = delete;
  MemoryLoop& operator=(const MemoryLoop&) = delete;
  ~MemoryLoop() { end(); }

  /// As ReactorCore::end.
  void end() noexcept;

  // As MemoryReactor's.
  bool turn();
  void flush();
  void advance(Duration by);
  /// Turns until the run is over (true), or nothing is left to wait for (false).
  bool run();

  /// Whether a turn is being taken.
  bool turning() const noexcept { return turning_; }

  Clock::TimePoint now() const noexcept { return now_; }
  MemoryNetwork& network() noexcept { return network_; }
  ReactorCore& core() noexcept { return core_; }
  ConnectionLoop& connections() noexcept { return core_.connections(); }
  ConnectionLoop& outside() noexcept { return outside_; }

 private:
  void requireNoTurn() const;
  bool moves() noexcept;
  bool skipToNextCall() noexcept;

  std::size_t mostTurns_;
  bool turning_ = false;
  bool over_ = false;  // the run is
  Clock::TimePoint now_{};
  std::atomic<bool> woken_{false};  // a call from a thread came
  MemoryNetwork network_;           // before what holds connections
  ConnectionLoop outside_;
  ReactorCore core_;
};

}  // namespace couplet::detail
