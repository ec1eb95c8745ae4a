// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/utf8.h>

#include <cstdint>
#include <cstring>

namespace couplet::detail {

namespace {

bool isASCII(const char* sixteen) noexcept {
  std::uint64_t words[2];
  std::memcpy(words, sixteen, sizeof words);
  return ((words[0] | words[1]) & 0x8080808080808080) == 0;
}

/// How many of the bytes at the beginning are ASCII.
std::size_t leadingASCII(std::string_view text) noexcept {
  constexpr std::size_t kStep = 16;
  std::size_t at = 0;
  while (text.size() - at >= kStep && isASCII(text.data() + at)) at += kStep;
  const bool restIsShort = text.size() - at < kStep && text.size() >= kStep;
  if (restIsShort && isASCII(text.data() + text.size() - kStep)) return text.size();
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
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

std::size_t wholeCharacters(std::string_view text) noexcept {
  const std::size_t size = text.size();
  for (text.remove_prefix(leadingASCII(text)); !text.empty();) {
    const std::size_t first = firstCharacter(text).size;
    if (first == 0) break;
    text.remove_prefix(first);
    if (first == 1) text.remove_prefix(leadingASCII(text));
  }
  return size - text.size();
}

bool isUTF8(std::string_view text) noexcept { return wholeCharacters(text) == text.size(); }

}  // namespace couplet::detail
