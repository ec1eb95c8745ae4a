// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/thread_calls.h>

#include <utility>

namespace couplet::detail {

void ThreadCalls::add(Callable<void()> call, SourceLocation here) {
  std::lock_guard lock(mutex_);
  if (closed_) return;  // `call` dies after the lock
  calls_.push_back({std::move(call), here});
  if (!any_.exchange(true, std::memory_order_release)) wake_();
}

std::vector<SitedCall> ThreadCalls::takeAll() {
  if (!any_.load(std::memory_order_acquire)) return {};
  std::lock_guard lock(mutex_);
  any_.store(false, std::memory_order_relaxed);
  return std::exchange(calls_, {});
}

void ThreadCalls::close() {
  std::vector<SitedCall> dropped;  // dies after the lock
  std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(calls_);
}

}  // namespace couplet::detail
