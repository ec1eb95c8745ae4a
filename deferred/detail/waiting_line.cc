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

std::string Waiter::waitsFor() const {
  if (!line) return "a turn that has come";
  std::string what = line->subject_.describe(line->subject_.owner);
  return line->size_ == 1 ? what : what + ", one of " + std::to_string(line->size_) + " in line";
}

void Waiter::leave() noexcept {
  (previous ? previous->next : line->first_) = next;
  (next ? next->previous : line->last_) = previous;
  --line->size_;
  line = nullptr;
  previous = next = nullptr;
}

}  // namespace couplet::detail
