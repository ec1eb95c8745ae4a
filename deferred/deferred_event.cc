// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred_event.h>

namespace couplet {

DeferredEvent::DeferredEvent() : shared_(new Shared) {}

DeferredEvent::~DeferredEvent() { shared_->line.abandon(); }

Deferred<void> DeferredEvent::wait(SourceLocation here) {
  return shared_->isSet ? succeed(here) : shared_->line.join(here);
}

// Not from within itself: waiters that each clear it and set it again would make the stack grow.
void DeferredEvent::set(SourceLocation here) {
  detail::CountedPtr<Shared> shared = shared_;
  shared->isSet = true;
  shared->firesBefore = shared->line.nextTicket();
  if (shared->firing) return;
  shared->firing = true;
  while (!shared->line.empty() && shared->line.firstTicket() < shared->firesBefore) {
    shared->line.leave().callback(here);
  }
  shared->firing = false;
}

}  // namespace couplet
