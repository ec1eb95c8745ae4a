// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/connection_work.h>

#include <algorithm>
#include <utility>

namespace couplet::detail {

namespace {
constexpr std::size_t kPruneAtLeastAt = 8;
}

ConnectionWork::~ConnectionWork() {
  for (DelayedCall& call : calls_) {
    if (call.active()) call.cancel();
  }
}

void ConnectionWork::add(DelayedCall call) {
  if (calls_.size() >= pruneAt_) {
    std::erase_if(calls_, [](const DelayedCall& old) { return !old.active(); });
    pruneAt_ = std::max(kPruneAtLeastAt, 2 * calls_.size());
  }
  calls_.push_back(std::move(call));
}

}  // namespace couplet::detail
