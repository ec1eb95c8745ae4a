// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A thread pool for tests: without threads.
#pragma once

#include <couplet/reactor/thread_pool.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// Makes its calls when the test says so, on the test's thread. So a test sees what happens before
/// a call, between it and its answer, and after that:
///
///     MemoryReactor reactor;
///     DrivenThreadPool pool(reactor);
///     Deferred<int> answer = deferToThread(pool, [] { return 42; });
///     pool.callNext();
///     reactor.flush();
///
/// As a ThreadPool otherwise, with its queue, `stop` and end; it never has workers. A call must not
/// use blockingCallFromThread, which would wait for this thread.
class DrivenThreadPool : public ThreadPool {
 public:
  explicit DrivenThreadPool(Reactor& reactor, ThreadPoolOptions options = {});

  /// Makes the call that has waited longest; false when none waits. Its answer comes in the next
  /// turn of the reactor.
  bool callNext();
};

}  // namespace couplet::testing
#pragma GCC visibility pop
