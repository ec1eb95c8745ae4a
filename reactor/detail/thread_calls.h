// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Calls that other threads hand to a reactor's thread: the one place of a reactor with a
// mutex.
#pragma once

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// A call, and where it was asked for.
struct SitedCall {
  Callable<void()> call;
  SourceLocation asked;
};

/// First in, first out.
class ThreadCalls {
 public:
  /// `wake` makes the reactor's thread call `takeAll` soon. It is called from any thread, once for
  /// each burst of calls.
  explicit ThreadCalls(Callable<void()> wake) : wake_(std::move(wake)) {}
  ThreadCalls(const ThreadCalls&) = delete;
  ThreadCalls& operator=(const ThreadCalls&) = delete;

  /// From any thread. Once closed, destroys `call`, there.
  void add(Callable<void()> call, SourceLocation here = {});

  /// For the reactor's thread: what was added since the last time.
  std::vector<SitedCall> takeAll();

  /// Destroys what was added and is not yet taken, and all that is added from now on.
  void close();

 private:
  Callable<void()> wake_;
  std::atomic<bool> any_ = false;  // whether calls_ has some: lets each turn go without the mutex
  std::mutex mutex_;
  std::vector<SitedCall> calls_;  // guarded by mutex_
  bool closed_ = false;           // guarded by mutex_
};

}  // namespace couplet::detail
#pragma GCC visibility pop
