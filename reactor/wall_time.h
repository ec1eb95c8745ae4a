// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The time of day, for what is told to people and peers: the Date of a response. What waits, or
// measures how long something took, uses a Clock, which never jumps.
#pragma once

#include <ctime>

#pragma GCC visibility push(default)
namespace couplet {

/// Seconds since 1970. May jump, also backwards. From any thread.
std::time_t wallTime() noexcept;

}  // namespace couplet
#pragma GCC visibility pop
