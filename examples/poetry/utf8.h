// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// UTF-8, strictly: no overlong forms, no surrogates, nothing past U+10FFFF, nothing cut off.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace poetry {

/// Bytes that are not UTF-8.
class InvalidUtf8Error : public std::runtime_error {
 public:
  /// `offset`: where the first character stands that is none.
  explicit InvalidUtf8Error(std::size_t offset);
};

/// The characters of `text`. Throws InvalidUtf8Error.
std::u32string decodeUtf8(std::string_view text);

/// The bytes of `characters`. REQUIRES: characters as decodeUtf8 gives them.
std::string encodeUtf8(std::u32string_view characters);

}  // namespace poetry
