// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Two protocols that talk to each other, without a network and turn by turn. Twisted's iosim and
// IOPump.
#pragma once

#include <memory>
#include <optional>

#include <couplet/deferred/failure.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/protocol.h>
#include <couplet/reactor/testing/memory_reactor.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// Joins the protocol of a server and that of a client, and moves what they write between them:
///
///     auto client = std::make_unique<AccumulatingProtocol>();
///     AccumulatingProtocol& heard = *client;
///     Pump pump(std::make_unique<Echo>(), std::move(client), {.cut = 1});
///     heard.transport().write("hello");
///     pump.flush();
///     EXPECT_EQ(heard.data(), "hello");
///
/// Owns both, and keeps the rules of a reactor: what a protocol hears comes from `pump`, `flush` or
/// `advance`; what it throws is logged and closes the connection; some turn after its
/// connectionLost it is destroyed. The two live by a MemoryReactor, whose time advances by hand.
class Pump {
 public:
  /// Both hear connectionMade before this returns, the server first.
  Pump(std::unique_ptr<Protocol> server, std::unique_ptr<Protocol> client,
       MemoryReactorOptions options = {});

  /// The same with a protocol that the factory builds. The factory's startFactory is not called.
  Pump(std::shared_ptr<Factory> server, std::unique_ptr<Protocol> client,
       MemoryReactorOptions options = {});
  Pump(std::shared_ptr<Factory> server, std::shared_ptr<Factory> client,
       MemoryReactorOptions options = {});
  ~Pump();

  /// One turn: each side hears at most one piece of what the other has written.
  void pump();
  /// Turns until nothing moves.
  void flush();
  /// Sets the time, then does as `flush`.
  void advance(Duration by);

  /// The network ends the connection: both sides hear that the other sends no more, after all that
  /// it sent; or both hear of a reset. From the next turn.
  void close();
  void reset();

  /// Nothing arrives until `release`.
  void hold();
  void release();

  /// What connectionLost was given there; empty before.
  const std::optional<Failure>& serverLost() const noexcept;
  const std::optional<Failure>& clientLost() const noexcept;

  /// What both live by.
  MemoryReactor& reactor() noexcept;

 private:
  struct [[gnu::visibility("hidden")]] Ends;

  std::unique_ptr<Ends> ends_;
  std::unique_ptr<MemoryReactor> reactor_;  // ends the connections, which note so in ends_
};

}  // namespace couplet::testing
#pragma GCC visibility pop
