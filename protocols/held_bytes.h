// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Bytes that a parser keeps from one read to the next. For those who write a framing of their own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace couplet {

/// A queue of bytes: appended at the end, dropped from the front. Bytes appended one at a time are
/// moved a constant number of times each. Holds no memory before the first byte and after
/// `release`.
class HeldBytes {
 public:
  HeldBytes() = default;
  HeldBytes(HeldBytes&& other) noexcept
      : bytes_(std::move(other.bytes_)), dropped_(std::exchange(other.dropped_, 0)) {}
  HeldBytes& operator=(HeldBytes&& other) noexcept {
    bytes_ = std::exchange(other.bytes_, {});
    dropped_ = std::exchange(other.dropped_, 0);
    return *this;
  }

  bool empty() const noexcept { return size() == 0; }
  std::size_t size() const noexcept { return bytes_.size() - dropped_; }

  /// Valid until the next change.
  std::string_view view() const noexcept { return {bytes_.data() + dropped_, size()}; }

  /// Appends `bytes`, which must not be our own. Memory grows by doubling, to `expected` at most
  /// where that suffices: for one who knows how many will come.
  void append(std::string_view bytes, std::size_t expected = SIZE_MAX) {
    makeRoom(bytes.size(), expected);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }

  /// REQUIRES: count <= size()
  void dropFront(std::size_t count) noexcept { dropped_ += count; }
  void dropBack(std::size_t count) noexcept {
    bytes_.erase(bytes_.end() - static_cast<std::ptrdiff_t>(count), bytes_.end());
  }

  /// Forgets the bytes and keeps the memory; or gives that back, too.
  void clear() noexcept {
    bytes_.clear();
    dropped_ = 0;
  }
  void release() noexcept { *this = HeldBytes(); }

 private:
  void makeRoom(std::size_t more, std::size_t expected) {
    const std::size_t needed = size() + more;
    if (bytes_.size() + more <= bytes_.capacity()) return;
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(dropped_));
    dropped_ = 0;
    const std::size_t doubled = std::max<std::size_t>(2 * size(), 64);
    bytes_.reserve(std::max(needed, std::min(doubled, expected)));
  }

  std::vector<char> bytes_;
  std::size_t dropped_ = 0;  // that many at the front of bytes_ are gone; <= bytes_.size()
};

}  // namespace couplet
