// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A TCP port that listens.
#pragma once

#include <memory>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/source_location.h>
#include <couplet/reactor/detail/event_loop.h>
#include <couplet/reactor/detail/socket.h>
#include <couplet/reactor/detail/sockets.h>
#include <couplet/reactor/reactor.h>

namespace couplet::detail {

/// Kept by the loop until it is closed, and by its users as they like.
class TCPPort final : public ListeningPort,
                      public OpenEnd,
                      public std::enable_shared_from_this<TCPPort> {
 public:
  /// Listens, and lets the loop keep it. Throws CannotListenError.
  static std::shared_ptr<TCPPort> open(Sockets& sockets, int port, std::shared_ptr<Factory> factory,
                                       const ListenOptions& options, SourceLocation asked);

  TCPPort(Sockets& sockets, std::shared_ptr<Factory> factory, SourceLocation asked);

  Address getHost() const override { return host_; }
  Deferred<void> stopListening() override;
  void shutDown() noexcept override { close(); }

 private:
  void listen(int port, const ListenOptions& options);
  void watch();
  void acceptAll() noexcept;
  bool acceptOne();
  bool acceptFailed(int error);
  void complain(int error);
  int turnOneAway();
  void rest();
  void goOn();
  void close() noexcept;

  Sockets& sockets_;  // not used once closed: the reactor may be gone
  std::shared_ptr<Factory> factory_;
  SourceLocation asked_;  // where listenTCP was called
  Address host_;
  Descriptor socket_;
  Descriptor spare_;  // given up to accept, and close, a connection when the process has no
                      // descriptors left
  Watch watch_;
  // Since the last connection that was accepted:
  int failures_ = 0;        // in a row, for reasons of one connection
  int complainedOf_ = 0;    // the errno value that was logged last
  bool turnsAway_ = false;  // for want of descriptors, which is logged
  DelayedCall restEnds_;
};

}  // namespace couplet::detail
