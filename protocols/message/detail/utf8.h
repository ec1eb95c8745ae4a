// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. UTF-8: RFC 3629.
#pragma once

#include <cstddef>
#include <string_view>

namespace couplet::detail {

/// The character that a text begins with.
struct Character {
  std::size_t size = 0;  // bytes; 0 where the text begins with none
  char32_t point = 0;
};

/// No surrogates, and the shortest form only.
Character firstCharacter(std::string_view text) noexcept;

/// How many bytes at the beginning of a text are characters, all of them whole.
std::size_t wholeCharacters(std::string_view text) noexcept;

bool isUTF8(std::string_view text) noexcept;

}  // namespace couplet::detail
