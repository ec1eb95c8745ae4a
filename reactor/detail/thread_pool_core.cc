// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/thread_pool_core.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <couplet/reactor/log.h>
#include <couplet/reactor/threads.h>

namespace couplet::detail {

namespace {

thread_local ThreadPoolCore* coreOfThisThread = nullptr;

void requireThreads(std::size_t minThreads, std::size_t maxThreads) {
  if (maxThreads > 0 && minThreads <= maxThreads) return;
  throw std::invalid_argument("a thread pool has at most 1 thread or more, and no more at least");
}

void callLogged(Callable<void()>& call) noexcept try { call(); } catch (...) {
  const Failure failure = Failure::current();
  LogLine::error() << "Exception in a thread: " << failure << " (" << failure.typeName() << ")";
}

}  // namespace

ThreadPoolCore::ThreadPoolCore(Reactor& reactor, const ThreadPoolOptions& options, bool driven)
    : reactor_(reactor),
      driven_(driven),
      minThreads_(options.minThreads),
      maxThreads_(options.maxThreads),
      maxQueued_(options.maxQueued) {
  requireThreads(minThreads_, maxThreads_);
}

// Beginning and ending, on the reactor's thread

void ThreadPoolCore::start() {
  std::lock_guard lock(mutex_);
  if (stopped_) throw ThreadPoolStopped();
  started_ = true;
  startThreads();
}

void ThreadPoolCore::reactorRuns() {
  std::lock_guard lock(mutex_);
  if (stopped_) return;
  started_ = true;
  startThreads();
}

void ThreadPoolCore::adjust(std::size_t minThreads, std::size_t maxThreads) {
  requireThreads(minThreads, maxThreads);
  joinEnded();
  std::lock_guard lock(mutex_);
  minThreads_ = minThreads;
  maxThreads_ = maxThreads;
  if (started_ && !stopped_) startThreads();
  changed_.notify_all();
}

Deferred<void> ThreadPoolCore::stop(SourceLocation here) {
  auto self = shared_from_this();
  for (Item& item : takeQueue()) {
    if (item.work && awaited_.erase(item.work) > 0) item.work->fail(Failure(ThreadPoolStopped()));
  }
  if (statistics().workers > 0) return whenStopped_.emplace_back(here).deferred();
  joinEnded();
  return succeed(here);
}

void ThreadPoolCore::close() {
  auto self = shared_from_this();
  const std::list<Item> dropped = takeQueue();
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
    for (BlockingCall* call : blocked_) call->willFail(Failure(ThreadPoolStopped()));
  }
  blockingWork_.discard();
  {
    std::unique_lock lock(mutex_);
    for (BlockingCall* call : blocked_) call->abandon(Failure(ThreadPoolStopped()));
    changed_.wait(lock, [this] { return workers_ == 0; });
  }
  while (!awaited_.empty()) {
    auto work = awaited_.extract(awaited_.begin()).value();
    work->ran() ? work->deliver() : work->fail(Failure(ThreadPoolStopped()));
  }
  allEnded();
}

/// No call is begun from here on.
std::list<ThreadPoolCore::Item> ThreadPoolCore::takeQueue() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
  return std::exchange(queue_, {});
}

void ThreadPoolCore::allEnded() {
  joinEnded();
  for (Promise<void>& promise : std::exchange(whenStopped_, {})) {
    if (promise.pending()) promise.callback();
  }
}

void ThreadPoolCore::joinEnded() {
  Threads ended;
  {
    std::lock_guard lock(mutex_);
    ended.swap(ended_);
  }
  for (std::thread& thread : ended) thread.join();
}

ThreadPoolStatistics ThreadPoolCore::statistics() const {
  std::lock_guard lock(mutex_);
  return {workers_, workers_ - working_, working_, queue_.size()};
}

// The queue

void ThreadPoolCore::add(std::shared_ptr<ThreadWork> work) {
  const auto place = awaited_.insert(work).first;
  try {
    push({std::move(work), nullptr});
  } catch (...) {
    awaited_.erase(place);
    throw;
  }
}

