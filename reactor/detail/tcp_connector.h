// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Connects to a host and port by TCP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <couplet/reactor/detail/connector.h>
#include <couplet/reactor/detail/event_loop.h>
#include <couplet/reactor/detail/resolver.h>
#include <couplet/reactor/detail/socket.h>
#include <couplet/reactor/detail/sockets.h>

namespace couplet::detail {

/// Looks the host up if it is a name, then tries each of its addresses in turn.
class TCPConnector final : public BasicConnector {
 public:
  TCPConnector(Sockets& sockets, std::weak_ptr<ConnectionLoop> loop, Address destination,
               std::shared_ptr<ClientFactory> factory, ConnectOptions options,
               SourceLocation asked);

 protected:
  void startAttempt() override;
  void endAttempt() noexcept override;

 private:
  void lookUp();
  void lookedUp(Lookup lookup);
  void tryNext();
  int reachFor(const SocketAddress& address);
  void limitAddress();
  bool bindSocket();
  void ready() noexcept;
  void giveUpAddress(int error);
  bool isConnectedToItself() const;
  void stand();
  void addressFailed(int error) noexcept;
  Failure failure() const;

  Sockets& sockets_;      // used while an attempt is made only: the reactor may be gone
  unsigned lookUps_ = 0;  // tells the answers to old ones apart
  std::optional<std::uint64_t> lookUp_;  // the one whose answer is awaited
  std::vector<SocketAddress> addresses_;
  std::size_t next_ = 0;  // of addresses_; the one before is being tried
  int error_ = 0;         // of the addresses tried, the one that tells most
  Descriptor socket_;
  Watch watch_;
  DelayedCall stands_;
  DelayedCall addressTimeout_;  // active while an address is tried that is not the last
};

}  // namespace couplet::detail
