// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A place in a source file: where a Deferred was made, where a callback was attached, where a
// failure was raised. Ours, since clang 14 has no std::source_location.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// A file and a line. As a default argument, `SourceLocation::current()` gives the caller's place:
///
///     void connect(SourceLocation here = SourceLocation::current());
///
/// `file` must have static storage, as `__FILE__` has.
struct SourceLocation {
  const char* file = "";
  unsigned line = 0;

  constexpr bool operator==(const SourceLocation& other) const noexcept {
    return line == other.line && std::string_view(file) == other.file;
  }

  static constexpr SourceLocation current(const char* file = __builtin_FILE(),
                                          unsigned line = __builtin_LINE()) noexcept {
    return {file, line};
  }
};

/// Prints `file:line`.
std::ostream& operator<<(std::ostream& out, const SourceLocation& location);

}  // namespace couplet
#pragma GCC visibility pop
