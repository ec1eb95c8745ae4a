// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What can be done to a poem. A poem is UTF-8; what is not throws InvalidUtf8Error.
#pragma once

#include <string>
#include <string_view>

namespace poetry {

/// In lower case, as E. E. Cummings would have it.
std::string cummingsify(std::string_view poem);

/// In upper case.
std::string scream(std::string_view poem);

/// The last line first. A final newline stays where it is, at the end.
std::string reverseLines(std::string_view poem);

}  // namespace poetry
