// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The rules of HTTP/1.1 messages as tables, each with its section of RFC 9112 or, where it says so,
// RFC 9110: which byte may stand where, what may follow in a chunked body.
//
// Theory of operation. A line is looked for first, up to the first control byte; only a line that
// is whole is read, so that a message cut anywhere is judged by the same bytes as one that came
// whole. What lines mean together (one Host, one length) is judged when the head is whole. A body
// is a count of bytes, or walks through kChunkRules byte by byte but for the data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace couplet::detail {

// Bytes. They are compared as unsigned, and no locale has a say.

enum class ByteClass : std::uint8_t {
  kToken = 1,       // RFC 9110 5.6.2 tchar: methods, field names
  kPlain = 2,       // the tokens' letters, digits, '-' and '.', which are most of them
  kVisible = 4,     // RFC 5234 VCHAR: 0x21 to 0x7e
  kTarget = 8,      // 3.2: VCHAR without '#', which begins a fragment (RFC 3986 3.5)
  kFieldText = 16,  // RFC 9110 5.5: VCHAR, SP, HTAB and obs-text
  kHost = 32,       // RFC 3986 3.2.2 reg-name: unreserved and sub-delims; escapes are looked at
  kDigit = 64,
  kHex = 128,
};

constexpr bool isIn(char c, std::string_view set) { return set.find(c) != set.npos; }
constexpr bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }

constexpr std::uint8_t classesOf(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const bool alphanumeric = isLetter(c) || isDigit(c);
  const bool visible = byte >= 0x21 && byte <= 0x7e;
  unsigned classes = 0;
  const auto add = [&](ByteClass which, bool member) {
    if (member) classes |= static_cast<unsigned>(which);
  };
  add(ByteClass::kToken, alphanumeric || isIn(c, "!#$%&'*+-.^_`|~"));
  add(ByteClass::kPlain, alphanumeric || isIn(c, "-."));
  add(ByteClass::kVisible, visible);
  add(ByteClass::kTarget, visible && c != '#');
  add(ByteClass::kFieldText, visible || byte >= 0x80 || isIn(c, " \t"));
  add(ByteClass::kHost, alphanumeric || isIn(c, "-._~!$&'()*+,;="));
  add(ByteClass::kDigit, isDigit(c));
  add(ByteClass::kHex, isDigit(c) || isIn(c, "abcdefABCDEF"));
  return static_cast<std::uint8_t>(classes);
}

constexpr std::array<std::uint8_t, 256> makeByteClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (int byte = 0; byte < 256; ++byte) {
    classes[static_cast<std::size_t>(byte)] = classesOf(static_cast<char>(byte));
  }
  return classes;
}

inline constexpr std::array<std::uint8_t, 256> kByteClasses = makeByteClasses();

constexpr bool isOf(char c, ByteClass which) {
  return (kByteClasses[static_cast<unsigned char>(c)] & static_cast<unsigned>(which)) != 0;
}

constexpr bool allOf(std::string_view text, ByteClass which) {
  for (const char c : text) {
    if (!isOf(c, which)) return false;
  }
  return true;
}

/// RFC 9110 5.6.2: token.
constexpr bool isHTTPToken(std::string_view text) {
  return !text.empty() && allOf(text, ByteClass::kToken);
}

/// RFC 9110 5.6.3: OWS.
constexpr bool isBlank(char c) { return c == ' ' || c == '\t'; }

constexpr std::string_view trimBlanks(std::string_view text) {
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Bodies.

/// How a body ends: 6.3.
enum class BodyFraming : std::uint8_t { kLength, kChunked, kUntilClose };

// Chunked bodies: 7.1. What stands between the data, byte by byte.

enum class ChunkState : std::uint8_t {
  kSize,       // the first digit of a size
  kMoreSize,   // further digits, or what ends them
  kExtension,  // 7.1.1: read over to the end of the line
  kSizeEnd,    // the LF of that line
  kData,       // counted, not looked at
  kDataEnd,    // the CR behind the data
  kDataEnd2,   // and its LF
  kTrailers,   // 7.1.2: the last chunk was read; lines as in a head, down to an empty one
  kRefused,
};

enum class ChunkByte : std::uint8_t { kHex, kSemicolon, kCR, kLF, kText, kNever };

/// Of an extension we take all text but the backslash, by which readers of quoted strings differ.
constexpr ChunkByte chunkByteOf(char c) {
  if (isOf(c, ByteClass::kHex)) return ChunkByte::kHex;
  if (c == ';') return ChunkByte::kSemicolon;
  if (c == '\r') return ChunkByte::kCR;
  if (c == '\n') return ChunkByte::kLF;
  return isOf(c, ByteClass::kFieldText) && c != '\\' ? ChunkByte::kText : ChunkByte::kNever;
}

constexpr std::array<ChunkByte, 256> makeChunkBytes() {
  std::array<ChunkByte, 256> bytes{};
  for (int byte = 0; byte < 256; ++byte) {
    bytes[static_cast<std::size_t>(byte)] = chunkByteOf(static_cast<char>(byte));
  }
  return bytes;
}

inline constexpr std::array<ChunkByte, 256> kChunkBytes = makeChunkBytes();

using ChunkRule = std::array<ChunkState, 6>;  // by ChunkByte

constexpr ChunkRule chunkRule(ChunkState hex, ChunkState semicolon, ChunkState cr, ChunkState lf,
                              ChunkState text) {
  return {hex, semicolon, cr, lf, text, ChunkState::kRefused};
}

inline constexpr ChunkState kNo = ChunkState::kRefused;
inline constexpr ChunkState kMore = ChunkState::kMoreSize;
inline constexpr ChunkState kExt = ChunkState::kExtension;
inline constexpr ChunkState kLine = ChunkState::kSizeEnd;

/// By the state before the byte. kData stands for kTrailers where the size is zero.
inline constexpr std::array<ChunkRule, 7> kChunkRules = {
    //        hex    ;     CR                     LF                 text
    chunkRule(kMore, kNo, kNo, kNo, kNo),                  // kSize: 7.1 chunk-size = 1*HEXDIG
    chunkRule(kMore, kExt, kLine, kNo, kNo),               // kMoreSize: 7.1 [ chunk-ext ] CRLF
    chunkRule(kExt, kExt, kLine, kNo, kExt),               // kExtension: 7.1.1
    chunkRule(kNo, kNo, kNo, ChunkState::kData, kNo),      // kSizeEnd: 7.1 CRLF, no bare CR (2.2)
    chunkRule(kNo, kNo, kNo, kNo, kNo),                    // kData: not looked at
    chunkRule(kNo, kNo, ChunkState::kDataEnd2, kNo, kNo),  // kDataEnd: 7.1 chunk-data CRLF
    chunkRule(kNo, kNo, kNo, ChunkState::kSize, kNo),      // kDataEnd2
};

constexpr ChunkState afterChunkByte(ChunkState state, char c) {
  const ChunkByte byte = kChunkBytes[static_cast<unsigned char>(c)];
  return kChunkRules[static_cast<std::size_t>(state)][static_cast<std::size_t>(byte)];
}

/// 7.1: "recipients MUST anticipate potentially large hexadecimal numerals". 2^63-1 has so many.
inline constexpr std::size_t kMostSizeDigits = 16;

}  // namespace couplet::detail
