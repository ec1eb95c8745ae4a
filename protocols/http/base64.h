// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Base64 (RFC 4648 section 4), in its one canonical spelling.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// With padding, without line breaks.
std::string base64Encode(std::string_view bytes);

/// Nothing unless `text` is what base64Encode makes of some bytes: other characters, white space,
/// missing padding and unused bits that are not 0 are refused, so that no two texts mean the same.
std::optional<std::string> base64Decode(std::string_view text);

}  // namespace couplet
#pragma GCC visibility pop
