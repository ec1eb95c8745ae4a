// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Threads for calls that block: a data base, a file, a computation. Twisted's ThreadPool. threads.h
// has deferToThread, by which answers come back.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {
class ThreadPoolCore;
class ThreadWork;
}  // namespace detail

/// As many calls wait as a thread pool keeps.
class ThreadPoolFull : public std::runtime_error {
 public:
  explicit ThreadPoolFull(std::size_t queued);
};

/// A thread pool has stopped, and will not make the call.
class ThreadPoolStopped : public std::runtime_error {
 public:
  ThreadPoolStopped();
};

/// How many threads, and how many calls may wait for one.
struct ThreadPoolOptions {
  std::size_t minThreads = 0;    ///< are there from the start on
  std::size_t maxThreads = 10;   ///< as Twisted's reactor has; at least 1
  std::size_t maxQueued = 1000;  ///< past it calls are refused: a pool that is behind must say so
};

/// What a thread pool does at the moment.
struct ThreadPoolStatistics {
  std::size_t workers = 0;  ///< threads, which are waiting or working
  std::size_t waiting = 0;
  std::size_t working = 0;
  std::size_t queued = 0;  ///< calls that wait for a thread

  bool operator==(const ThreadPoolStatistics&) const = default;
};

/// Threads that make calls, in the order in which they came. Threads are made as calls need them,
/// and kept.
///
/// It begins to work when its reactor runs, or with `start` before that; until then calls wait.
/// It belongs to the thread of its reactor, but for what says otherwise.
///
/// Its end. When the reactor is stopped, the pool stops before connections are lost: calls that
/// have not begun are dropped, and those that have are waited for, with the reactor still running;
/// their answers are delivered. No thread can be made to end, so a call that never returns holds
/// the shutdown up. A second signal ends that; then, and when the pool or a reactor that runs no
/// more is destroyed, the thread that does so blocks until the calls have returned. So when
/// `Reactor::run` has returned, no thread of the pool is left, and it may outlive its reactor.
///
/// Made for a program's life: each leaves two small triggers in its reactor. In tests use a
/// testing::DrivenThreadPool.
class ThreadPool {
 public:
  /// std::invalid_argument for no threads at all, or more at least than at most.
  explicit ThreadPool(Reactor& reactor, ThreadPoolOptions options = {});
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// Drops what has not begun, and blocks until what has begun has returned; then each Deferred of
  /// deferToThread fires or fails. May be called by the reactor. Not by a thread of the pool.
  ~ThreadPool();

  /// Begins to work, if it has not. ThreadPoolStopped when it has stopped.
  void start();

  /// Ends it for good: what has not begun is dropped, and its Deferreds fail with
  /// ThreadPoolStopped. Fires, from the reactor, when all that had begun has returned and the
  /// threads are gone.
  Deferred<void> stop(SourceLocation here = SourceLocation::current());

  /// Has at least and at most so many threads from now on. Threads that are too many end when they
  /// have nothing to do. std::invalid_argument as above.
  void adjustPoolsize(std::size_t minThreads, std::size_t maxThreads);

  /// From any thread: calls `call` in a thread of the pool, and destroys it there. What it throws
  /// is logged. ThreadPoolFull or ThreadPoolStopped when it will not be called, std::system_error
  /// when the system gives no thread.
  void callInThread(Callable<void()> call);

  /// From any thread.
  ThreadPoolStatistics statistics() const;

 protected:
  /// Internal use only.
  ThreadPool(Reactor& reactor, std::shared_ptr<detail::ThreadPoolCore> core);
  detail::ThreadPoolCore& core() noexcept { return *core_; }

 private:
  friend class detail::ThreadWork;

  std::shared_ptr<detail::ThreadPoolCore> core_;
};

namespace detail {

/// Internal use only. Work in a thread whose answer is awaited. Kept by its pool until the answer
/// is there or nobody wants it, and by the thread; so what only the reactor's thread may touch, its
/// Promise, is gone by then.
class ThreadWork : public std::enable_shared_from_this<ThreadWork> {
 public:
  ThreadWork() = default;
  ThreadWork(const ThreadWork&) = delete;
  ThreadWork& operator=(const ThreadWork&) = delete;
  virtual ~ThreadWork() = default;

  /// In a thread. Keeps the answer.
  virtual void run() = 0;
  /// `run` has returned.
  virtual bool ran() const noexcept = 0;

  // On the reactor's thread, one of them.
  virtual void deliver() = 0;
  virtual void fail(Failure failure) = 0;

 protected:
  /// Puts it into the queue of the pool.
  void queueIn(ThreadPool& pool);
  /// It is not begun, if it has not been, and not delivered.
  void withdraw();

 private:
  ThreadPoolCore* core_ = nullptr;  // outlives the wish for an answer
};

}  // namespace detail

}  // namespace couplet
#pragma GCC visibility pop