void ThreadPoolCore::withdraw(const std::shared_ptr<ThreadWork>& work) {
  awaited_.erase(work);
  std::list<Item> dropped;  // dies after the lock
  std::lock_guard lock(mutex_);
  auto place = std::find_if(queue_.begin(), queue_.end(),
                            [&](const Item& item) { return item.work == work; });
  if (place != queue_.end()) dropped.splice(dropped.end(), queue_, place);
}

void ThreadPoolCore::push(Item item) {
  std::lock_guard lock(mutex_);  // what is refused dies after it
  if (stopped_) throw ThreadPoolStopped();
  if (queue_.size() >= maxQueued_) throw ThreadPoolFull(queue_.size());
  queue_.push_back(std::move(item));
  if (!started_) return;
  try {
    startThreads();
  } catch (...) {
    if (workers_ == 0) {  // else one of those will come to it
      item = std::move(queue_.back());
      queue_.pop_back();
      throw;
    }
  }
  changed_.notify_one();
}

// Threads

/// As many as are needed. REQUIRES: the mutex is held
void ThreadPoolCore::startThreads() {
  if (driven_) return;
  while (workers_ < minThreads_ ||
         (workers_ < maxThreads_ && queue_.size() > workers_ - working_)) {
    startThread();
  }
}

void ThreadPoolCore::startThread() {
  const auto place = threads_.emplace(threads_.end());
  try {
    *place = std::thread([this, place] { work(place); });
  } catch (...) {
    threads_.erase(place);
    throw;
  }
  ++workers_;
}

void ThreadPoolCore::work(Threads::iterator place) {
  coreOfThisThread = this;
  std::unique_lock lock(mutex_);
  workUntilEnd(lock);
  ended_.splice(ended_.end(), threads_, place);
  if (--workers_ > 0) return;
  if (stopped_ && !closing_) post([core = shared_from_this()] { core->allEnded(); });
  changed_.notify_all();
}

void ThreadPoolCore::workUntilEnd(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    changed_.wait(lock, [this] { return stopped_ || workers_ > maxThreads_ || !queue_.empty(); });
    if (stopped_ || workers_ > maxThreads_) return;
    Item item = std::move(queue_.front());
    queue_.pop_front();
    ++working_;
    lock.unlock();
    perform(std::move(item));
    lock.lock();
    --working_;
  }
}

bool ThreadPoolCore::performNext() {
  std::list<Item> next;
  {
    std::lock_guard lock(mutex_);
    if (queue_.empty()) return false;
    next.splice(next.end(), queue_, queue_.begin());
  }
  perform(std::move(next.front()));
  return true;
}

void ThreadPoolCore::perform(Item item) noexcept {
  if (!item.work) return callLogged(item.call);
  item.work->run();
  post([core = shared_from_this(), work = std::move(item.work)] { core->arrived(work); });
}

void ThreadPoolCore::post(Callable<void()> call) noexcept try {
  reactor_.callFromThread(std::move(call));
} catch (...) {  // no memory: what waits for it hears when the pool is closed
  LogLine::error() << "A thread cannot reach its reactor: " << Failure::current();
}

/// On the reactor's thread.
void ThreadPoolCore::arrived(const std::shared_ptr<ThreadWork>& work) {
  if (awaited_.erase(work) > 0) work->deliver();
}

// Calls that block

void ThreadPoolCore::keep(Deferred<void> work) { blockingWork_.add(std::move(work)); }

void ThreadPoolCore::enter(BlockingCall& call) {
  std::lock_guard lock(mutex_);
  if (closing_) throw ThreadPoolStopped();
  blocked_.insert(&call);
}

void ThreadPoolCore::leave(BlockingCall& call) noexcept {
  std::lock_guard lock(mutex_);
  blocked_.erase(&call);
}

ThreadPoolCore* ThreadPoolCore::ofThisThread() noexcept { return coreOfThisThread; }

// What stands in threads.h

void ThreadWork::queueIn(ThreadPool& pool) {
  core_ = pool.core_.get();
  core_->add(shared_from_this());
}

void ThreadWork::withdraw() { core_->withdraw(shared_from_this()); }

}  // namespace couplet::detail
