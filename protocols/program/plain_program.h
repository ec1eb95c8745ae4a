// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A program that has no settings: its flags are those that it defines with gflags, it makes its own
// reactor, if it wants one, and its result is a status. program.h has those with settings.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <couplet/protocols/program/errors.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What a program is told to do: its command line without the flags.
using Arguments = std::vector<std::string>;

/// How a program is called, for `--help`.
struct Usage {
  std::string synopsis;     ///< what follows the program's name: `[FLAG]... POEM...`
  std::string description;  ///< whole lines
};

/// The text that `--help` prints: the usage, then each flag that the program defines.
std::string usageText(const std::string& program, const Usage& usage);

/// The main function of such a program: `return runProgram(argc, argv, usage, main);`.
///
/// Where standard input, output or error is closed, keeps its number free of other files: to use it
/// fails. Sets the flags (gflags; dashes and underscores in their names are the same; `--` ends
/// them), then calls `body` with the other arguments and returns its status. What `body` throws
/// becomes one line on standard error, see `printable`, and a status: a ProgramError's own,
/// otherwise kFailure. The log (glog) goes to standard error, from warnings on, or all of it with
/// `--v=1`. SIGPIPE is ignored: a write to a closed pipe fails instead.
int runProgram(int argc, char** argv, const Usage& usage,
               const std::function<int(const Arguments&)>& body);

}  // namespace couplet
#pragma GCC visibility pop
