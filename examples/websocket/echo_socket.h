// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A WebSocket that sends every message back, for either side.
#pragma once

#include <string_view>
#include <utility>

#include <couplet/protocols/websocket/websocket_protocol.h>

namespace examples {

class EchoSocket : public couplet::WebSocketProtocol {
 public:
  /// The longest message that the programs here take: what the Autobahn suite sends at most.
  static constexpr std::size_t kMaxMessage = 16 * 1024 * 1024;

  void textReceived(std::string_view text) override { goOnAfter(send(text)); }
  void binaryReceived(std::string_view bytes) override { goOnAfter(sendBinary(bytes)); }

 private:
  /// One who does not read what is sent back is not read from either.
  void goOnAfter(couplet::Deferred<void> sent) {
    if (sent.readyValue()) return;
    transport().pauseProducing();
    std::move(sent).addCallbacks(
        [this] { transport().resumeProducing(); },
        [](const couplet::Failure& failure) { failure.trap<couplet::WebSocketClosed>(); });
  }
};

}  // namespace examples
