// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The fields that say where a message ends and what becomes of its connection: RFC 9112 sections 6
// and 9. Collected while the lines are read; judged by the parsers when the head is whole.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <couplet/protocols/http/detail/head_table.h>
#include <couplet/protocols/http/detail/scan.h>
#include <couplet/protocols/http/errors.h>

namespace couplet::detail {

/// Whether `text`, which has no control bytes, is `lower`, whatever the case of its letters: eight
/// bytes at a time. (A CR would pass for a hyphen.)
template <std::size_t kSize>
inline bool tokenIs(std::string_view text, const char (&lower)[kSize]) noexcept {
  constexpr std::size_t size = kSize - 1;
  if (text.size() != size) return false;
  const auto same = [&](auto word, std::size_t at) {
    auto expected = word;
    std::memcpy(&word, text.data() + at, sizeof word);
    std::memcpy(&expected, lower + at, sizeof expected);
    return (word | static_cast<decltype(word)>(0x2020202020202020)) == expected;
  };
  if constexpr (size < 4) {
    for (std::size_t i = 0; i < size; ++i) {
      if ((text[i] | 0x20) != lower[i]) return false;
    }
    return true;
  } else if constexpr (size < 8) {
    return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
  } else {
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
      if (!same(std::uint64_t{}, at)) return false;
    }
    return same(std::uint64_t{}, size - 8);
  }
}

constexpr std::size_t kFramingNames = 32;  // a power of two, above their lengths

/// The first letters of the fields that frame, by the lengths of their names; and what an empty
/// name begins with.
inline constexpr std::array<char, kFramingNames> kFramingLetters = [] {
  std::array<char, kFramingNames> letters{':'};
  for (const std::string_view name :
       {"host", "expect", "upgrade", "connection", "content-length", "transfer-encoding"}) {
    letters[name.size()] = name.front();
  }
  return letters;
}();

/// Whether a name may be one of those, or is empty. REQUIRES: a colon follows an empty one
inline bool mayFrame(const char* name, std::size_t size) noexcept {
  return kFramingLetters[size % kFramingNames] == (*name | 0x20);
}

/// Notes what `field` says, where it is one of those but Host.
void collectOther(FramingFields& framing, const HeaderField& field) noexcept;

/// Notes what `field` says, where it is one of those.
inline void collectFraming(FramingFields& framing, const HeaderField& field) noexcept {
  if (!mayFrame(field.name.data(), field.name.size())) return;
  if (!tokenIs(field.name, "host")) return collectOther(framing, field);
  if (framing.hosts++ == 0) framing.host = field.value;
}

/// RFC 9112 6.1 and 6.3, step 4: null where the body is chunked and nothing else. REQUIRES: there
/// is a Transfer-Encoding
const HTTPRefusal* refusalOfCodings(const FramingFields& framing, HTTPVersion version) noexcept;

/// What becomes of the connection: 9.3. REQUIRES: the version of the head is known
void judgeConnection(MessageHead& head, const FramingFields& framing) noexcept;

}  // namespace couplet::detail
