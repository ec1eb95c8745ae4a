// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A port of a MemoryReactor.
#pragma once

#include <memory>
#include <string>

#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/reactor.h>
#include <couplet/reactor/testing/detail/memory_connection.h>
#include <couplet/reactor/testing/detail/memory_loop.h>

namespace couplet::detail {

/// Kept by the loop until it is closed, and by its users as they like.
class MemoryPort final : public ListeningPort,
                         public OpenEnd,
                         public std::enable_shared_from_this<MemoryPort> {
 public:
  /// Listens, and lets the loop keep it. Throws CannotListenError.
  static std::shared_ptr<MemoryPort> open(MemoryLoop& loop, int port,
                                          std::shared_ptr<Factory> factory,
                                          const ListenOptions& options);

  MemoryPort(MemoryLoop& loop, std::shared_ptr<Factory> factory, std::string interface, int port);

  Address getHost() const override { return host_; }
  Deferred<void> stopListening() override;
  void shutDown() noexcept override { close(); }

  const std::string& interface() const noexcept { return interface_; }
  bool listening() const noexcept { return listening_; }
  const std::shared_ptr<Factory>& factory() const noexcept { return factory_; }

  /// This side of a connection that comes from `peer` to `host`, joined to `other`; for `begin` to
  /// take.
  std::unique_ptr<MemoryConnection> accept(MemoryConnection& other, const Address& host,
                                           const Address& peer);
  /// From the loop. Does nothing once closed, which the other end finds out.
  void begin(std::unique_ptr<MemoryConnection> connection);

  /// A connection from elsewhere, with a protocol of `peer` at its other end, which is begun at
  /// once.
  void connectFrom(std::shared_ptr<Factory> peer);

 private:
  void listen();
  void close() noexcept;

  MemoryLoop& loop_;  // not used once closed: the reactor may be gone
  std::shared_ptr<Factory> factory_;
  std::string interface_;
  Address host_;
  bool listening_ = false;
};

}  // namespace couplet::detail
