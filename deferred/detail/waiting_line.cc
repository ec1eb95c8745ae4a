// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/waiting_line.h>

namespace couplet::detail {

void LineOfWaiters::append(Waiter& waiter) noexcept {
  waiter.line = this;
  waiter.ticket = nextTicket_++;
  waiter.previous = last_;
  (last_ ? last_->next : first_) = &waiter;
  last_ = &waiter;
  ++size_;
}

void Waiter::leave() noexcept {
  (previous ? previous->next : line->first_) = next;
  (next ? next->previous : line->last_) = previous;
  --line->size_;
  line = nullptr;
  previous = next = nullptr;
}

}  // namespace couplet::detail
