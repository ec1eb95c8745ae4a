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

BlockingCall::Entry::Entry(BlockingCall& call) : call_(call) {
  ThreadPoolCore* const pool = ThreadPoolCore::ofThisThread();
  if (!pool) return;
  pool->enter(call);
  call.pool_ = pool->weak_from_this();
}

BlockingCall::Entry::~Entry() {
  if (ThreadPoolCore* const pool = ThreadPoolCore::ofThisThread()) pool->leave(call_);
}

void BlockingCall::abandon(Failure failure) noexcept {
  std::lock_guard lock(mutex_);
  if (std::exchange(over_, true)) return;
  if (!failure_) failure_ = std::move(failure);
  ended_.notify_one();
}

void BlockingCall::willFail(Failure failure) noexcept {
  std::lock_guard lock(mutex_);
  if (!over_) failure_ = std::move(failure);
}

bool BlockingCall::waits() {
  std::lock_guard lock(mutex_);
  return !over_;
}

void BlockingCall::keep(Deferred<void> work) {
  if (const auto pool = pool_.lock()) pool->keep(std::move(work));
}

void BlockingCall::wait() {
  {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return over_; });
  }
  if (failure_) failure_->raise();
}

}  // namespace detail

}  // namespace couplet
