// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Promise of KJ (Debian's libcapnp-dev) costs, in the cases of deferred_benchmark.cc. KJ's
// promises are lazy: `wait` is what runs them.
#include <kj/async.h>

#include <benchmark/benchmark.h>

#include "benchmarks/inside/timed.h"

namespace {

using benchmarks::kLoopSteps;

/// KJ needs an event loop on each thread.
struct Thread {
  kj::EventLoop loop;
  kj::WaitScope scope{loop};
};

template <class Work>
void timed(const char* name, Work work) {
  benchmark::RegisterBenchmark(name, [work](benchmark::State& state) {
    benchmarks::timeAndCount<Thread>(state, [work](Thread& thread) { work(thread.scope); });
  });
}

/// A chain of so many callbacks.
template <int kSteps>
kj::Promise<int> attach(kj::Promise<int> promise, int& sum) {
  auto next = [&sum](int value) { return sum += value; };
  if constexpr (kSteps == 1) {
    return promise.then(kj::mv(next));
  } else {
    return attach<kSteps - 1>(promise.then(kj::mv(next)), sum);
  }
}

template <int kSteps>
void fire(kj::WaitScope& scope) {
  int sum = 0;
  auto pair = kj::newPromiseAndFulfiller<int>();
  kj::Promise<int> last = attach<kSteps>(kj::mv(pair.promise), sum);
  pair.fulfiller->fulfill(1);
  last.wait(scope);
  benchmark::DoNotOptimize(sum);
}

/// A callback answers with a promise that is fulfilled later.
void fireInnerLater(kj::WaitScope& scope) {
  int sum = 0;
  auto outer = kj::newPromiseAndFulfiller<int>();
  auto inner = kj::newPromiseAndFulfiller<int>();
  kj::Promise<int> last =
      outer.promise.then([&](int) { return kj::mv(inner.promise); }).then([&](int value) {
        return sum += value;
      });
  outer.fulfiller->fulfill(1);
  last.poll(scope);
  inner.fulfiller->fulfill(2);
  last.wait(scope);
  benchmark::DoNotOptimize(sum);
}

void addToFired(kj::WaitScope& scope) {
  int sum = 0;
  kj::Promise<int>(1).then([&sum](int value) { return sum += value; }).wait(scope);
  benchmark::DoNotOptimize(sum);
}

/// Each step answers with a promise that the event loop runs next: KJ's own way to loop.
kj::Promise<void> stepLater(int left) {
  if (left == 0) return kj::READY_NOW;
  return kj::evalLater([left] { return stepLater(left - 1); });
}

/// Each step answers with a new pending promise, which is then fulfilled.
class TailLoop {
 public:
  kj::Promise<void> next() {
    if (left_-- == 0) return kj::READY_NOW;
    auto pair = kj::newPromiseAndFulfiller<void>();
    pending_ = kj::mv(pair.fulfiller);
    return pair.promise.then([this] { return next(); });
  }

  void fireAll(kj::WaitScope& scope, kj::Promise<void>& end) {
    while (left_ >= 0) {
      kj::mv(pending_)->fulfill();
      end.poll(scope);
    }
  }

 private:
  kj::Own<kj::PromiseFulfiller<void>> pending_;
  int left_ = kLoopSteps;
};

void runTailLoop(kj::WaitScope& scope) {
  TailLoop loop;
  kj::Promise<void> end = loop.next();
  loop.fireAll(scope, end);
  end.wait(scope);
}

const bool registered = [] {
  timed("fire 1/kj", fire<1>);
  timed("fire 3/kj", fire<3>);
  timed("fire 6/kj", fire<6>);
  timed("fire 10/kj", fire<10>);
  timed("inner/kj", fireInnerLater);
  timed("loop/kj", [](kj::WaitScope& scope) { stepLater(kLoopSteps).wait(scope); });
  timed("loop, fulfilled/kj", runTailLoop);
  timed("fired/kj", addToFired);
  return true;
}();

}  // namespace
