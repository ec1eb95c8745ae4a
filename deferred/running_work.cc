// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/running_work.h>

#include <algorithm>
#include <optional>
#include <utility>

#include <couplet/deferred/result.h>

namespace couplet {

RunningWork::~RunningWork() { discard(); }

void RunningWork::add(Deferred<void> work) {
  if (discarding_ || !work) return std::move(work).discard();
  std::optional<std::size_t> taken;
  try {
    const std::size_t slot = takeSlot();
    taken = slot;
    pieces_[slot] = std::move(work);
    pieces_[slot].addBoth([this, slot](Result<void> result) -> Result<void> {
      leaveSlot(slot);  // nobody holds it any more: a failure that it ends with is reported
      return result;
    });
  } catch (...) {
    if (taken) work = leaveSlot(*taken);
    std::move(work).discard();
    throw;
  }
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

std::size_t RunningWork::takeSlot() {
  if (freeSlots_.empty()) addSlots();
  const std::size_t slot = freeSlots_.back();
  freeSlots_.pop_back();
  return slot;
}

/// Lets go of a piece.
Deferred<void> RunningWork::leaveSlot(std::size_t slot) noexcept {
  freeSlots_.push_back(slot);  // there is room: addSlots
  return std::move(pieces_[slot]);
}

/// As many as there are. Changes nothing when it throws.
void RunningWork::addSlots() {
  const std::size_t first = pieces_.size();
  const std::size_t end = std::max<std::size_t>(2 * first, 1);
  freeSlots_.reserve(end);
  pieces_.resize(end);
  for (std::size_t slot = first; slot < end; ++slot) freeSlots_.push_back(slot);
}

}  // namespace couplet
