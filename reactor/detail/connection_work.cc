// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/connection_work.h>

#include <algorithm>
#include <utility>

#include <couplet/deferred/result.h>

namespace couplet::detail {

namespace {
constexpr std::size_t kPruneAtLeastAt = 8;
}

ConnectionWork::~ConnectionWork() {
  for (DelayedCall& call : calls_) {
    if (call.active()) call.cancel();
  }
  for (Deferred<void>& chain : chains_) {
    if (Deferred<void> work = std::move(chain)) std::move(work).discard();
  }
}

void ConnectionWork::add(Deferred<void> work) {
  std::size_t slot = freeSlot();
  chains_[slot] = std::move(work);
  chains_[slot].addBoth([this, slot](Result<void> result) -> Result<void> {
    ended(slot);
    return result;
  });
}

void ConnectionWork::add(DelayedCall call) {
  if (calls_.size() >= pruneAt_) {
    std::erase_if(calls_, [](const DelayedCall& old) { return !old.active(); });
    pruneAt_ = std::max(kPruneAtLeastAt, 2 * calls_.size());
  }
  calls_.push_back(std::move(call));
}

/// Lets go of a chain, from inside its last callback; a failure that it ends with is then reported.
void ConnectionWork::ended(std::size_t slot) {
  Deferred<void> work = std::move(chains_[slot]);
  freeSlots_.push_back(slot);
}

std::size_t ConnectionWork::freeSlot() {
  if (freeSlots_.empty()) {
    chains_.emplace_back();
    freeSlots_.reserve(chains_.capacity());
    return chains_.size() - 1;
  }
  std::size_t slot = freeSlots_.back();
  freeSlots_.pop_back();
  return slot;
}

}  // namespace couplet::detail
