// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/uuid.h>

#include <cstddef>
#include <cstring>
#include <ostream>
#include <random>

namespace couplet {

namespace {

constexpr std::size_t kTextSize = 36;

/// Where hyphens stand between the digits.
constexpr bool isHyphen(std::size_t at) noexcept {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

int digitOf(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

UUID UUID::random() {
  std::array<std::uint8_t, 16> bytes;
  std::random_device source;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint32_t)) {
    const std::uint32_t word = source();
    std::memcpy(bytes.data() + at, &word, sizeof word);
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // the variant of RFC 9562
  return UUID(bytes);
}

std::optional<UUID> UUID::parse(std::string_view text) noexcept {
  if (text.size() != kTextSize) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t digits = 0;
  for (std::size_t at = 0; at < kTextSize; ++at) {
    if (isHyphen(at)) {
      if (text[at] != '-') return std::nullopt;
      continue;
    }
    const int digit = digitOf(text[at]);
    if (digit < 0) return std::nullopt;
    std::uint8_t& byte = bytes[digits++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
  }
  return UUID(bytes);
}

std::string UUID::toString() const {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(kTextSize);
  for (const std::uint8_t byte : bytes_) {
    if (isHyphen(text.size())) text += '-';
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const UUID& uuid) { return out << uuid.toString(); }

}  // namespace couplet
