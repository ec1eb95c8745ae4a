// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A connectTCP of a MemoryReactor.
#pragma once

#include <memory>

#include <couplet/reactor/detail/connector.h>
#include <couplet/reactor/testing/detail/memory_connection.h>
#include <couplet/reactor/testing/detail/memory_loop.h>

namespace couplet::detail {

/// Reaches a port of the same reactor by itself; otherwise waits for the test to say what becomes
/// of it.
class MemoryConnector final : public BasicConnector {
 public:
  MemoryConnector(MemoryLoop& loop, Address destination, std::shared_ptr<ClientFactory> factory,
                  ConnectOptions options, SourceLocation asked);

  using BasicConnector::factory;
  using BasicConnector::options;

  /// Whether an attempt waits for one of the two below.
  bool waiting() const noexcept { return attempting_ && !reaching_ && !end_; }

  /// The attempt comes to a connection with a protocol of `peer`, begun at once; the client's end
  /// follows from the loop. REQUIRES: waiting()
  void succeed(std::shared_ptr<Factory> peer);
  /// REQUIRES: waiting()
  void fail(const Failure& reason) { failLater(reason); }

 protected:
  void startAttempt() override;
  void endAttempt() noexcept override;

 private:
  void soon(void (MemoryConnector::*event)());
  void reachPort();
  void stand();
  void makeEnd(const std::string& address);

  MemoryLoop& loop_;  // used while an attempt is made only: the reactor may be gone
  Address here_;
  Address there_;
  std::unique_ptr<MemoryConnection> end_;  // joined, and yet to begin
  unsigned attempt_ = 0;                   // tells the events of old attempts apart
  bool attempting_ = false;
  bool reaching_ = false;  // for a port of the same reactor
};

}  // namespace couplet::detail
