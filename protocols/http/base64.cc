// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/base64.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace couplet {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> kDigitOf = [] {
  std::array<std::uint8_t, 256> digits{};
  for (auto& digit : digits) digit = kNoDigit;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

/// Up to three bytes as the 24 bits of four digits.
std::uint32_t bitsOf(std::string_view bytes) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    bits = bits << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0);
  }
  return bits;
}

/// Two to four digits as the 24 bits of three bytes; false when one is none.
bool bitsOfDigits(std::string_view digits, std::uint32_t& bits) {
  bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint8_t digit =
        i < digits.size() ? kDigitOf[static_cast<unsigned char>(digits[i])] : 0;
    if (digit == kNoDigit) return false;
    bits = bits << 6 | digit;
  }
  return true;
}

std::size_t paddingOf(std::string_view text) {
  return text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
}

}  // namespace

std::string base64Encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    const std::uint32_t bits = bitsOf(group);
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += digit > group.size() ? '=' : kAlphabet[bits >> (18 - 6 * digit) & 63];
    }
  }
  return text;
}

std::optional<std::string> base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  text.remove_suffix(paddingOf(text));
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::string_view digits = text.substr(i, 4);
    std::uint32_t bits;
    if (!bitsOfDigits(digits, bits)) return std::nullopt;
    const std::size_t count = digits.size() - 1;  // of bytes; 2 digits at least, by the padding
    for (std::size_t byte = 0; byte < count; ++byte) {
      bytes += static_cast<char>(bits >> (16 - 8 * byte) & 0xff);
    }
    if ((bits & ((1u << (24 - 8 * count)) - 1)) != 0) return std::nullopt;  // unused bits
  }
  return bytes;
}

}  // namespace couplet
