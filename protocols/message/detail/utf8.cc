// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/utf8.h>

#include <cstdint>
#include <cstring>

namespace couplet::detail {

namespace {

/// How many of the bytes at the beginning are ASCII, or a few less.
std::size_t skipASCII(std::string_view text) noexcept {
  std::size_t at = 0;
  for (std::uint64_t word; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080) != 0) break;
  }
  return at;
}

}  // namespace

Character firstCharacter(std::string_view text) noexcept {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {1, first};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  char32_t point = first & (0xffU >> (size + 1));
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return {};
    point = point << 6 | (byte(at) & 0x3f);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool isSurrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kLeast[size] || point > 0x10ffff || isSurrogate) return {};
  return {size, point};
}

bool isUTF8(std::string_view text) noexcept {
  for (text.remove_prefix(skipASCII(text)); !text.empty();) {
    const std::size_t size = firstCharacter(text).size;
    if (size == 0) return false;
    text.remove_prefix(size);
    if (size == 1) text.remove_prefix(skipASCII(text));
  }
  return true;
}

}  // namespace couplet::detail
