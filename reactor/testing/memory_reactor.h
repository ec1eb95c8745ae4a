// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A reactor for tests: no sockets, no waiting, and a time that the test sets. Twisted's
// MemoryReactorClock.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <couplet/deferred/failure.h>
#include <couplet/reactor/reactor.h>
#include <couplet/reactor/testing/memory_peer.h>

namespace couplet::detail {
class MemoryConnector;
class MemoryLoop;
class MemoryPort;
}  // namespace couplet::detail

#pragma GCC visibility push(default)
namespace couplet::testing {

/// How the network between in-memory connections is.
struct MemoryReactorOptions {
  /// One dataReceived gets at most so many bytes, and each connection has one a turn. 1 finds what
  /// a real network finds once a month.
  std::size_t cut = 64 * 1024;
  /// A connection that does not read holds so many bytes; then they wait at the writer's.
  std::size_t window = 64 * 1024;
  /// In a shutdown, and for a connection that is being closed, as of ReactorOptions: negative ones
  /// are std::invalid_argument.
  Duration shutdownDeadline = std::chrono::seconds(1);
  Duration closingDeadline = std::chrono::seconds(30);
  /// `flush` gives up after so many turns: something makes work for ever.
  std::size_t mostTurns = 1'000'000;
};

/// `MemoryReactor::run` would wait for ever: no call is to come, no bytes are under way, and nobody
/// has called `stop`. `what()` tells what is open.
class NothingToWaitFor : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// A `connectTCP`: what was asked, and what becomes of it. Keeps neither factory nor connector
/// alive.
class MemoryClient {
 public:
  explicit MemoryClient(const std::shared_ptr<couplet::detail::MemoryConnector>& connector);

  std::string host;
  int port;
  ConnectOptions options;
  std::weak_ptr<ClientFactory> factory;

  /// Whether it waits for the test to say what becomes of it: it is neither made nor given up, and
  /// does not reach a port of the same reactor.
  bool waiting() const noexcept;

  /// The connection is made, in the next turn; gives its other end, which may be used at once.
  /// std::logic_error when it does not wait.
  MemoryPeer succeed() const;

  /// The attempt fails with `reason`, an exception or a Failure, in the next turn. std::logic_error
  /// when it does not wait.
  void fail(const Failure& reason) const;
  template <class E>
  void fail(E error) const {
    fail(Failure(std::move(error)));
  }

 private:
  std::shared_ptr<couplet::detail::MemoryConnector> waitingConnector() const;

  std::weak_ptr<couplet::detail::MemoryConnector> connector_;
};

/// A `listenTCP`, likewise.
class MemoryServer {
 public:
  MemoryServer(const std::shared_ptr<couplet::detail::MemoryPort>& listening,
               ListenOptions options);

  int port;  ///< the real one where 0 was asked for
  ListenOptions options;
  std::weak_ptr<Factory> factory;

  /// False from `stopListening` on.
  bool listening() const noexcept;

  /// A connection comes in, in the next turn; gives its other end. std::logic_error when it does
  /// not listen.
  MemoryPeer connect() const;

 private:
  std::weak_ptr<couplet::detail::MemoryPort> port_;
};

/// A Reactor that records what it is asked for, and keeps the rules of a real one. Time begins at 0
/// and stands still until it is advanced.
///
/// A `connectTCP` that reaches a port of this reactor is connected to it, in memory. Any other
/// waits for the test, or its time-out:
///
///     MemoryReactor reactor;
///     getPoem(reactor, "poems.example", 10000);          // calls connectTCP
///     MemoryPeer server = reactor.tcpClients().at(0).succeed();
///     server.write("my lovely poem");
///     server.loseConnection();
///     reactor.flush();
///
/// Either a test takes the turns (`turn`, `flush`, `advance`), with or without `start`, or the
/// program calls `run`.
class MemoryReactor final : public Reactor {
 public:
  explicit MemoryReactor(MemoryReactorOptions options = {});
  ~MemoryReactor() override;

  /// Begins what `run` does, and leaves the turns to the test: from here on `running()`.
  void start();

  // Turns. std::logic_error from inside one.

  /// One turn of the loop: calls from threads, those that are due, what connections have to say,
  /// connectionLost. False when the run is over.
  bool turn();

  /// Turns until nothing moves at this time. std::logic_error where that does not end.
  void flush();

  /// Sets the time, then does as `flush`. So a call that was due earlier comes late, as with
  /// FakeClock.
  void advance(Duration by);

  /// One `advance` for each step.
  void pump(std::initializer_list<Duration> steps);

  /// All that was ever asked for, in order. References stay valid.
  const std::deque<MemoryServer>& tcpServers() const noexcept;
  const std::deque<MemoryClient>& tcpClients() const noexcept;

  /// From now on an attempt to connect to `host` fails with DNSLookupError.
  void failLookup(std::string host);

  /// See MemoryReactorOptions.
  void setCut(std::size_t bytes);

  /// Nothing arrives anywhere, until `release`: a network that is slow, or gone. Time goes on.
  void hold();
  void release();

  /// How many calls wait for their time; time-outs are among them.
  std::size_t delayedCalls() const noexcept;

  // Reactor

  /// Runs turns until `stop`. When nothing is to be done it sets the time to that of the next call.
  /// Throws NothingToWaitFor when there is none; the test may then go on with turns.
  void run() override;
  void stop() override;
  bool running() const noexcept override;
  /// From any thread; but `run` does not wait for threads.
  void callFromThread(Callable<void()> call,
                      SourceLocation here = SourceLocation::current()) override;
  void callWhenRunning(Callable<void()> call,
                       SourceLocation here = SourceLocation::current()) override;
  void addShutdownTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                          SourceLocation here = SourceLocation::current()) override;
  std::shared_ptr<ListeningPort> listenTCP(
      int port, std::shared_ptr<Factory> factory, ListenOptions options = {},
      SourceLocation here = SourceLocation::current()) override;
  std::shared_ptr<Connector> connectTCP(const std::string& host, int port,
                                        std::shared_ptr<ClientFactory> factory,
                                        ConnectOptions options = {},
                                        SourceLocation here = SourceLocation::current()) override;
  TimePoint now() const override;
  DelayedCall callLater(Duration delay, Callable<void()> call,
                        SourceLocation here = SourceLocation::current()) override;

 private:
  friend class Pump;
  class [[gnu::visibility("hidden")]] Impl;
  couplet::detail::MemoryLoop& loop() noexcept;

  std::unique_ptr<Impl> impl_;
};

}  // namespace couplet::testing
#pragma GCC visibility pop
