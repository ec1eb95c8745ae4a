// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Deferred costs, in the cases of kj_promise_benchmark.cc.
#include <optional>
#include <utility>

#include <benchmark/benchmark.h>

#include <couplet/deferred/deferred.h>

#include "benchmarks/inside/timed.h"

namespace {

using benchmarks::kLoopSteps;
using couplet::Deferred;
using couplet::Promise;

/// Couplet needs nothing on a thread.
struct Thread {};

template <class Work>
void timed(const char* name, Work work) {
  benchmark::RegisterBenchmark(name, [work](benchmark::State& state) {
    benchmarks::timeAndCount<Thread>(state, [work](Thread&) { work(); });
  });
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
void fire() {
  int sum = 0;
  Promise<int> promise;
  Deferred<int> last = attach<kSteps>(promise.deferred(), sum);
  promise.callback(1);
  benchmark::DoNotOptimize(sum);
}

/// A callback answers with a Deferred that is fired later.
void fireInnerLater() {
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

void addToFired() {
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

void runTailLoop() {
  TailLoop loop;
  Deferred<void> end = loop.next();
  loop.fireAll();
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
void fireAwaited() {
  int sum = 0;
  Promise<int> promise;
  Deferred<int> last = await<kDepth>(promise.deferred(), sum);
  promise.callback(1);
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

void fireEachAwaited() {
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
  timed("coroutine 1/couplet", fireAwaited<1>);
  timed("coroutine 3/couplet", fireAwaited<3>);
  timed("coroutine 10/couplet", fireAwaited<10>);
  timed("coroutine loop, ready/couplet", [] { Deferred<int> sum = awaitReady(); });
  timed("coroutine loop, pending/couplet", fireEachAwaited);
  return true;
}();

}  // namespace
