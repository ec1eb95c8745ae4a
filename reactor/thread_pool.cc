// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/thread_pool.h>

#include <string>
#include <utility>

#include <couplet/reactor/detail/thread_pool_core.h>

namespace couplet {

namespace {

/// A trigger for the end of the run, or of a reactor that was not run. Closes the pool either way.
struct CloseAtTheEnd {
  std::weak_ptr<detail::ThreadPoolCore> pool;

  explicit CloseAtTheEnd(std::weak_ptr<detail::ThreadPoolCore> which) noexcept
      : pool(std::move(which)) {}
  CloseAtTheEnd(CloseAtTheEnd&&) noexcept = default;
  ~CloseAtTheEnd() { close(); }

  Deferred<void> operator()() {
    close();
    return succeed();
  }
  void close() {
    if (auto core = std::exchange(pool, {}).lock()) core->close();
  }
};

}  // namespace

ThreadPoolFull::ThreadPoolFull(std::size_t queued)
    : std::runtime_error("the thread pool is full: " + std::to_string(queued) +
                         " calls wait for a thread") {}

ThreadPoolStopped::ThreadPoolStopped() : std::runtime_error("the thread pool has stopped") {}

ThreadPool::ThreadPool(Reactor& reactor, ThreadPoolOptions options)
    : ThreadPool(reactor, std::make_shared<detail::ThreadPoolCore>(reactor, options)) {}

ThreadPool::ThreadPool(Reactor& reactor, std::shared_ptr<detail::ThreadPoolCore> core)
    : core_(std::move(core)) {
  std::weak_ptr<detail::ThreadPoolCore> weak = core_;
  reactor.addShutdownTrigger(ShutdownPhase::kBefore, [weak] {
    auto core = weak.lock();
    return core ? core->stop(SourceLocation::current()) : succeed();
  });
  reactor.addShutdownTrigger(ShutdownPhase::kAfter, CloseAtTheEnd(weak));
  reactor.callWhenRunning([weak] {
    if (auto core = weak.lock()) core->reactorRuns();
  });
}

ThreadPool::~ThreadPool() { core_->close(); }

void ThreadPool::start() { core_->start(); }

Deferred<void> ThreadPool::stop(SourceLocation here) { return core_->stop(here); }

void ThreadPool::adjustPoolsize(std::size_t minThreads, std::size_t maxThreads) {
  core_->adjust(minThreads, maxThreads);
}

void ThreadPool::callInThread(Callable<void()> call) { core_->add(std::move(call)); }

ThreadPoolStatistics ThreadPool::statistics() const { return core_->statistics(); }

}  // namespace couplet
