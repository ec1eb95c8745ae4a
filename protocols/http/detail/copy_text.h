// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Copies and compares what is mostly short: the names, values and lines of a head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace couplet::detail {

/// Copies `text` to `to`, and returns what is behind the copy. Bytes may be copied twice.
inline char* copyText(char* to, std::string_view text) noexcept {
  const char* const from = text.data();
  const std::size_t size = text.size();
  const auto copy = [&](auto part, std::size_t at) {
    std::memcpy(&part, from + at, sizeof part);
    std::memcpy(to + at, &part, sizeof part);
  };
  struct Block {
    char bytes[16];
  };
  if (size > 64) {
    std::memcpy(to, from, size);
  } else if (size >= 16) {
    for (std::size_t at = 0; at < size - 16; at += 16) copy(Block(), at);
    copy(Block(), size - 16);
  } else if (size >= 8) {
    copy(std::uint64_t(), 0);
    copy(std::uint64_t(), size - 8);
  } else if (size >= 4) {
    copy(std::uint32_t(), 0);
    copy(std::uint32_t(), size - 4);
  } else {
    for (std::size_t at = 0; at < size; ++at) to[at] = from[at];
  }
  return to + size;
}

/// `left == right`, of texts that are mostly short and the same.
[[gnu::always_inline]] inline bool sameText(std::string_view left,
                                            std::string_view right) noexcept {
  const std::size_t size = left.size();
  if (size != right.size()) return false;
  const auto same = [&](auto part, std::size_t at) {
    auto other = part;
    std::memcpy(&part, left.data() + at, sizeof part);
    std::memcpy(&other, right.data() + at, sizeof other);
    return part == other;
  };
  if (size > 16) return left == right;
  if (size >= 8) return same(std::uint64_t(), 0) && same(std::uint64_t(), size - 8);
  if (size >= 4) return same(std::uint32_t(), 0) && same(std::uint32_t(), size - 4);
  if (size >= 2) return same(std::uint16_t(), 0) && same(std::uint16_t(), size - 2);
  return left == right;
}

}  // namespace couplet::detail
