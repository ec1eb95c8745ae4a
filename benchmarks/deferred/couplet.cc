// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Deferred costs, in the cases of kj.cc.
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_lock.h>
#include <couplet/deferred/deferred_queue.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/deferred/race.h>

#include "benchmarks/deferred/timed.h"

namespace {

using benchmarks::kInputs;
using benchmarks::kLoopSteps;
using couplet::Acquired;
using couplet::Deferred;
using couplet::Promise;

using Thread = benchmarks::PlainThread;

struct QueueThread : Thread {
  couplet::DeferredQueue<int> queue;
};

struct LockThread : Thread {
  couplet::DeferredLock lock;
  Acquired held = std::move(*lock.acquire().readyValue());
};

template <class Work>
void timed(const char* name, Work work) {
  benchmarks::timed<Thread>(name, work);
}

/// A chain of so many callbacks.
template <int kSteps>
Deferred<int> attach(Deferred<int> deferred, int& sum) {
  auto next = [&sum](int value) { return sum += value; };
  if constexpr (kSteps == 1) {
    return std::move(deferred).addCallback(next);
  } else {
    return attach<kSteps - 1>(std::move(deferred).addCallback(next), sum);
  }
}

template <int kSteps>
void fire(Thread&) {
  int sum = 0;
  Promise<int> promise;
  Deferred<int> last = attach<kSteps>(promise.deferred(), sum);
  promise.callback(1);
  benchmark::DoNotOptimize(sum);
}

/// A callback answers with a Deferred that is fired later.
void fireInnerLater(Thread&) {
  int sum = 0;
  Promise<int> outer;
  Promise<int> inner;
  Deferred<int> last = outer.deferred()
                           .addCallback([&](int) { return inner.deferred(); })
                           .addCallback([&](int value) { return sum += value; });
  outer.callback(1);
  inner.callback(2);
  benchmark::DoNotOptimize(sum);
}

void addToFired(Thread&) {
  int sum = 0;
  couplet::succeed(1).addCallback([&sum](int value) { return sum += value; });
  benchmark::DoNotOptimize(sum);
}

/// Each step answers with a new pending Deferred, whose Promise is then fired.
class TailLoop {
 public:
  Deferred<void> next() {
    if (left_-- == 0) return couplet::succeed();
    pending_.emplace();
    return pending_->deferred().addCallback([this] { return next(); });
  }

  void fireAll() {
    while (left_ >= 0) {
      Promise<void> promise = *std::move(pending_);
      promise.callback();
    }
  }

 private:
  std::optional<Promise<void>> pending_;
  int left_ = kLoopSteps;
};

void runTailLoop(Thread&) {
  TailLoop loop;
  Deferred<void> end = loop.next();
  loop.fireAll();
}

void gatherAll(Thread&) {
  std::array<Promise<int>, kInputs> promises;
  std::vector<Deferred<int>> inputs;
  inputs.reserve(kInputs);
  for (Promise<int>& promise : promises) inputs.push_back(promise.deferred());
  Deferred<std::vector<int>> whole = couplet::gatherResults(std::move(inputs));
  for (Promise<int>& promise : promises) promise.callback(1);
  benchmark::DoNotOptimize(whole.readyValue()->data());
}

void raceTwo(Thread&) {
  Promise<int> one;
  Promise<int> other;
  auto first = couplet::race(one.deferred(), other.deferred());
  other.callback(1);
  benchmark::DoNotOptimize(first.readyValue()->index());
}

void handOverItem(QueueThread& thread) {
  int sum = 0;
  Deferred<int> got = thread.queue.get().addCallback([&sum](int value) { return sum += value; });
  thread.queue.put(1);
  benchmark::DoNotOptimize(sum);
}

/// Who holds it hands it over to who waits, and that one holds it now.
void handOverLock(LockThread& thread) {
  Deferred<void> acquired =
      thread.lock.acquire().addCallback([&](Acquired held) { thread.held = std::move(held); });
  thread.held.release();
}

// The same with coroutines.

template <int kDepth>
Deferred<int> await(Deferred<int> deferred, int& sum) {
  if constexpr (kDepth == 1) {
    co_return sum += co_await std::move(deferred);
  } else {
    co_return sum += co_await await<kDepth - 1>(std::move(deferred), sum);
  }
}

/// So many coroutines, each awaiting the next, the innermost a Promise.
template <int kDepth>
void fireAwaited(Thread&) {
  int sum = 0;
  Promise<int> promise;
  Deferred<int> last = await<kDepth>(promise.deferred(), sum);
  promise.callback(1);
  benchmark::DoNotOptimize(sum);
}

Deferred<int> addUp(Deferred<int> deferred, int& sum) {
  co_return sum += co_await std::move(deferred);
}

void awaitFired(Thread&) {
  int sum = 0;
  Deferred<int> last = addUp(couplet::succeed(1), sum);
  benchmark::DoNotOptimize(sum);
}

Deferred<int> awaitReady() {
  int sum = 0;
  for (int i = 0; i < kLoopSteps; ++i) sum += co_await couplet::succeed(i);
  co_return sum;
}

Deferred<void> awaitPending(std::optional<Promise<void>>& pending) {
  for (int i = 0; i < kLoopSteps; ++i) {
    pending.emplace();
    co_await pending->deferred();
  }
  pending.reset();
}

void fireEachAwaited(Thread&) {
  std::optional<Promise<void>> pending;
  Deferred<void> end = awaitPending(pending);
  while (pending) {
    Promise<void> promise = *std::move(pending);
    promise.callback();
  }
}

const bool registered = [] {
  timed("fire 1/couplet", fire<1>);
  timed("fire 3/couplet", fire<3>);
  timed("fire 6/couplet", fire<6>);
  timed("fire 10/couplet", fire<10>);
  timed("inner/couplet", fireInnerLater);
  timed("loop/couplet", runTailLoop);
  timed("fired/couplet", addToFired);
  timed("gather/couplet", gatherAll);
  timed("race/couplet", raceTwo);
  benchmarks::timed<QueueThread>("queue/couplet", handOverItem);
  benchmarks::timed<LockThread>("lock/couplet", handOverLock);
  timed("await fired/couplet", awaitFired);
  timed("await pending/couplet", fireAwaited<1>);
  timed("coroutine 3/couplet", fireAwaited<3>);
  timed("coroutine 10/couplet", fireAwaited<10>);
  timed("coroutine loop, ready/couplet", [](Thread&) { Deferred<int> sum = awaitReady(); });
  timed("coroutine loop, pending/couplet", fireEachAwaited);
  return true;
}();

}  // namespace
