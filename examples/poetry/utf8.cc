// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "utf8.h"

namespace poetry {

namespace {

/// What the first byte of a character says of it.
struct Lead {
  std::size_t length;  // in bytes; 0: no character begins so
  char32_t bits;       // of the character, those that the first byte holds
  char32_t smallest;   // character that needs this length
};

Lead readLead(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte < 0xC0) return {};
  if (byte < 0xE0) return {2, byte & 0x1Fu, 0x80};
  if (byte < 0xF0) return {3, byte & 0x0Fu, 0x800};
  if (byte < 0xF8) return {4, byte & 0x07u, 0x10000};
  return {};
}

bool isCharacter(char32_t c) { return c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF); }

/// Reads the character at `offset`, and moves `offset` past it.
char32_t readCharacter(std::string_view text, std::size_t& offset) {
  const Lead lead = readLead(static_cast<unsigned char>(text[offset]));
  if (lead.length == 0 || text.size() - offset < lead.length) throw InvalidUtf8Error(offset);
  char32_t character = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[offset + i]);
    if ((byte & 0xC0) != 0x80) throw InvalidUtf8Error(offset);
    character = character << 6 | (byte & 0x3Fu);
  }
  if (character < lead.smallest || !isCharacter(character)) throw InvalidUtf8Error(offset);
  offset += lead.length;
  return character;
}

void append(std::string& text, char32_t c) {
  const auto last = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xC0 | c >> 6), last(0)};
  } else if (c < 0x10000) {
    text += {static_cast<char>(0xE0 | c >> 12), last(6), last(0)};
  } else {
    text += {static_cast<char>(0xF0 | c >> 18), last(12), last(6), last(0)};
  }
}

}  // namespace

InvalidUtf8Error::InvalidUtf8Error(std::size_t offset)
    : std::runtime_error("Not UTF-8 at byte " + std::to_string(offset) + ".") {}

std::u32string decodeUtf8(std::string_view text) {
  std::u32string characters;
  characters.reserve(text.size());
  for (std::size_t offset = 0; offset < text.size();) characters += readCharacter(text, offset);
  return characters;
}

std::string encodeUtf8(std::u32string_view characters) {
  std::string text;
  text.reserve(characters.size());
  for (char32_t character : characters) append(text, character);
  return text;
}

}  // namespace poetry
