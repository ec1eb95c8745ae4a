// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/testing/websocket.h>

#include <memory>
#include <utility>

#include <couplet/protocols/websocket/detail/frame_writer.h>
#include <couplet/protocols/websocket/detail/handshake.h>
#include <couplet/protocols/websocket/detail/masking.h>
#include <couplet/protocols/websocket/detail/open_websockets.h>

namespace couplet::testing {

namespace {

constexpr std::array<std::uint8_t, 4> kMask{0x37, 0xfa, 0x21, 0x3d};

/// The head of a frame, with any first byte.
std::string headOf(const detail::FrameHead& head, std::uint8_t first) {
  std::string bytes(head.view());
  bytes[0] = static_cast<char>(first);
  return bytes;
}

}  // namespace

void agreeWebSocket(WebSocketProtocol& protocol, const AgreedWebSocket& agreed) {
  detail::WebSocketAgreement agreement{agreed.subprotocol, {}};
  if (const auto& how = agreed.options.compression) {
    agreement.deflate = {how->serverContextTakeover, how->clientContextTakeover,
                         how->serverMaxWindowBits, how->clientMaxWindowBits};
  }
  protocol.agreed(agreed.side, std::make_shared<detail::OpenWebSockets>(agreed.options), agreement);
}

void openWebSocket(StringTransport& transport, WebSocketProtocol& protocol,
                   const AgreedWebSocket& agreed) {
  agreeWebSocket(protocol, agreed);
  transport.connect(protocol);
}

std::string frame(std::uint8_t first, std::string_view payload) {
  return headOf(detail::FrameHead({}, payload.size()), first).append(payload);
}

std::string maskedFrame(std::uint8_t first, std::string_view payload) {
  std::string bytes = headOf(detail::FrameHead({}, payload.size(), kMask), first);
  const std::size_t head = bytes.size();
  bytes.resize(head + payload.size());
  detail::maskBytes(bytes.data() + head, payload.data(), payload.size(), kMask);
  return bytes;
}

std::string closePayload(std::uint16_t code, std::string_view text) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return payload.append(text);
}

}  // namespace couplet::testing
