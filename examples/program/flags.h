// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The command line, read with gflags' registry but without gflags' own parser, which ends the
// program by itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace examples {

/// Sets the flags among `arguments` and returns the rest in order; nothing when help was asked for.
/// Throws UsageError for an unknown flag, and for a value that is missing or of a wrong type.
std::optional<std::vector<std::string>> setFlags(const std::vector<std::string>& arguments);

/// One line for each flag of the program itself, none of the libraries': `  --port=10002  what
/// for`.
std::string describeFlags();

}  // namespace examples
