// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/wall_time.h>

namespace couplet {

std::time_t wallTime() noexcept { return std::time(nullptr); }

}  // namespace couplet
