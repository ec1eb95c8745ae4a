// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "seconds.h"

#include <sstream>

#include <couplet/protocols/program/plain_program.h>

namespace examples {

std::chrono::nanoseconds parseSeconds(const std::string& flag, double seconds, double least) {
  constexpr double kDay = 86400;
  if (seconds >= least && seconds <= kDay)
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(seconds));
  std::ostringstream reason;
  reason << flag << " must be from " << least << " to " << kDay << " seconds, not " << seconds
         << ".";
  throw couplet::UsageError(reason.str());
}

}  // namespace examples
