// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/running_work.h>

#include <utility>

#include <couplet/deferred/result.h>

namespace couplet {

RunningWork::~RunningWork() { discard(); }

void RunningWork::add(Deferred<void> work) {
  if (discarding_ || !work) return std::move(work).discard();
  const std::size_t slot = freeSlot();
  pieces_[slot] = std::move(work);
  pieces_[slot].addBoth([this, slot](Result<void> result) -> Result<void> {
    ended(slot);
    return result;
  });
}

void RunningWork::discard() noexcept {
  if (std::exchange(discarding_, true)) return;
  for (Deferred<void>& piece : pieces_) {
    if (Deferred<void> work = std::move(piece)) std::move(work).discard();
  }
  pieces_.clear();
  freeSlots_.clear();
  discarding_ = false;
}

/// Lets go of a piece, from inside its last callback; a failure that it ends with is then reported.
void RunningWork::ended(std::size_t slot) {
  Deferred<void> work = std::move(pieces_[slot]);
  freeSlots_.push_back(slot);
}

std::size_t RunningWork::freeSlot() {
  if (freeSlots_.empty()) {
    pieces_.emplace_back();
    freeSlots_.reserve(pieces_.capacity());
    return pieces_.size() - 1;
  }
  const std::size_t slot = freeSlots_.back();
  freeSlots_.pop_back();
  return slot;
}

}  // namespace couplet
