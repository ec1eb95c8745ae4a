// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/utf8.h>

#include <cstdint>
#include <cstring>

namespace couplet::detail {

namespace {

using Words = std::uint64_t __attribute__((vector_size(16)));

constexpr std::size_t kStep = sizeof(Words);
constexpr std::size_t kStride = 4 * kStep;

Words load(const char* from) noexcept {
  Words words;
  std::memcpy(&words, from, sizeof words);
  return words;
}

bool areASCII(Words words) noexcept { return ((words[0] | words[1]) & 0x8080808080808080) == 0; }

bool isStrideASCII(const char* at) noexcept {
  return areASCII((load(at) | load(at + kStep)) | (load(at + 2 * kStep) | load(at + 3 * kStep)));
}

/// How many of the bytes at the beginning are ASCII.
std::size_t leadingASCII(std::string_view text) noexcept {
  const char* const bytes = text.data();
  const std::size_t size = text.size();
  std::size_t at = 0;
  while (size - at >= kStride && isStrideASCII(bytes + at)) at += kStride;
  while (size - at >= kStep && areASCII(load(bytes + at))) at += kStep;
  const bool restIsShort = size - at < kStep && size >= kStep;
  if (restIsShort && areASCII(load(bytes + size - kStep))) return size;
  while (at < size && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
  return at;
}

/// The first character of a text that is not empty.
inline Character read(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) -> unsigned {
    return static_cast<unsigned char>(text[at]);
  };
  const auto bits = [&](std::size_t at) { return byte(at) & 0x3f; };
  const auto continues = [&](std::size_t at) { return (byte(at) & 0xc0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return {1, first};
  if (first < 0xe0) {
    if (first < 0xc2 || text.size() < 2 || !continues(1)) return {};
    return {2, (first & 0x1f) << 6 | bits(1)};
  }
  if (text.size() < 3 || !continues(1) || !continues(2)) return {};
  if (first < 0xf0) {
    const char32_t point = (first & 0x0f) << 12 | bits(1) << 6 | bits(2);
    const bool isSurrogate = point >= 0xd800 && point <= 0xdfff;
    return point < 0x800 || isSurrogate ? Character{} : Character{3, point};
  }
  if (first > 0xf4 || text.size() < 4 || !continues(3)) return {};
  const char32_t point = (first & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
  return point < 0x10000 || point > 0x10ffff ? Character{} : Character{4, point};
}

}  // namespace

Character firstCharacter(std::string_view text) noexcept {
  return text.empty() ? Character{} : read(text);
}

std::size_t wholeCharacters(std::string_view text) noexcept {
  const std::size_t size = text.size();
  for (text.remove_prefix(leadingASCII(text)); !text.empty();) {
    const std::size_t first = read(text).size;
    if (first == 0) break;
    text.remove_prefix(first);
    if (first == 1) text.remove_prefix(leadingASCII(text));
  }
  return size - text.size();
}

bool isUTF8(std::string_view text) noexcept { return wholeCharacters(text) == text.size(); }

}  // namespace couplet::detail
