// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Why a program cannot go on, and the status that it then ends with.
#pragma once

#include <stdexcept>
#include <string>

#pragma GCC visibility push(default)
namespace couplet {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;
inline constexpr int kBadUsage = 2;
inline constexpr int kFaulted = 172;  ///< of a fault that has no exit code of its own

/// The program cannot go on. Its `what()` is printed as `program: reason`.
class ProgramError : public std::runtime_error {
 public:
  ProgramError(int status, const std::string& reason);
  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// The command line cannot be understood, or asks for what cannot be: kBadUsage.
class UsageError : public ProgramError {
 public:
  explicit UsageError(const std::string& reason);
};

}  // namespace couplet
#pragma GCC visibility pop
