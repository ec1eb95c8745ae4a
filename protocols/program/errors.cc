// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/errors.h>

namespace couplet {

ProgramError::ProgramError(int status, const std::string& reason)
    : std::runtime_error(reason), status_(status) {}

UsageError::UsageError(const std::string& reason) : ProgramError(kBadUsage, reason) {}

}  // namespace couplet
