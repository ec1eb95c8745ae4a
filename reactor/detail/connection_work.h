// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The work that ends with a connection: what Protocol::whileConnected and
// Protocol::callLater were given.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/running_work.h>

namespace couplet::detail {

/// Holds chains until they end, and timers until they ran. Cancels and discards what is left when
/// it dies.
class ConnectionWork {
 public:
  ConnectionWork() = default;
  ConnectionWork(const ConnectionWork&) = delete;
  ConnectionWork& operator=(const ConnectionWork&) = delete;
  ~ConnectionWork();

  void add(Deferred<void> work) { chains_.add(std::move(work)); }
  void add(DelayedCall call);

 private:
  RunningWork chains_;
  std::vector<DelayedCall> calls_;  // some may have run
  std::size_t pruneAt_ = 8;         // when calls_ is so long, those that ran are removed
};

}  // namespace couplet::detail
