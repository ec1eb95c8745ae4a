// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/threads.h>

#include <couplet/reactor/detail/thread_pool_core.h>

namespace couplet {

void callMultipleInThread(ThreadPool& pool, std::vector<Callable<void()>> calls) {
  pool.callInThread([calls = std::move(calls)]() mutable {
    for (Callable<void()>& call : calls) call();
  });
}

namespace detail {

void BlockingCall::abandon(Failure failure) noexcept {
  std::lock_guard lock(mutex_);
  if (std::exchange(over_, true)) return;
  failure_ = std::move(failure);
  ended_.notify_one();
}

void BlockingCall::wait() {
  ThreadPoolCore* pool = ThreadPoolCore::ofThisThread();
  if (pool) pool->enter(*this);
  waitForAnswer();
  if (pool) pool->leave(*this);
  if (failure_) failure_->raise();
}

void BlockingCall::waitForAnswer() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return over_; });
}

}  // namespace detail

}  // namespace couplet
