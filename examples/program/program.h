// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What every program here does alike: flags, log, signals, exit status, and one line on standard
// error that says why it could not go on. Knows nothing of Couplet.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace examples {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;
inline constexpr int kBadUsage = 2;
inline constexpr int kAddressInUse = 98;  ///< EADDRINUSE

/// The program cannot go on. Its `what()` is printed as `program: reason`.
class ProgramError : public std::runtime_error {
 public:
  ProgramError(int status, const std::string& reason);
  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// The command line cannot be understood, or asks for what cannot be: status 2.
class UsageError : public ProgramError {
 public:
  explicit UsageError(const std::string& reason);
};

/// What a program is told to do: its command line without the flags.
using Arguments = std::vector<std::string>;

/// How a program is called, for `--help`.
struct Usage {
  std::string synopsis;     ///< what follows the program's name: `[FLAG]... POEM...`
  std::string description;  ///< whole lines
};

/// The text that `--help` prints: the usage, then each flag that the program defines.
std::string usageText(const std::string& program, const Usage& usage);

/// The main function of a program: `return runProgram(argc, argv, usage, main);`.
///
/// Where standard input, output or error is closed, keeps its number free of other files: to use it
/// fails. Sets the flags (gflags; dashes and underscores in their names are the same; `--` ends
/// them), then calls `body` with the other arguments and returns its status. What `body` throws
/// becomes one line on standard error, see `printable`, and a status: a ProgramError's own,
/// otherwise 1. The log (glog) goes to standard error, from warnings on, or all of it with `--v=1`.
/// SIGPIPE is ignored: a write to a closed pipe fails instead.
int runProgram(int argc, char** argv, const Usage& usage,
               const std::function<int(const Arguments&)>& body);

}  // namespace examples
