// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What drives a program: it waits for connections, bytes and time, and calls. Passed in, never
// global. While it runs, all but `callFromThread` belongs to the thread that called `run`, and so
// do its transports, ports, connectors and DelayedCalls: libraries built without NDEBUG end the
// program, with the name of the call, where another thread makes one. Before and after that it
// belongs to any one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/source_location.h>
#include <couplet/reactor/address.h>
#include <couplet/reactor/factory.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A port that listens. Stays open until `stopListening` or the reactor's end, also when nobody
/// holds it.
class ListeningPort {
 public:
  virtual ~ListeningPort() = default;

  /// Where it listens, with the real port where 0 was asked for.
  virtual Address getHost() const = 0;

  /// Closes the port; connections that were accepted live on. Fires when it is closed, which is at
  /// once for a port that is closed already.
  virtual Deferred<void> stopListening() = 0;
};

/// An attempt to connect, and the connection that came of it. Twisted's IConnector. Kept by its
/// reactor while it connects or is connected; whoever wants it to connect again later holds it
/// (`shared_from_this`).
class Connector : public std::enable_shared_from_this<Connector> {
 public:
  virtual ~Connector() = default;

  /// Begins the attempt anew; for a factory that was told of a failure or loss. std::logic_error
  /// while connecting or connected.
  virtual void connect() = 0;

  /// Gives the attempt up: `clientConnectionFailed` gets UserError, from the loop. std::logic_error
  /// when there is no attempt.
  virtual void stopConnecting() = 0;

  /// Gives the attempt up, or loses the connection; otherwise does nothing.
  virtual void disconnect() = 0;

  /// What it was told to reach.
  virtual Address getDestination() const = 0;
};

/// How to listen.
struct ListenOptions {
  /// A numeric address; "" means every IPv4 address, "::" every address of both kinds (dual stack).
  std::string interface = {};
  int backlog = 511;  ///< connections the system may hold before they are accepted
};

/// How to connect.
struct ConnectOptions {
  Duration timeout = std::chrono::seconds(30);  ///< for the whole attempt, name look-up included
  std::string bindAddress = {};                 ///< numeric; "" lets the system choose
};

/// When, in a shutdown, a trigger runs.
enum class ShutdownPhase {
  kBefore,  ///< everything still works; a Deferred that is returned is waited for
  kDuring,  ///< ports are closed and connections lost beside these; also waited for
  kAfter,   ///< every connectionLost was delivered; nothing is waited for
};

/// The interface of every reactor. Use `newReactor()`, or testing::MemoryReactor in tests.
///
/// One turn of the loop: calls from other threads, calls that are due, then what connections have
/// to say. `here`, the caller's place, is what reports name: see stall_detector.h.
class Reactor : public Clock {
 public:
  /// Runs until `stop`, then through the shutdown: triggers, ports closed, connections flushed and
  /// lost, each protocol told: with ConnectionLost, unless it had closed its connection itself.
  /// std::logic_error when it runs already, or has run. The reactor must
  /// outlive it: one that is destroyed by a call of its own ends the program with a message. When
  /// the system refuses what the loop itself needs, all is ended as in a destructor and
  /// std::system_error or std::bad_alloc comes out.
  virtual void run() = 0;

  /// Ends `run`, soon. std::logic_error when it does not run or was stopped before.
  virtual void stop() = 0;

  virtual bool running() const noexcept = 0;

  /// From any thread: calls `call` on the reactor's, in the order of each thread. Once the reactor
  /// has stopped, `call` is destroyed there without being called: so it must not own a Promise, a
  /// Deferred or anything else of the reactor's thread. REQUIRES: the reactor is alive.
  virtual void callFromThread(Callable<void()> call,
                              SourceLocation here = SourceLocation::current()) = 0;

  /// Calls `call` when `run` begins, or now if it has; never, once the run is over.
  virtual void callWhenRunning(Callable<void()> call,
                               SourceLocation here = SourceLocation::current()) = 0;

  /// Calls `trigger` in that phase of the shutdown. Twisted's addSystemEventTrigger(phase,
  /// "shutdown"). One that is added when its phase is over is never called. A Deferred that never
  /// fires holds the end up for ever, but for a second signal, which waits for nothing.
  virtual void addShutdownTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                                  SourceLocation here = SourceLocation::current()) = 0;

  /// Listens on `port` (0: any free one). Throws CannotListenError, or std::out_of_range for a port
  /// that cannot be, or std::logic_error once the reactor has stopped.
  virtual std::shared_ptr<ListeningPort> listenTCP(
      int port, std::shared_ptr<Factory> factory, ListenOptions options = {},
      SourceLocation here = SourceLocation::current()) = 0;

  /// Connects to `host`, a name or a numeric address; each of a name's addresses is tried in turn.
  /// The outcome goes to the factory, from the loop. std::out_of_range for a port that cannot be,
  /// std::invalid_argument for a negative time-out, std::logic_error once the reactor has stopped.
  virtual std::shared_ptr<Connector> connectTCP(
      const std::string& host, int port, std::shared_ptr<ClientFactory> factory,
      ConnectOptions options = {}, SourceLocation here = SourceLocation::current()) = 0;
};

/// How a reactor of the system's behaves. One that is made with a negative deadline throws
/// std::invalid_argument.
struct ReactorOptions {
  /// While it runs, SIGINT and SIGTERM stop it; SIGUSR1, unless the program handles it already,
  /// prints what is pending (deferred/pending.h) to standard error, and so does a shutdown that
  /// takes longer than its deadline.
  bool handleSignals = true;
  /// For flushing in a shutdown; then connections are aborted.
  Duration shutdownDeadline = std::chrono::seconds(1);
  /// For a connection that is being closed and whose peer takes nothing: it is aborted when between
  /// one and two of these have passed since it last took something.
  Duration closingDeadline = std::chrono::seconds(30);
  /// A callback that runs for so long is reported while it still does, and when it returns: see
  /// stall_detector.h. 0 means never; nothing means 100 ms where the library was built for
  /// debugging (without NDEBUG, and without a sanitizer, which makes all of it slow), else never.
  std::optional<Duration> stallLimit = {};
};

/// The reactor of this system: a LibeventReactor.
std::unique_ptr<Reactor> newReactor(ReactorOptions options = {});

}  // namespace couplet
#pragma GCC visibility pop
