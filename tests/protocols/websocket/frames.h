// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: frames, written by hand, and what a parser says to them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/websocket/websocket_parser.h>

namespace couplet::frames {

using namespace std::literals;

// First bytes: FIN and the opcode. Without FIN, and with RSV1.
inline constexpr unsigned kContinuation = 0x80;
inline constexpr unsigned kText = 0x81;
inline constexpr unsigned kBinary = 0x82;
inline constexpr unsigned kClose = 0x88;
inline constexpr unsigned kPing = 0x89;
inline constexpr unsigned kPong = 0x8a;
inline constexpr unsigned unfinished(unsigned first) { return first & 0x7f; }
inline constexpr unsigned compressed(unsigned first) { return first | 0x40; }

inline constexpr std::string_view kKey = "\x37\xfa\x21\x3d";  // of RFC 6455, 5.7

/// The two first bytes and the length of a frame: RFC 6455, 5.2.
inline std::string head(unsigned first, std::uint64_t length, bool masked) {
  const int wide = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const std::uint64_t seven = wide == 0 ? length : wide == 2 ? 126 : 127;
  std::string out{static_cast<char>(first), static_cast<char>(seven | (masked ? 0x80 : 0))};
  for (int i = wide - 1; i >= 0; --i) out += static_cast<char>(length >> 8 * i);
  return out;
}

inline std::string fromServer(unsigned first, std::string_view payload) {
  return head(first, payload.size(), false).append(payload);
}

inline std::string fromClient(unsigned first, std::string_view payload) {
  std::string out = head(first, payload.size(), true).append(kKey);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out += static_cast<char>(payload[i] ^ kKey[i % kKey.size()]);
  }
  return out;
}

/// What `side` is sent.
inline std::string toSide(WebSocketSide side, unsigned first, std::string_view payload) {
  return side == WebSocketSide::kServer ? fromClient(first, payload) : fromServer(first, payload);
}

/// The payload of a Close frame.
inline std::string closing(std::uint16_t code, std::string_view text = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code)}.append(text);
}

/// "text hello", "refused 1002: why".
inline std::string describe(const WebSocketParser& parser, WebSocketEvent event) {
  const CloseReason& reason = parser.closeReason();
  const std::string said = std::to_string(reason.code()) + ": " + reason.text();
  const std::string payload(parser.payload());
  switch (event) {
    case WebSocketEvent::kText:
      return "text " + payload;
    case WebSocketEvent::kBinary:
      return "binary " + payload;
    case WebSocketEvent::kPing:
      return "ping " + payload;
    case WebSocketEvent::kPong:
      return "pong " + payload;
    case WebSocketEvent::kClose:
      return "close " + said;
    case WebSocketEvent::kRefused:
      return "refused " + said;
    case WebSocketEvent::kNeedMore:
      break;
  }
  return "";
}

/// All that `parser` finds in `bytes`.
inline std::vector<std::string> hear(WebSocketParser& parser, std::string_view bytes) {
  std::vector<std::string> heard;
  for (;;) {
    const WebSocketEvent event = parser.next(bytes);
    if (event == WebSocketEvent::kNeedMore) return heard;
    heard.push_back(describe(parser, event));
  }
}

using Pieces = std::vector<std::string_view>;

/// Each piece goes to memory of its own, so that a view that outlives it shows.
inline std::vector<std::string> hear(WebSocketParser& parser, const Pieces& pieces) {
  std::vector<std::string> heard;
  for (const std::string_view piece : pieces) {
    const std::vector<char> own(piece.begin(), piece.end());
    for (std::string& event : hear(parser, std::string_view(own.data(), own.size()))) {
      heard.push_back(std::move(event));
    }
  }
  return heard;
}

}  // namespace couplet::frames
