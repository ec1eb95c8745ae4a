// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/session_kind.h>

#include <stdexcept>

#include <couplet/deferred/failure.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

void SessionKind::ended(void* session, bool byThisSide) noexcept {
  try {
    tellEnded(session, byThisSide);
  } catch (...) {
    LogLine::error() << "Exception at the end of a session: " << Failure::current();
  }
}

void SessionKind::requireWayToMake(bool there) {
  if (there) return;
  throw std::invalid_argument("SessionsOf: without `accepted`, an object is made by default");
}

void SessionKind::requireMade(bool there) {
  if (!there) throw std::logic_error("SessionsOf: `accepted` made no object");
}

}  // namespace couplet::detail
