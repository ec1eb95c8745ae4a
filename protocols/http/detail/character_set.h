// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Sets of bytes for the grammars of URLs and cookies (RFC 3986, 6265). Bytes are compared as
// unsigned, and no locale has a say.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace couplet::detail {

/// A set of bytes, made at compile time.
class CharacterSet {
 public:
  constexpr explicit CharacterSet(std::string_view members) {
    for (const char c : members) contains_[static_cast<unsigned char>(c)] = true;
  }

  constexpr bool contains(char c) const { return contains_[static_cast<unsigned char>(c)]; }

  constexpr bool containsAll(std::string_view text) const {
    for (const char c : text) {
      if (!contains(c)) return false;
    }
    return true;
  }

  constexpr CharacterSet operator|(const CharacterSet& other) const {
    CharacterSet both("");
    for (std::size_t i = 0; i < contains_.size(); ++i) {
      both.contains_[i] = contains_[i] || other.contains_[i];
    }
    return both;
  }

 private:
  std::array<bool, 256> contains_{};
};

inline constexpr CharacterSet kDigits{"0123456789"};
inline constexpr CharacterSet kHexDigits = kDigits | CharacterSet("abcdefABCDEF");
inline constexpr CharacterSet kLetters{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"};

// RFC 3986: 2.3 unreserved, 2.2 sub-delims, 3.3 pchar without its escapes.
inline constexpr CharacterSet kUnreserved = kLetters | kDigits | CharacterSet("-._~");
inline constexpr CharacterSet kSubDelims{"!$&'()*+,;="};
inline constexpr CharacterSet kPathCharacters = kUnreserved | kSubDelims | CharacterSet(":@");

/// Below 0x20, or 0x7f (DEL).
constexpr bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

constexpr bool hasControls(std::string_view text) {
  for (const char c : text) {
    if (isControl(c)) return true;
  }
  return false;
}

constexpr char lowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = lowerCase(c);
  return lower;
}

/// `lower` is in lower case already.
constexpr bool equalsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lowerCase(text[i]) != lower[i]) return false;
  }
  return true;
}

/// REQUIRES: kHexDigits.contains(c)
constexpr int hexValue(char c) { return kDigits.contains(c) ? c - '0' : lowerCase(c) - 'a' + 10; }

/// Whether `text` begins with a '%' and two hex digits.
constexpr bool startsWithEscape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && kHexDigits.contains(text[1]) &&
         kHexDigits.contains(text[2]);
}

/// The byte as an escape: `%2F`.
inline std::string percentEscape(char c) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'%', kHex[byte / 16], kHex[byte % 16]};
}

/// A printable byte in quotes, another as `0x0A`: for messages, which repeat nothing of a peer's
/// that a terminal or log would act on.
inline std::string describeByte(char c) {
  if (c > 0x20 && c < 0x7f) return {'\'', c, '\''};
  return "0x" + percentEscape(c).substr(1);
}

}  // namespace couplet::detail
