// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What Boost's futures cost, in the cases of couplet.cc, with continuations that run where the
// promise is fired. Their when_all and when_any take a thread for each call, so these are written
// by hand, and so are queue and lock, which they have not. No coroutine can await them.
#define BOOST_THREAD_VERSION 5
#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/thread/future.hpp>

#include "benchmarks/deferred/timed.h"

namespace {

using benchmarks::kInputs;
using benchmarks::kLoopSteps;
using boost::future;
using boost::launch;
using boost::promise;

/// First in, first out on both sides.
template <class T>
class Queue {
 public:
  future<T> get() {
    if (items_.empty()) return waiting_.emplace_back().get_future();
    future<T> item = boost::make_ready_future(std::move(items_.front()));
    items_.pop_front();
    return item;
  }

  void put(T item) {
    if (waiting_.empty()) return items_.push_back(std::move(item));
    promise<T> first = std::move(waiting_.front());
    waiting_.pop_front();
    first.set_value(std::move(item));
  }

 private:
  std::deque<T> items_;
  std::deque<promise<T>> waiting_;
};

struct Token {};

struct Thread : benchmarks::PlainThread {
  Queue<int> queue;
  Queue<Token> lock;  // who holds it has its token
};

template <class Work>
void timed(const char* name, Work work) {
  benchmarks::timed<Thread>(name, work);
}

/// A chain of so many continuations.
template <int kSteps>
future<int> attach(future<int> before, int& sum) {
  auto next = [&sum](future<int> value) { return sum += value.get(); };
  if constexpr (kSteps == 1) {
    return before.then(launch::sync, std::move(next));
  } else {
    return attach<kSteps - 1>(before.then(launch::sync, std::move(next)), sum);
  }
}

template <int kSteps>
void fire(Thread&) {
  int sum = 0;
  promise<int> fired;
  future<int> last = attach<kSteps>(fired.get_future(), sum);
  fired.set_value(1);
  benchmark::DoNotOptimize(sum);
}

/// A continuation answers with a future that is fired later.
void fireInnerLater(Thread&) {
  int sum = 0;
  promise<int> outer;
  promise<int> inner;
  future<future<int>> answered =
      outer.get_future().then(launch::sync, [&](future<int>) { return inner.get_future(); });
  future<int> last = attach<1>(answered.unwrap(), sum);
  outer.set_value(1);
  inner.set_value(2);
  benchmark::DoNotOptimize(sum);
}

void addToFired(Thread&) {
  int sum = 0;
  future<int> last = attach<1>(boost::make_ready_future(1), sum);
  benchmark::DoNotOptimize(sum);
}

/// Each step answers with a new pending future, whose promise is then fired.
class TailLoop {
 public:
  future<void> next() {
    if (left_-- == 0) return boost::make_ready_future();
    pending_.emplace();
    return pending_->get_future()
        .then(launch::sync, [this](future<void>) { return next(); })
        .unwrap();
  }

  void fireAll() {
    while (left_ >= 0) {
      promise<void> fired = *std::move(pending_);
      fired.set_value();
    }
  }

 private:
  std::optional<promise<void>> pending_;
  int left_ = kLoopSteps;
};

void runTailLoop(Thread&) {
  TailLoop loop;
  future<void> end = loop.next();
  loop.fireAll();
}

struct Gathering {
  std::vector<int> values = std::vector<int>(kInputs);
  std::size_t missing = kInputs;
  promise<std::vector<int>> whole;
};

future<std::vector<int>> gather(std::vector<future<int>> inputs) {
  auto gathering = std::make_shared<Gathering>();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs[i].then(launch::sync, [gathering, i](future<int> value) {
      gathering->values[i] = value.get();
      if (--gathering->missing == 0) gathering->whole.set_value(std::move(gathering->values));
    });
  }
  return gathering->whole.get_future();
}

void gatherAll(Thread&) {
  std::array<promise<int>, kInputs> promises;
  std::vector<future<int>> inputs;
  inputs.reserve(kInputs);
  for (auto& each : promises) inputs.push_back(each.get_future());
  future<std::vector<int>> whole = gather(std::move(inputs));
  for (auto& each : promises) each.set_value(1);
  benchmark::DoNotOptimize(whole.get().data());
}

struct Race {
  promise<std::pair<std::size_t, int>> first;
  bool over = false;
};

future<std::pair<std::size_t, int>> race(future<int> one, future<int> other) {
  auto race = std::make_shared<Race>();
  auto follow = [race](std::size_t index) {
    return [race, index](future<int> value) {
      if (!std::exchange(race->over, true)) race->first.set_value({index, value.get()});
    };
  };
  one.then(launch::sync, follow(0));
  other.then(launch::sync, follow(1));
  return race->first.get_future();
}

void raceTwo(Thread&) {
  promise<int> one;
  promise<int> other;
  auto first = race(one.get_future(), other.get_future());
  other.set_value(1);
  benchmark::DoNotOptimize(first.get().second);
}

void handOverItem(Thread& thread) {
  int sum = 0;
  future<int> got = attach<1>(thread.queue.get(), sum);
  thread.queue.put(1);
  benchmark::DoNotOptimize(sum);
}

/// Who holds it hands it over to who waits, and that one holds it now.
void handOverLock(Thread& thread) {
  int sum = 0;
  future<void> acquired = thread.lock.get().then(launch::sync, [&sum](future<Token>) { ++sum; });
  thread.lock.put(Token());
  benchmark::DoNotOptimize(sum);
}

const bool registered = [] {
  timed("fire 1/boost", fire<1>);
  timed("fire 3/boost", fire<3>);
  timed("fire 10/boost", fire<10>);
  timed("fired/boost", addToFired);
  timed("inner/boost", fireInnerLater);
  timed("loop/boost", runTailLoop);
  timed("gather/boost", gatherAll);
  timed("race/boost", raceTwo);
  timed("queue/boost", handOverItem);
  timed("lock/boost", handOverLock);
  return true;
}();

}  // namespace
