// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Promise of KJ (Debian's libcapnp-dev) costs, in the cases of couplet.cc. KJ's
// promises are lazy: `wait` is what runs them.
#include <kj/async-queue.h>
#include <kj/async.h>

#include <array>

#include <benchmark/benchmark.h>

#include "benchmarks/deferred/timed.h"

namespace {

using benchmarks::kInputs;
using benchmarks::kLoopSteps;

struct Token {};

/// KJ needs an event loop on each thread. It has no lock: a queue with a token does for one.
struct Thread : benchmarks::PlainThread {
  kj::EventLoop loop;
  kj::WaitScope scope{loop};
  kj::ProducerConsumerQueue<int> queue;
  kj::ProducerConsumerQueue<Token> lock;  // who holds it has its token
};

template <class Work>
void timed(const char* name, Work work) {
  benchmarks::timed<Thread>(name, [work](Thread& thread) { work(thread.scope); });
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

void gatherAll(kj::WaitScope& scope) {
  std::array<kj::Own<kj::PromiseFulfiller<int>>, kInputs> fulfillers;
  auto inputs = kj::heapArrayBuilder<kj::Promise<int>>(kInputs);
  for (auto& fulfiller : fulfillers) {
    auto pair = kj::newPromiseAndFulfiller<int>();
    fulfiller = kj::mv(pair.fulfiller);
    inputs.add(kj::mv(pair.promise));
  }
  kj::Promise<kj::Array<int>> whole = kj::joinPromises(inputs.finish());
  for (auto& fulfiller : fulfillers) fulfiller->fulfill(1);
  benchmark::DoNotOptimize(whole.wait(scope).begin());
}

void raceTwo(kj::WaitScope& scope) {
  auto one = kj::newPromiseAndFulfiller<int>();
  auto other = kj::newPromiseAndFulfiller<int>();
  kj::Promise<int> first = one.promise.exclusiveJoin(kj::mv(other.promise));
  other.fulfiller->fulfill(1);
  benchmark::DoNotOptimize(first.wait(scope));
}

void handOverItem(Thread& thread) {
  int sum = 0;
  kj::Promise<int> got = thread.queue.pop().then([&sum](int value) { return sum += value; });
  thread.queue.push(1);
  got.wait(thread.scope);
  benchmark::DoNotOptimize(sum);
}

/// Who holds it hands it over to who waits, and that one holds it now.
void handOverLock(Thread& thread) {
  int sum = 0;
  kj::Promise<void> acquired = thread.lock.pop().then([&sum](Token) { ++sum; });
  thread.lock.push(Token());
  acquired.wait(thread.scope);
  benchmark::DoNotOptimize(sum);
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
  timed("gather/kj", gatherAll);
  timed("race/kj", raceTwo);
  benchmarks::timed<Thread>("queue/kj", handOverItem);
  benchmarks::timed<Thread>("lock/kj", handOverLock);
  return true;
}();

}  // namespace
