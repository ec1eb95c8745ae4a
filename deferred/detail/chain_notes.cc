// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/detail/chain_notes.h>

#include <new>
#include <sstream>

#include <couplet/deferred/detail/chain.h>
#include <couplet/deferred/detail/waiting_for.h>
#include <couplet/deferred/pending.h>

namespace couplet::detail {

ChainNotes& Chain::notes() {
  if (!notes_) notes_ = new ChainNotes;
  return *notes_;
}

void Chain::setName(std::string_view name) {
  checkThread();
  notes().name = name;
}

std::string_view Chain::name() const noexcept {
  return notes_ ? std::string_view(notes_->name) : "";
}

void Chain::noteWay(WayPoint point) noexcept {
  try {
    notes().addToWay(point);
  } catch (const std::bad_alloc&) {  // then it is not told
  }
}

void Chain::forgetWay() noexcept {
  if (notes_) notes_->forgetWay();
}

void Chain::takeWayOf(const Chain& other, WayPoint then) noexcept {
  forgetWay();
  try {
    if (other.notes_) notes().addToWay(*other.notes_);
    notes().addToWay(then);
  } catch (const std::bad_alloc&) {
  }
}

void Chain::failedAt(SourceLocation where, const Chain& awaited) noexcept {
  takeWayOf(awaited, {where});
}

namespace {

void askDescription(const void* what, WaitingFor& waiting) {
  waiting.say(static_cast<const WaitDescription*>(what)->waitsFor());
}

constexpr CancellerOps kDescriptionOps = {nullptr, nullptr, nullptr, false, &askDescription};

}  // namespace

void Chain::describeBy(const WaitDescription& what) noexcept {
  if (canceller_ || fired_) return;
  setCanceller(const_cast<WaitDescription*>(&what), 0, &kDescriptionOps);
}

void Chain::reportFailure(const Failure& failure) const noexcept {
  UnhandledFailure unhandled{failure, made(), name()};
  if (notes_) {
    unhandled.way = notes_->way();
    unhandled.wayLength = notes_->wayLength();
  }
  report(unhandled);
}

std::string Chain::describe(std::string_view value) const {
  std::ostringstream out;
  out << "<Deferred at " << this << ", made at " << made();
  if (!name().empty()) out << ", named \"" << name() << '"';
  if (inner_) {
    out << ", waiting on Deferred at " << inner_;
  } else if (hasValueOfConsumer()) {
    out << ", current result: " << value;
  } else if (state_ == State::kFailure) {
    out << ", current result: " << *valueIn<Failure>(const_cast<std::byte*>(slot_));
  }
  out << '>';
  return out.str();
}

}  // namespace couplet::detail
