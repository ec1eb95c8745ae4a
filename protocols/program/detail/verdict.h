// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. How a program ends, and how it says so.
#pragma once

#include <string>

#include <couplet/deferred/failure.h>
#include <couplet/protocols/program/detail/standard_streams.h>
#include <couplet/protocols/program/errors.h>

namespace couplet::detail {

/// Why a program failed, and its status.
struct Verdict {
  std::string reason;
  int status;
};

/// A fault's condition and explanation; its exit code, for NotListening and NotConnected its errno,
/// else kFaulted. Of an ItemError, its text and the status of what it is about.
Verdict verdictOf(const Failure& failure);

/// Prints `program: reason` on standard error, as one line, see `printable`; gives the status.
int complain(const std::string& program, const Verdict& verdict);

/// Without its folder; "program" where there is none.
std::string programName(int argc, char** argv);

/// `work()` gives the status. What it throws is complained of, as `verdictOn` has it, and so is
/// standard output that cannot be written to.
template <class Work>
int guarded(const std::string& program, Verdict (*verdictOn)(const Failure&), Work work) {
  try {
    const int status = work();
    flushOutput();
    return status;
  } catch (...) {
    return complain(program, verdictOn(Failure::current()));
  }
}

}  // namespace couplet::detail
