// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests of what speaks on a WebSocket, without a handshake and without sockets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/websocket/websocket_protocol.h>
#include <couplet/reactor/testing/string_transport.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// What was agreed on, where nothing is said about it.
struct AgreedWebSocket {
  WebSocketSide side = WebSocketSide::kServer;
  WebSocketOptions options{};
  std::string subprotocol{};
};

/// Tells `protocol` that the handshake is over, for any transport that connects it then. With
/// `options.compression` permessage-deflate was agreed on, just as those say.
void agreeWebSocket(WebSocketProtocol& protocol, const AgreedWebSocket& agreed = {});

/// The same, and opens it on `transport`:
///
///     StringTransport transport;
///     Echo echo;
///     openWebSocket(transport, echo);
///     echo.dataReceived(maskedFrame(0x81, "hello"));
///     EXPECT_EQ(transport.value(), frame(0x81, "hello"));
void openWebSocket(StringTransport& transport, WebSocketProtocol& protocol,
                   const AgreedWebSocket& agreed = {});

/// A frame as a server sends it, and as a client does, with the mask 37 fa 21 3d of RFC 6455, 5.7.
/// `first` is the first byte: FIN, RSV and opcode.
std::string frame(std::uint8_t first, std::string_view payload);
std::string maskedFrame(std::uint8_t first, std::string_view payload);

/// The payload of a Close frame.
std::string closePayload(std::uint16_t code, std::string_view text = "");

/// Keeps what came.
class AccumulatingWebSocket : public WebSocketProtocol {
 public:
  std::vector<WebSocketMessage> messages;
  std::vector<std::string> pongs;
  std::optional<WebSocketClosed> why;  ///< once closed
  int timesOpened = 0;

  void opened() override { ++timesOpened; }
  void textReceived(std::string_view text) override {
    messages.push_back({WebSocketKind::kText, std::string(text)});
  }
  void binaryReceived(std::string_view bytes) override {
    messages.push_back({WebSocketKind::kBinary, std::string(bytes)});
  }
  void pongReceived(std::string_view payload) override { pongs.emplace_back(payload); }
  void closed(const WebSocketClosed& reason) override { why = reason; }
};

}  // namespace couplet::testing
#pragma GCC visibility pop
