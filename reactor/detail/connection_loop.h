// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The part of a reactor's loop that connections live in: it owns them, and calls them at
// their time of the turn. Knows no sockets; every reactor has one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/thread_check.h>
#include <couplet/deferred/thread_stamp.h>
#include <couplet/reactor/detail/output_queue.h>

#pragma GCC visibility push(default)
namespace couplet {
class Protocol;
}

namespace couplet::detail {

class Connection;

/// What a reactor has open beside connections: a port, an attempt to connect.
class OpenEnd {
 public:
  virtual ~OpenEnd() = default;

  /// The reactor goes down: close, and tell the factory at once. Called from the loop or the
  /// reactor's destructor, after the loop has forgotten this one.
  virtual void shutDown() noexcept = 0;
};

/// Connections, first in, first out. Each may be in one queue of a `link` at a time; adding it
/// takes no memory.
class ConnectionQueue {
 public:
  using Link = Connection* Connection::*;

  explicit ConnectionQueue(Link link) noexcept : link_(link) {}

  bool empty() const noexcept { return first_ == nullptr; }
  void push(Connection& connection) noexcept;
  /// Null when there is none.
  Connection* pop() noexcept;
  /// All of them, which are then no longer here.
  ConnectionQueue takeAll() noexcept;
  /// REQUIRES: it is here.
  void remove(Connection& connection) noexcept;

 private:
  Link link_;
  Connection* first_ = nullptr;
  Connection* last_ = nullptr;
};

class ConnectionLoop;

/// Tells the names of a loop's connections, on the thread where it was made.
class ConnectionsOfLoop final : public ConnectionNames {
 public:
  explicit ConnectionsOfLoop(const ConnectionLoop& loop) noexcept : loop_(loop) {}

 private:
  std::string connectionName(std::uint32_t number) const override;

  const ConnectionLoop& loop_;
};

/// Owns the connections of a reactor. A turn of the reactor's loop goes
///
///     destroyBuried -> (calls from threads, timers) -> wait for events, which go to the
///     connections
///     -> continueReading -> flush -> deliverLost
///
/// and does not wait while `hasWork()`.
class ConnectionLoop {
 public:
  /// Does not own the clock, which must outlive it. See ReactorOptions for the deadline.
  ConnectionLoop(Clock& clock, Duration closingDeadline) noexcept;
  ConnectionLoop(const ConnectionLoop&) = delete;
  ConnectionLoop& operator=(const ConnectionLoop&) = delete;
  ~ConnectionLoop();

  Clock& clock() noexcept { return clock_; }
  ChunkPool& chunks() noexcept { return chunks_; }
  /// The thread that all of this belongs to.
  ThreadCheck& thread() noexcept { return thread_; }

  /// Takes a connection over, until some time after its end. Call `begin` on it next.
  Connection& own(std::unique_ptr<Connection> connection);

  /// The one of that number; null when there is none any more.
  const Connection* find(std::uint32_t number) const noexcept;

  /// Keeps a port or an attempt, and shuts it down with the reactor. REQUIRES: !over()
  void add(std::shared_ptr<OpenEnd> end);
  void remove(OpenEnd& end) noexcept;

  // For connections: ask for a call at that time of the turn. Asking twice is asking once.

  /// For Connection::continueReading.
  void continueLater(Connection& connection) noexcept;
  /// For Connection::flush.
  void flushLater(Connection& connection) noexcept;
  /// For Connection::becameWritable, in a little while: the system is short of memory.
  void retryLater(Connection& connection);
  /// For Connection::checkProgress, of each that lingers, after the closing deadline.
  void watchClosing();
  /// For Connection::end, then burial.
  void endLater(Connection& connection) noexcept;
  /// Makes room for one more, so that the next `bury` does not throw.
  void reserveGrave();
  /// For destruction at the top of the next turn. Null is allowed. Throws std::bad_alloc, and has
  /// not taken it then.
  void bury(std::unique_ptr<Protocol>&& protocol);

  // For reactors: the pieces of a turn.

  void destroyBuried() noexcept;
  void continueReading() noexcept;
  void flush() noexcept;
  void deliverLost();
  bool hasWork() const noexcept;

  // For shutdown.

  /// Shuts ports and attempts down, and begins to lose each connection, also those yet to come.
  void closeAll();
  bool closing() const noexcept { return closing_; }
  void abortAll();
  bool hasConnections() const noexcept { return !connections_.empty(); }
  bool hasOpenEnds() const noexcept { return !ends_.empty(); }

  /// Ends all that is left at once: each protocol hears connectionLost(ConnectionAborted) and is
  /// destroyed. For the end of a reactor.
  void endAll() noexcept;
  /// Whether `endAll` was called: nothing may be opened any more.
  bool over() const noexcept { return over_; }

 private:
  void shutDownEnds() noexcept;
  void retry();
  void checkClosing();
  void release(Connection& connection);
  void sendGroup() noexcept;
  void leaveFlush(Connection& connection) noexcept;

  /// So many connections that wait to be flushed are sent at once, since what a great many have
  /// written would have left the caches by the end of the turn.
  static constexpr std::size_t kGroup = 64;

  Clock& clock_;
  ThreadCheck thread_;
  Duration closingDeadline_;
  ChunkPool chunks_;                                      // before all that holds connections
  std::vector<std::unique_ptr<Connection>> connections_;  // each knows its index
  std::vector<std::shared_ptr<OpenEnd>> ends_;
  ConnectionQueue toContinue_;
  ConnectionQueue toFlush_;
  std::array<Connection*, kGroup> group_;  // the last of toFlush_, as many as groupSize_
  std::size_t groupSize_ = 0;
  ConnectionQueue toEnd_;
  ConnectionQueue buriedConnections_;  // owned
  std::vector<Connection*> toRetry_;
  DelayedCall retryCall_;    // active while toRetry_ is not empty
  DelayedCall closingCall_;  // active while a connection lingers
  std::vector<std::unique_ptr<Protocol>> buriedProtocols_;
  bool closing_ = false;
  bool over_ = false;
};

}  // namespace couplet::detail
#pragma GCC visibility pop
