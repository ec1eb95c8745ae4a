// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/frame_writer.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <random>

#include <couplet/protocols/websocket/detail/chacha20.h>
#include <couplet/protocols/websocket/detail/masking.h>

namespace couplet::detail {

namespace {

/// The bits of a head's two first bytes, and what a length of 7 bits says.
constexpr unsigned kFin = 0x80;
constexpr unsigned kRSV1 = 0x40;
constexpr char kMasked = '\x80';
constexpr unsigned char kLength16 = 126;
constexpr unsigned char kLength64 = 127;

/// Masks without end, of a secret of the thread. To ask the system for each would take longer than
/// all that is done else to a short message.
class MaskSource {
 public:
  MaskSource() {
    std::random_device system;
    std::copy(kChaChaConstants.begin(), kChaChaConstants.end(), state_.begin());
    std::generate(state_.begin() + kChaChaConstants.size(), state_.end(), std::ref(system));
  }

  std::uint32_t next() noexcept {
    if (left_ == 0) {
      block_ = chaCha20Block(state_);
      left_ = block_.size();
      if (++state_[kCounter] == 0) ++state_[kCounter + 1];
    }
    return block_[--left_];
  }

 private:
  static constexpr std::size_t kCounter = 12;

  ChaChaState state_;
  ChaChaState block_;
  std::size_t left_ = 0;  // of the block, not used yet
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
  static thread_local MaskSource source;
  return std::bit_cast<std::array<std::uint8_t, 4>>(source.next());
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
