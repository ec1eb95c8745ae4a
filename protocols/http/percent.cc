// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/percent.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include <couplet/protocols/http/detail/character_set.h>

namespace couplet {

namespace {

using detail::CharacterSet;

constexpr CharacterSet kUnencodedInPaths = detail::kPathCharacters | CharacterSet("/");
/// And the space, which becomes a plus.
constexpr CharacterSet kUnencodedInForms =
    detail::kLetters | detail::kDigits | CharacterSet("*-._ ");

/// Controls, and what parts the segments of paths here or elsewhere.
constexpr CharacterSet kNeverInSegments = [] {
  std::array<char, 256> members{};
  std::size_t count = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (detail::isControl(c) || c == '/' || c == '\\') members[count++] = c;
  }
  return CharacterSet({members.data(), count});
}();

char escaped(std::string_view escape) {
  return static_cast<char>(detail::hexValue(escape[1]) * 16 + detail::hexValue(escape[2]));
}

/// False, with a part of it decoded, when a '%' is bad.
bool decode(std::string_view text, bool plusIsSpace, BadPercent bad, std::string& decoded) {
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (detail::startsWithEscape(text.substr(i))) {
      decoded += escaped(text.substr(i));
      i += 2;
    } else if (text[i] == '%' && bad == BadPercent::kRefuse) {
      return false;
    } else {
      decoded += plusIsSpace && text[i] == '+' ? ' ' : text[i];
    }
  }
  return true;
}

std::string encode(std::string_view text, const CharacterSet& unencoded) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (unencoded.contains(c)) {
      encoded += c;
    } else {
      encoded += detail::percentEscape(c);
    }
  }
  return encoded;
}

}  // namespace

std::optional<std::string> percentDecode(std::string_view text, BadPercent bad) {
  std::string decoded;
  if (!decode(text, false, bad, decoded)) return std::nullopt;
  return decoded;
}

std::optional<std::string_view> percentDecode(std::string_view text, std::string& storage) {
  if (text.find('%') == text.npos) return text;
  storage.clear();
  if (!decode(text, false, BadPercent::kRefuse, storage)) return std::nullopt;
  return storage;
}

std::optional<std::string> formDecode(std::string_view text, BadPercent bad) {
  std::string decoded;
  if (!decode(text, true, bad, decoded)) return std::nullopt;
  return decoded;
}

std::optional<std::string_view> formDecode(std::string_view text, std::string& storage) {
  if (text.find_first_of("%+") == text.npos) return text;
  storage.clear();
  if (!decode(text, true, BadPercent::kRefuse, storage)) return std::nullopt;
  return storage;
}

bool isPlainSegment(std::string_view decoded) {
  for (const char c : decoded) {
    if (kNeverInSegments.contains(c)) return false;
  }
  return !decoded.empty() && decoded != "." && decoded != "..";
}

std::string percentEncode(std::string_view text) { return encode(text, detail::kUnreserved); }

std::string percentEncodePath(std::string_view path) { return encode(path, kUnencodedInPaths); }

std::string formEncode(std::string_view text) {
  std::string encoded = encode(text, kUnencodedInForms);
  std::replace(encoded.begin(), encoded.end(), ' ', '+');
  return encoded;
}

}  // namespace couplet
