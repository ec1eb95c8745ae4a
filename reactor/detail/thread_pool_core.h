// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The threads of a ThreadPool and their queue.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/running_work.h>
#include <couplet/reactor/reactor.h>
#include <couplet/reactor/thread_pool.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

class BlockingCall;

/// Lives as long as its ThreadPool, or a call to the reactor that is on its way. Has no thread once
/// it is closed.
class ThreadPoolCore : public std::enable_shared_from_this<ThreadPoolCore> {
 public:
  /// The reactor outlives the threads. A driven one has none.
  ThreadPoolCore(Reactor& reactor, const ThreadPoolOptions& options, bool driven = false);
  ThreadPoolCore(const ThreadPoolCore&) = delete;
  ThreadPoolCore& operator=(const ThreadPoolCore&) = delete;

  // As of ThreadPool.
  void start();
  Deferred<void> stop(SourceLocation here);
  void adjust(std::size_t minThreads, std::size_t maxThreads);
  ThreadPoolStatistics statistics() const;

  /// Starts it, unless it has stopped.
  void reactorRuns();
  /// Makes the next call on this thread; false when there is none.
  bool performNext();
  /// Ends all, blocking.
  void close();

  /// From any thread.
  void add(Callable<void()> call) { push({nullptr, std::move(call)}); }

  // On the reactor's thread.
  void add(std::shared_ptr<ThreadWork> work);
  void withdraw(const std::shared_ptr<ThreadWork>& work);
  /// What a thread of the pool waits for: it is discarded before that is let go on unanswered.
  void keep(Deferred<void> work);

  // On a thread of the pool: it waits for the reactor from here on, or no more. Throws
  // ThreadPoolStopped instead when the pool is closing.
  void enter(BlockingCall& call);
  void leave(BlockingCall& call) noexcept;
  /// The one that the calling thread is of, or null.
  static ThreadPoolCore* ofThisThread() noexcept;

 private:
  struct Item {
    std::shared_ptr<ThreadWork> work;  // null where nobody waits for an answer
    Callable<void()> call;             // then
  };
  using Threads = std::list<std::thread>;

  void push(Item item);
  std::list<Item> takeQueue();
  void startThreads();
  void startThread();
  void work(Threads::iterator place);
  void workUntilEnd(std::unique_lock<std::mutex>& lock);
  void perform(Item item) noexcept;
  void post(Callable<void()> call) noexcept;
  void arrived(const std::shared_ptr<ThreadWork>& work);
  void allEnded();
  void joinEnded();

  Reactor& reactor_;
  const bool driven_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::list<Item> queue_;
  Threads threads_;
  Threads ended_;  // those that are about to return
  std::size_t minThreads_;
  std::size_t maxThreads_;
  std::size_t maxQueued_;
  std::size_t workers_ = 0;
  std::size_t working_ = 0;
  std::set<BlockingCall*> blocked_;
  bool started_ = false;
  bool stopped_ = false;  // no call is begun any more
  bool closing_ = false;  // no thread waits for the reactor any more

  // The reactor's thread only.
  std::set<std::shared_ptr<ThreadWork>> awaited_;
  RunningWork blockingWork_;
  std::vector<Promise<void>> whenStopped_;
};

}  // namespace couplet::detail
#pragma GCC visibility pop
