// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What the parser of a WebSocket keeps of a message, and of a frame that is not whole.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <sanitizer/asan_interface.h>

#include <couplet/protocols/websocket/detail/frame_writer.h>
#include <couplet/protocols/websocket/detail/utf8_validator.h>

namespace couplet::detail {

/// Bytes that somebody writes in place.
class PayloadBuffer {
 public:
  std::string_view view() const noexcept { return {bytes_.get(), size_}; }
  const char* data() const noexcept { return bytes_.get(); }
  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }
  void clear() noexcept { size_ = 0; }

  /// Room for just so many bytes; what was there is forgotten.
  char* renew(std::size_t size) {
    size_ = 0;
    if (size > capacity_) replace(std::max<std::size_t>(size, kLeast));
    size_ = size;
    return bytes_.get();
  }

  /// Room for so many bytes more, at the end. `expected` will be there in all: memory is doubled,
  /// but grows no larger than that.
  char* extend(std::size_t more, std::size_t expected) {
    const std::size_t wanted = size_ + more;
    if (wanted > capacity_) {
      replace(std::max(std::min(2 * wanted, expected), std::min(kLeast, expected)));
    }
    char* const at = bytes_.get() + size_;
    size_ = wanted;
    return at;
  }

 private:
  static constexpr std::size_t kLeast = 128;

  void replace(std::size_t capacity) {
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// A frame, as its head says: RFC 6455, 5.2.
struct FrameInHand {
  Opcode opcode{};
  bool last = false;
  bool compressed = false;    // said on the first frame of a message only
  std::uint8_t headSize = 0;  // 0 until the head is whole
  std::array<std::uint8_t, 4> mask{};
  std::uint64_t length = 0;
  std::uint64_t taken = 0;  // so much of the payload came

  bool isControl() const noexcept { return opcode >= Opcode::kClose; }
  std::uint64_t left() const noexcept { return length - taken; }
};

struct ParserMemory {
  static constexpr std::size_t kMaxHead = 14;
  static constexpr std::size_t kMaxControl = 125;

  PayloadBuffer plain;   // the message, where it is not compressed
  std::string inflated;  // where it is
  FrameInHand frame;
  Opcode kind{};           // of the message
  bool inFrame = false;    // its head is whole, and its payload is not
  bool inMessage = false;  // a first frame began, and the last one is not over
  bool compressed = false;
  UTF8Validator text;
  std::uint8_t headSize = 0;  // so much of a head came, which is not whole
  std::array<char, kMaxHead> head;
  std::array<char, kMaxControl> control;  // the payload of a control frame

  bool idle() const noexcept { return !inFrame && !inMessage && headSize == 0; }
  std::size_t size() const noexcept { return compressed ? inflated.size() : plain.size(); }
  std::size_t capacity() const noexcept { return plain.capacity() + inflated.capacity(); }

  /// As new, but for the capacity.
  void forget() noexcept {
    plain.clear();
    inflated.clear();
    inFrame = inMessage = false;
    headSize = 0;
  }

  /// While nobody uses it, and when somebody does again: under ASan a view of a payload that is
  /// over is found out.
  void close() noexcept {
    forget();
    ASAN_POISON_MEMORY_REGION(plain.data(), plain.capacity());
    ASAN_POISON_MEMORY_REGION(inflated.data(), inflated.capacity());
    ASAN_POISON_MEMORY_REGION(control.data(), control.size());
  }
  void open() noexcept {
    ASAN_UNPOISON_MEMORY_REGION(plain.data(), plain.capacity());
    ASAN_UNPOISON_MEMORY_REGION(inflated.data(), inflated.capacity());
    ASAN_UNPOISON_MEMORY_REGION(control.data(), control.size());
  }

  void beginMessage(const FrameInHand& first) noexcept {
    forget();
    inMessage = true;
    kind = first.opcode;
    compressed = first.compressed;
    text.reset();
  }
};

}  // namespace couplet::detail
