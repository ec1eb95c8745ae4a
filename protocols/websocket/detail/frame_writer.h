// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Writes the frames of a WebSocket: RFC 6455, 5.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace couplet::detail {

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

/// The head of a frame, but for its length and mask.
struct FrameKind {
  Opcode opcode = Opcode::kText;
  bool last = true;         // FIN
  bool compressed = false;  // RSV1
};

/// The head of an unmasked frame, of 2 to 10 bytes; `mask` adds 4.
class FrameHead {
 public:
  FrameHead(FrameKind kind, std::size_t length) noexcept;
  FrameHead(FrameKind kind, std::size_t length, std::array<std::uint8_t, 4> mask) noexcept;

  std::string_view view() const noexcept { return {bytes_.data(), size_}; }

 private:
  std::array<char, 14> bytes_;
  std::uint8_t size_ = 0;
};

/// Keys that nobody can guess, for the frames of clients: RFC 6455, 5.3 and 10.3. ChaCha20 makes
/// them of what the system's random device gave the thread at its first one. Throws what that does.
std::array<std::uint8_t, 4> newMask();

/// Appends a whole frame with a masked payload.
void appendMasked(std::string& out, FrameKind kind, std::string_view payload,
                  std::array<std::uint8_t, 4> mask);

}  // namespace couplet::detail
