// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/frame_writer.h>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include <couplet/protocols/websocket/detail/masking.h>

namespace couplet::detail {

namespace {

/// The bits of a head's two first bytes, and what a length of 7 bits says.
constexpr unsigned kFin = 0x80;
constexpr unsigned kRSV1 = 0x40;
constexpr char kMasked = '\x80';
constexpr unsigned char kLength16 = 126;
constexpr unsigned char kLength64 = 127;

/// Keys that are not used yet.
struct MaskBlock {
  std::array<std::array<std::uint8_t, 4>, 64> masks;
  std::size_t left = 0;

  std::array<std::uint8_t, 4> take() {
    if (left == 0) refill();
    return masks[--left];
  }

  void refill() {
    static_assert(sizeof masks <= 256, "the system gives no more at once");
    if (::getentropy(masks.data(), sizeof masks) != 0) {
      throw std::system_error(errno, std::generic_category(), "no random bytes for a mask");
    }
    left = masks.size();
  }
};

}  // namespace

FrameHead::FrameHead(FrameKind kind, std::size_t length) noexcept {
  bytes_[0] = static_cast<char>((kind.last ? kFin : 0) | (kind.compressed ? kRSV1 : 0) |
                                static_cast<unsigned>(kind.opcode));
  const std::size_t lengthBytes = length < kLength16 ? 0 : length <= 0xffff ? 2 : 8;
  bytes_[1] = static_cast<char>(lengthBytes == 0   ? length
                                : lengthBytes == 2 ? kLength16
                                                   : kLength64);
  for (std::size_t i = 0; i < lengthBytes; ++i) {
    bytes_[2 + i] = static_cast<char>(std::uint64_t{length} >> 8 * (lengthBytes - 1 - i));
  }
  size_ = static_cast<std::uint8_t>(2 + lengthBytes);
}

FrameHead::FrameHead(FrameKind kind, std::size_t length, std::array<std::uint8_t, 4> mask) noexcept
    : FrameHead(kind, length) {
  bytes_[1] = static_cast<char>(bytes_[1] | kMasked);
  std::memcpy(bytes_.data() + size_, mask.data(), mask.size());
  size_ = static_cast<std::uint8_t>(size_ + mask.size());
}

std::array<std::uint8_t, 4> newMask() {
  static thread_local MaskBlock block;
  return block.take();
}

void appendMasked(std::string& out, FrameKind kind, std::string_view payload,
                  std::array<std::uint8_t, 4> mask) {
  const FrameHead head(kind, payload.size(), mask);
  out.reserve(out.size() + head.view().size() + payload.size());
  out.append(head.view());
  const std::size_t at = out.size();
  out.append(payload);
  maskBytes(out.data() + at, out.data() + at, payload.size(), mask);
}

}  // namespace couplet::detail
