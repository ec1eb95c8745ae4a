// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A connection whose other end is another one in the same process.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <utility>

#include <couplet/deferred/callable.h>
#include <couplet/reactor/detail/connection.h>
#include <couplet/reactor/testing/detail/memory_network.h>

namespace couplet::detail {

/// One end. Behaves as TCP does over a good network: the bytes arrive in order, at most a window of
/// them waits to be read, what was sent before a close or reset still arrives, and writing to an
/// end that has closed brings a reset.
class MemoryConnection final : public Connection {
 public:
  /// The network must outlive it.
  MemoryConnection(MemoryNetwork& network, ConnectionLoop& loop, std::shared_ptr<Factory> factory,
                   Address host, Address peer);
  ~MemoryConnection() override;

  /// Makes the two the ends of one connection. Neither has begun.
  static void join(MemoryConnection& one, MemoryConnection& other) noexcept;

  /// Calls `whenEnded` after the protocol has heard connectionLost.
  void whenEnded(Callable<void(const Failure&)> whenEnded) { whenEnded_ = std::move(whenEnded); }

  /// The network breaks the connection, for this end: no more input comes, or a reset does.
  void endInput() noexcept;
  void reset() noexcept;

  // For the network.
  void deliver() noexcept;
  bool hasEvent() const noexcept;

  Address getHost() const override { return host_; }
  Address getPeer() const override { return peerAddress_; }
  void setTcpNoDelay(bool on) override { noDelay_ = on; }
  bool getTcpNoDelay() const override { return noDelay_; }
  void setTcpKeepAlive(bool on) override { keepAlive_ = on; }
  bool getTcpKeepAlive() const override { return keepAlive_; }

 private:
  std::size_t send(std::string_view bytes) noexcept override;
  std::size_t send(std::span<const ::iovec> parts) noexcept override;
  void closeOutput() noexcept override;
  void close(Closing how) noexcept override;
  void readMore() override { hear(); }
  void begun() override;
  void ended(const Failure& reason) noexcept override;

  void hear();
  void receiveSome();
  std::size_t room() const noexcept;
  void leave() noexcept;

  MemoryNetwork& network_;
  Address host_;
  Address peerAddress_;
  Callable<void(const Failure&)> whenEnded_;
  MemoryConnection* peer_ = nullptr;  // null once either end has closed
  std::deque<char> inbox_;            // what has arrived and is not yet delivered
  bool begun_ = false;
  bool inputOver_ = false;  // nothing comes after the inbox
  bool inputOverTold_ = false;
  bool reset_ = false;    // the end, to be told
  bool blocked_ = false;  // the peer's inbox was full
  bool noDelay_ = true;
  bool keepAlive_ = false;
};

}  // namespace couplet::detail
