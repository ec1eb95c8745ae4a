// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Frames as the other side of a WebSocket sends and expects them: RFC 6455, 5.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "tests/protocols/websocket/frames.h"

namespace couplet::autobahn {

/// One frame, unmasked.
struct Frame {
  unsigned first = 0;  // FIN, RSV and the opcode
  std::string payload{};
  bool anyText = false;  // of a Close frame that is expected: the code counts
};

/// Byte for byte, but for the text of a Close frame where that does not count.
bool operator==(const Frame& a, const Frame& b);

/// Short, whatever the payload.
void PrintTo(const Frame& frame, std::ostream* out);

inline Frame text(std::string_view payload) { return {frames::kText, std::string(payload)}; }
inline Frame binary(std::string_view payload) { return {frames::kBinary, std::string(payload)}; }
inline Frame ping(std::string_view payload) { return {frames::kPing, std::string(payload)}; }
inline Frame pong(std::string_view payload) { return {frames::kPong, std::string(payload)}; }

/// The first frame of a text, one in the middle, and the last.
inline Frame opening(std::string_view payload) { return {0x01, std::string(payload)}; }
inline Frame more(std::string_view payload) { return {0x00, std::string(payload)}; }
inline Frame last(std::string_view payload) { return {0x80, std::string(payload)}; }

inline Frame closing(std::uint16_t code, std::string_view text = "") {
  return {frames::kClose, frames::closing(code, text)};
}

/// What answers what is no WebSocket: a Close frame with `code` and any text.
inline Frame refused(std::uint16_t code) { return {frames::kClose, frames::closing(code), true}; }

/// `payload` in frames of `size` bytes; `first` is of a whole message.
std::vector<Frame> fragmented(unsigned first, std::string_view payload, std::size_t size);

/// `pattern` again and again, `size` bytes in all.
std::string repeated(std::string_view pattern, std::size_t size);

/// Takes the first frame off the front of `bytes`, which our side of a WebSocket, `side`, wrote.
/// Throws std::runtime_error where it is cut off, masked or not against RFC 6455, 5.1, or says its
/// length in more bytes than it needs.
Frame takeFrame(WebSocketSide side, std::string_view& bytes);

}  // namespace couplet::autobahn
