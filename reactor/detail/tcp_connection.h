// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A connection whose bytes go through a TCP socket.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <couplet/reactor/detail/connection.h>
#include <couplet/reactor/detail/event_loop.h>
#include <couplet/reactor/detail/socket.h>
#include <couplet/reactor/detail/sockets.h>

namespace couplet::detail {

class BasicConnector;

/// Owns the socket. Its events are registered once, edge-triggered, and never changed: so what can
/// be read is remembered here, and what was refused is sent again when the event says so.
class TCPConnection final : public Connection {
 public:
  /// `connector` is that of a client, and null on the side that accepted. `socket` is connected and
  /// does not block. `asked` is where the port or the connector was asked for.
  TCPConnection(Sockets& sockets, Descriptor socket, const SocketAddress& peer,
                std::shared_ptr<Factory> factory, SourceLocation asked,
                std::shared_ptr<BasicConnector> connector = nullptr);
  ~TCPConnection() override;

  Address getHost() const override;
  Address getPeer() const override { return peer_.address(); }
  void setTcpNoDelay(bool on) override;
  bool getTcpNoDelay() const override { return noDelay_; }
  void setTcpKeepAlive(bool on) override;
  bool getTcpKeepAlive() const override { return keepAlive_; }

 protected:
  std::size_t send(std::string_view bytes) noexcept override;
  std::size_t send(std::span<const ::iovec> parts) noexcept override;
  void closeOutput() noexcept override;
  void close(Closing how) noexcept override;
  void readMore() override;
  void begun() override;
  void ended(const Failure& reason) noexcept override;
  void describe(CallSite& site, SiteSubject& subject) const noexcept override;

 private:
  /// Whether there may be more to read than was, and in which turn.
  enum class Continuing : std::uint8_t {
    kNo,
    kNextTurn,  // not in this turn, whose share was read
    kThisTurn
  };

  static void ready(int, short what, void* self) noexcept;
  static void readyWatched(int, short what, void* self) noexcept;
  void became(short ready);
  std::size_t sendFailed(int error) noexcept;
  void retryLater() noexcept;
  void readFailed(int error);
  void noticeEnd();
  bool readShare();
  std::size_t readSome(std::size_t most);
  ::ssize_t receive(std::size_t most) noexcept;
  void dropInput() noexcept;

  Sockets& sockets_;
  std::shared_ptr<BasicConnector> connector_;
  std::unique_ptr<const SocketAddress> host_;  // known once the socket is closed
  Watch watch_;
  SocketAddress peer_;
  Descriptor socket_;
  Continuing continuing_ = Continuing::kNo;
  bool inputWaits_ = false;  // there may be something to read: no event will say so again
  bool hungUp_ = false;      // the peer sends no more than what waits
  bool noDelay_ = false;
  bool keepAlive_ = false;
  AskedPlaces::Index asked_;
};

}  // namespace couplet::detail
