// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Times as the command line gives them.
#pragma once

#include <chrono>
#include <string>

namespace examples {

/// `seconds` as a duration. Throws UsageError, naming `flag`, unless it is from `least` up to a
/// day.
std::chrono::nanoseconds parseSeconds(const std::string& flag, double seconds, double least);

}  // namespace examples
