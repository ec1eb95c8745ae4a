// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Frames are written by hand here, so that what is tested does not write what it is tested with.
#include <couplet/protocols/testing/websocket.h>

#include <cstddef>

namespace couplet::testing {

namespace {

constexpr unsigned kMaskBit = 0x80;
constexpr unsigned char kMask[] = {0x37, 0xfa, 0x21, 0x3d};

void append(std::string& bytes, unsigned value) { bytes.push_back(static_cast<char>(value)); }

/// RFC 6455, 5.2, up to the length.
std::string headOf(std::uint8_t first, unsigned maskBit, std::size_t size) {
  std::string head;
  append(head, first);
  const std::size_t wide = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  append(head, maskBit | (wide == 0 ? static_cast<unsigned>(size) : wide == 2 ? 126U : 127U));
  for (std::size_t i = wide; i-- > 0;) append(head, std::uint64_t{size} >> 8 * i & 0xff);
  return head;
}

}  // namespace

void agreeWebSocket(WebSocketProtocol& protocol, const AgreedWebSocket& agreed) {
  protocol.agreed(agreed.side, agreed.options, agreed.subprotocol);
}

void openWebSocket(StringTransport& transport, WebSocketProtocol& protocol,
                   const AgreedWebSocket& agreed) {
  agreeWebSocket(protocol, agreed);
  transport.connect(protocol);
}

std::string frame(std::uint8_t first, std::string_view payload) {
  return headOf(first, 0, payload.size()).append(payload);
}

std::string maskedFrame(std::uint8_t first, std::string_view payload) {
  std::string bytes = headOf(first, kMaskBit, payload.size());
  for (unsigned char byte : kMask) append(bytes, byte);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    append(bytes, static_cast<unsigned char>(payload[i]) ^ kMask[i % sizeof kMask]);
  }
  return bytes;
}

std::string closePayload(std::uint16_t code, std::string_view text) {
  std::string payload;
  append(payload, code >> 8U);
  append(payload, code & 0xffU);
  return payload.append(text);
}

}  // namespace couplet::testing
