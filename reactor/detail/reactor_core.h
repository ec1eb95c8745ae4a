// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What all reactors do alike, and none of it with sockets: timers, calls from threads and
// calls for later, the connections' part of the turn, the shutdown.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/timer_queue.h>
#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/detail/shutdown.h>
#include <couplet/reactor/detail/thread_calls.h>
#include <couplet/reactor/reactor.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// A reactor with its Clock runs so:
///
///     core.start();
///     while (core.beginTurn()) {
///       // wait for events, not at all if core.hasWork(), and until core.timers().earliest() at
///       most;
///       // hand them to the connections
///       core.endTurn();
///     }
class ReactorCore {
 public:
  /// Does not own the clock, which must outlive it. `wake` ends the waiting; called from any
  /// thread. std::invalid_argument for a negative deadline.
  ReactorCore(Clock& clock, const ReactorOptions& options, Callable<void()> wake);
  ReactorCore(const ReactorCore&) = delete;
  ReactorCore& operator=(const ReactorCore&) = delete;

  ~ReactorCore() { end(); }

  /// Ends what is open, as ConnectionLoop::endAll, destroys all closures and leaves all handles
  /// inactive. For a reactor's destructor, while the reactor can still be called.
  void end() noexcept;

  /// std::logic_error when the run has begun before.
  void requireNotStarted() const;
  /// Begins the run, with the calls of `callWhenRunning`. std::logic_error the second time.
  void start();
  /// As Reactor::stop.
  void stop();
  /// Goes on with a shutdown without waiting for anything.
  void hurry() noexcept { shutdown_.hurry(); }

  /// Destroys what is over, makes the calls that wait, and those that are due. False when the run
  /// is over.
  bool beginTurn();
  /// Goes on with the connections: reads, flushes, tells the lost ones.
  void endTurn();
  /// Whether the next turn has something to do without any event.
  bool hasWork() const noexcept;

  bool running() const noexcept { return running_; }
  bool stopping() const noexcept { return shutdown_.requested(); }

  // As in Reactor.
  DelayedCall callLater(Duration delay, Callable<void()>&& call, SourceLocation here);
  void callFromThread(Callable<void()> call, SourceLocation here) {
    threadCalls_.add(std::move(call), here);
  }
  void callWhenRunning(Callable<void()> call, SourceLocation here);
  void addShutdownTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                          SourceLocation here);

  /// Calls `call` when the shutdown takes longer than its deadline.
  void whenLate(Callable<void()> call) { shutdown_.whenLate(std::move(call)); }

  /// For listenTCP, connectTCP and the like: std::logic_error once the reactor has stopped.
  void requireNotOver(const char* call) const;
  /// Ends the program where another thread than that of the run makes this call.
  void requireThread(const char* call) const noexcept { connections_->thread().require(call); }

  TimerQueue& timers() noexcept { return timers_; }
  ConnectionLoop& connections() noexcept { return *connections_; }
  /// For those that may outlive the reactor.
  std::weak_ptr<ConnectionLoop> weakConnections() const noexcept { return connections_; }

 private:
  void runDueCalls();
  void claimThread() noexcept;
  void releaseThread() noexcept;

  Clock& clock_;
  TimerQueue timers_;  // before all that holds timers
  ThreadCalls threadCalls_;
  std::shared_ptr<ConnectionLoop> connections_;
  std::optional<ConnectionsOfLoop> names_;  // while it runs
  Shutdown shutdown_;
  std::vector<SitedCall> whenRunning_;
  bool started_ = false;
  bool running_ = false;
};

/// Runs `call`; what it throws is logged.
void runLogged(Callable<void()>& call) noexcept;

}  // namespace couplet::detail
#pragma GCC visibility pop
