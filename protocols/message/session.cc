// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/session.h>

#include <chrono>
#include <string>

#include <couplet/protocols/message/text.h>

namespace couplet::detail {

Failure lossOf(const Failure& reason, bool byThisSide) {
  if (byThisSide) return Failure(Closed());
  return reason.check<Fault>() ? reason : Failure(Abandoned(reason.message()));
}

TimedOut timedOut(std::string_view request, Duration limit) {
  const double seconds = std::chrono::duration<double>(limit).count();
  return TimedOut("no answer within " + numberText(seconds) + " s",
                  '"' + std::string(request) + "\" timed out");
}

}  // namespace couplet::detail
