// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The command line: flags and other arguments.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <couplet/protocols/program/errors.h>
#include <couplet/protocols/program/plain_program.h>

namespace couplet::detail {

/// Some of a program's flags. Names are told with underscores in place of dashes.
class FlagSet {
 public:
  enum class Takes { kNoSuchFlag, kValue, kChoice };  // a choice may be given without a value

  virtual ~FlagSet() = default;

  virtual Takes find(const std::string& name) const = 0;

  /// The flag `name`, written as `spelling` ("--num-bytes"), has this value. Throws UsageError.
  virtual void set(const std::string& name, const std::string& spelling,
                   const std::string& value) = 0;
};

using FlagSets = std::span<FlagSet* const>;

/// Sets the flags among `words`, each in the first of `sets` that has it, and returns the rest in
/// order; nothing where help was asked for. Throws UsageError for an unknown flag, and for a value
/// that is missing or cannot be.
///
/// `--name=value`, `--name value`, and for a choice `--name`, `--noname`, `--no-name`; one dash is
/// as good as two. `--` ends the flags. gflags' own parser is not used: it ends the program by
/// itself.
std::optional<Arguments> parseCommandLine(const std::vector<std::string>& words, FlagSets sets);

}  // namespace couplet::detail
