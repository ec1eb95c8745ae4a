// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Poems in files.
#pragma once

#include <cstddef>
#include <string>

namespace poetry {

/// How a poem travels.
enum class Framing {
  kNone,       ///< as it is; the end of the connection ends the poem
  kNetstring,  ///< with its length before it, so that a poem that is cut off is noticed
};

/// The longest poem that is served or fetched, in bytes: nobody shall need more memory for one.
inline constexpr std::size_t kLongestPoem = 64 << 20;

/// What the poem in `file` looks like on the wire. Throws UsageError when it cannot be read, is
/// too long, or does not fit a netstring.
std::string readPoem(const std::string& file, Framing framing);

}  // namespace poetry
