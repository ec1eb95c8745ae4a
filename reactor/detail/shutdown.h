// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The end of a reactor's run, in phases. Knows no sockets.
#pragma once

#include <array>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

class ConnectionLoop;

///     request -> before triggers -> all is closed, during triggers -> all is ended -> after
///     triggers
///
/// Each arrow waits for the Deferreds of the triggers; the third also for the connections, until
/// a deadline aborts them.
class Shutdown {
 public:
  Shutdown(ConnectionLoop& connections, Duration deadline);
  Shutdown(const Shutdown&) = delete;
  Shutdown& operator=(const Shutdown&) = delete;
  ~Shutdown() { close(); }

  /// Destroys the triggers, and discards what is awaited.
  void close() noexcept;

  void addTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger, SourceLocation here);

  /// Calls `call` when the shutdown has taken longer than the deadline, before connections are
  /// aborted.
  void whenLate(Callable<void()> call) { late_ = std::move(call); }

  void request() noexcept { requested_ = true; }
  bool requested() const noexcept { return requested_; }

  /// Waits for nothing any more: connections are aborted.
  void hurry() noexcept { hurried_ = true; }

  /// Goes on as far as it can. From the top of the loop.
  void step();
  /// Whether `step` can go on now, without waiting for anything.
  bool canStep() const noexcept;
  bool done() const noexcept { return stage_ == Stage::kDone; }

 private:
  enum class Stage { kRunning, kBefore, kDuring, kDone };
  struct Trigger {
    Callable<Deferred<void>()> call;
    SourceLocation added;
  };

  void enter(Stage stage);
  void discardAwaited() noexcept;
  void runTriggers(ShutdownPhase phase);
  void waitFor(Deferred<void> work);

  ConnectionLoop& connections_;
  Duration deadline_;
  std::array<std::vector<Trigger>, 3> triggers_;  // by phase
  std::vector<Deferred<void>> awaited_;           // of the triggers that ran
  int waiting_ = 0;                               // how many of those are yet to end
  DelayedCall abort_;
  Callable<void()> late_;  // empty: nobody wants to know
  DelayedCall lateCall_;
  Stage stage_ = Stage::kRunning;
  bool requested_ = false;
  bool hurried_ = false;
};

}  // namespace couplet::detail
#pragma GCC visibility pop
