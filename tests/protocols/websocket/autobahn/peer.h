// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The other side of our WebSocket, in the hands of a test that reads and writes its bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/websocket/websocket_protocol.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "tests/protocols/websocket/autobahn/frame.h"

namespace couplet::autobahn {

/// What our side is told of the connection.
struct Told {
  int timesOpened = 0;
  std::optional<WebSocketClosed> closed{};
};

/// Sends each message back, and writes down what becomes of the WebSocket.
class Echo final : public WebSocketProtocol {
 public:
  explicit Echo(Told& told) : told_(told) {}

  void opened() override { ++told_.timesOpened; }
  void textReceived(std::string_view text) override { send(text); }
  void binaryReceived(std::string_view bytes) override { sendBinary(bytes); }
  void closed(const WebSocketClosed& why) override { told_.closed = why; }

 private:
  Told& told_;
};

/// Talks to an Echo that serves or connects as a program's would, on a MemoryReactor.
class Peer {
 public:
  /// `side` is that of the Echo.
  Peer(WebSocketSide side, WebSocketOptions options);
  ~Peer();

  /// Shakes hands. As a client offers `extensions`, as a server agrees to them; "" for none.
  void shakeHands(const std::string& extensions = "");

  /// What the Echo offered, or agreed to; "" for nothing. Valid from shakeHands on.
  const std::string& itsExtensions() const noexcept { return itsExtensions_; }

  /// From now on no more than so many bytes arrive at once.
  void cutInto(std::size_t bytes) { reactor_.setCut(bytes); }

  /// Sends frames in one write, or each in its own, and waits until the Echo has nothing to do.
  void send(const std::vector<Frame>& frames);
  void sendOneByOne(const std::vector<Frame>& frames);
  void sendBytes(std::string_view bytes);

  /// The frame as this side sends it.
  std::string bytesOf(const Frame& frame) const;

  /// All that was sent since it was heard before. Throws std::runtime_error: see takeFrame.
  std::vector<Frame> hear();

  /// Whether the Echo has ended its direction of the connection.
  bool itHungUp() const noexcept { return peer_->inputEnded() || !peer_->connected(); }
  void hangUp();

  WebSocketSide itsSide() const noexcept { return side_; }
  const Told& told() const noexcept { return told_; }

 private:
  void askForWebSocket(const std::string& extensions);
  void answerRequest(const std::string& extensions);
  std::string takeHead();

  const WebSocketSide side_;
  const WebSocketOptions options_;
  Told told_;  // outlives the Echo, which the reactor's connection owns
  testing::MemoryReactor reactor_;
  std::optional<testing::MemoryPeer> peer_;
  std::optional<Deferred<Echo*>> connecting_;  // of a client
  std::string itsExtensions_;
};

}  // namespace couplet::autobahn
