// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Connections to web servers that are kept to be used again. Twisted's HTTPConnectionPool.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include <couplet/deferred/deferred.h>

namespace couplet::detail {
class ClientConnections;
}

#pragma GCC visibility push(default)
namespace couplet {

class Reactor;

/// How many connections there are, and how long they are kept. A host is a scheme, a name and a
/// port, and the proxy that it is asked through.
struct HTTPPoolOptions {
  /// To one host, at work and idle: as many as browsers make. RFC 9112 section 9.4 asks for
  /// moderation. 1 at least.
  std::size_t maxPerHost = 6;

  /// Idle ones to one host: no fewer than may be at work, or each burst would connect anew. 0: each
  /// request has a connection of its own, and tells the server so.
  std::size_t maxPersistentPerHost = 6;

  /// Idle ones to all hosts: who asks many hosts once would keep them all. As Go's.
  std::size_t maxIdle = 100;

  /// Requests that wait for a connection to one host; one more fails with TooManyWaitingError.
  std::size_t maxWaiting = 1000;

  /// For those: a program that reads none of its responses hears of it by TimeoutError.
  std::optional<Duration> waitTimeout = std::chrono::seconds(60);

  /// For idle ones. Servers close theirs after 60 s (ours) or 75 s (nginx); who is first meets no
  /// request that is under way.
  Duration idleTimeout = std::chrono::seconds(50);
};

/// Keeps connections, for one Agent or several: see AgentOptions::pool. The last one that became
/// idle is used first.
///
/// A connection is kept when its response has come to its end, where both sides wish to go on, when
/// the request was sent to its end, and when no byte came behind the response. An idle one that the
/// server closes, or sends anything on, is closed.
///
/// The reactor must outlive it, or have stopped. Destroying it closes the idle connections; those
/// at work go on, and are closed behind their responses.
class HTTPConnectionPool {
 public:
  explicit HTTPConnectionPool(Reactor& reactor, HTTPPoolOptions options = {});
  ~HTTPConnectionPool();
  HTTPConnectionPool(const HTTPConnectionPool&) = delete;
  HTTPConnectionPool& operator=(const HTTPConnectionPool&) = delete;

  /// Closes the idle connections; fires when they are lost. The pool may be used on.
  Deferred<void> closeCachedConnections();

  /// How many connections are idle.
  std::size_t idle() const noexcept;

  /// For agents.
  detail::ClientConnections& connections() const noexcept { return *connections_; }

 private:
  std::shared_ptr<detail::ClientConnections> connections_;
};

}  // namespace couplet
#pragma GCC visibility pop
