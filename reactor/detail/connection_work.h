// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The work that ends with a connection: what Protocol::whileConnected and
// Protocol::callLater were given.
#pragma once

#include <cstddef>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>

namespace couplet::detail {

/// Holds chains until they end, and timers until they ran. Discards what is left when it dies.
class ConnectionWork {
 public:
  ConnectionWork() = default;
  ConnectionWork(const ConnectionWork&) = delete;
  ConnectionWork& operator=(const ConnectionWork&) = delete;
  ~ConnectionWork();

  void add(Deferred<void> work);
  void add(DelayedCall call);

 private:
  void ended(std::size_t slot);
  std::size_t freeSlot();

  std::vector<Deferred<void>> chains_;  // those in free slots have ended
  std::vector<std::size_t> freeSlots_;
  std::vector<DelayedCall> calls_;  // some may have run
  std::size_t pruneAt_ = 8;         // when calls_ is so long, those that ran are removed
};

}  // namespace couplet::detail
