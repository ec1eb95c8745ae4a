// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Texts from elsewhere, on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// `text` with its control characters written as `\x1b`, so that whoever made it up cannot end a
/// line, or tell the terminal anything. Those of UTF-8 beyond ASCII, U+0080 to U+009F, are among
/// them.
std::string printable(std::string_view text);

/// The same; of a text longer than `most` bytes so many, and `...`.
std::string printable(std::string_view text, std::size_t most);

}  // namespace couplet
#pragma GCC visibility pop
