// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Upper and lower case of any character, by Unicode's simple mapping: one character becomes one
// character, in every language alike. So the sharp s has no upper case, and a capital sigma
// becomes σ also at the end of a word.
#pragma once

namespace poetry {

/// The upper or lower case of `character`; itself where there is none.
char32_t toUpper(char32_t character) noexcept;
char32_t toLower(char32_t character) noexcept;

}  // namespace poetry
