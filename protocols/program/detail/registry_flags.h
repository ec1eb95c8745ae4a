// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The flags that gflags knows: those that the program defines, and glog's.
#pragma once

#include <string>

#include <couplet/protocols/program/detail/command_line.h>

namespace couplet::detail {

/// gflags' own flags, which print and end the program by themselves, are none of them.
class RegistryFlags final : public FlagSet {
 public:
  Takes find(const std::string& name) const override;
  void set(const std::string& name, const std::string& spelling, const std::string& value) override;
};

/// For `--help`: two lines for each flag of the program itself, none of the libraries': its usual
/// value and what it is for.
std::string describeRegistryFlags();

/// Whether nobody has set the flag, neither by the command line nor otherwise.
bool isUnset(const char* flag);

}  // namespace couplet::detail
