// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "transforms.h"

#include <algorithm>

#include "case_mapping.h"
#include "utf8.h"

namespace poetry {

namespace {

std::string mapEach(std::string_view poem, char32_t (*mapping)(char32_t) noexcept) {
  std::u32string characters = decodeUtf8(poem);
  std::transform(characters.begin(), characters.end(), characters.begin(), mapping);
  return encodeUtf8(characters);
}

}  // namespace

std::string cummingsify(std::string_view poem) { return mapEach(poem, toLower); }

std::string scream(std::string_view poem) { return mapEach(poem, toUpper); }

std::string reverseLines(std::string_view poem) {
  decodeUtf8(poem);
  const bool ended = poem.ends_with('\n');
  if (ended) poem.remove_suffix(1);
  std::string reversed;
  reversed.reserve(poem.size() + 1);
  for (auto newline = poem.rfind('\n'); newline != poem.npos; newline = poem.rfind('\n')) {
    reversed.append(poem.substr(newline + 1)) += '\n';
    poem = poem.substr(0, newline);
  }
  reversed += poem;
  if (ended) reversed += '\n';
  return reversed;
}

}  // namespace poetry
