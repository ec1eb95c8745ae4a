// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/waiting_for.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include <couplet/deferred/thread_stamp.h>

namespace couplet::detail {

std::string textOfTime(Duration time) {
  std::ostringstream out;
  out << std::round(std::chrono::duration<double>(time).count() * 100) / 100 << " s";
  return out.str();
}

std::string textOfTimer(const DelayedCall& timer) {
  if (!timer.active()) return "a timer that has run";
  const Duration left = timer.getTime() - ThreadStamp::now();
  return "a timer that is due in " + textOfTime(std::max(left, Duration::zero()));
}

}  // namespace couplet::detail
