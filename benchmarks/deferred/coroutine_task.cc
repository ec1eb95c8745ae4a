// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a bare coroutine task costs, in the cases of couplet.cc. What is a Deferred there is a Task
// here: that of a Promise one that awaits an Event, that of a callback one that awaits another.
#include "benchmarks/deferred/coroutine_task.h"

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "benchmarks/deferred/timed.h"

namespace {

using benchmarks::Event;
using benchmarks::kInputs;
using benchmarks::kLoopSteps;
using benchmarks::Task;

/// First in, first out on both sides; those who wait are in their coroutines' frames.
template <class T>
class Queue {
 public:
  Task<T> get() { co_return co_await Place(*this); }

  void put(T item) {
    if (!first_) return items_.push_back(std::move(item));
    Place& place = *first_;
    first_ = place.next_;
    if (!first_) last_ = nullptr;
    place.item_ = std::move(item);
    place.waiting_.resume();
  }

 private:
  class Place {
   public:
    explicit Place(Queue& queue) noexcept : queue_(queue) {}
    bool await_ready() const noexcept { return !queue_.items_.empty(); }
    void await_suspend(std::coroutine_handle<> waiting) noexcept {
      waiting_ = waiting;
      (queue_.last_ ? queue_.last_->next_ : queue_.first_) = this;
      queue_.last_ = this;
    }
    T await_resume() {
      if (item_) return *std::move(item_);
      T item = std::move(queue_.items_.front());
      queue_.items_.pop_front();
      return item;
    }

   private:
    friend class Queue;

    Queue& queue_;
    Place* next_ = nullptr;
    std::optional<T> item_;
    std::coroutine_handle<> waiting_;
  };

  std::deque<T> items_;
  Place* first_ = nullptr;
  Place* last_ = nullptr;
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

Task<int> get(Event<int>& event) { co_return co_await event; }

Task<int> addUp(Task<int> task, int& sum) { co_return sum += co_await task; }

/// So many tasks that await one another, the first one what is fired.
template <int kSteps>
Task<int> attach(Task<int> task, int& sum) {
  if constexpr (kSteps == 1) {
    return addUp(std::move(task), sum);
  } else {
    return attach<kSteps - 1>(addUp(std::move(task), sum), sum);
  }
}

template <int kSteps>
void fire(Thread&) {
  int sum = 0;
  Event<int> event;
  Task<int> last = attach<kSteps>(get(event), sum);
  event.fire(1);
  benchmark::DoNotOptimize(sum);
}

/// Without a task for what is fired: the Event can be neither moved nor handed on.
Task<int> addUpEvent(Event<int>& event, int& sum) { co_return sum += co_await event; }

void fireEvent(Thread&) {
  int sum = 0;
  Event<int> event;
  Task<int> last = addUpEvent(event, sum);
  event.fire(1);
  benchmark::DoNotOptimize(sum);
}

Task<int> getInner(Task<int> outer, Task<int> inner) {
  co_await outer;
  co_return co_await inner;
}

void fireInnerLater(Thread&) {
  int sum = 0;
  Event<int> outer;
  Event<int> inner;
  Task<int> last = addUp(getInner(get(outer), get(inner)), sum);
  outer.fire(1);
  inner.fire(2);
  benchmark::DoNotOptimize(sum);
}

Task<int> ready(int value) { co_return value; }

void awaitFired(Thread&) {
  int sum = 0;
  Task<int> last = addUp(ready(1), sum);
  benchmark::DoNotOptimize(sum);
}

Task<int> step(std::optional<Event<int>>& pending) { co_return co_await get(pending.emplace()); }

/// Each step is a new task, which awaits another that is resumed later. A task that ended with the
/// next one would keep all frames.
Task<void> loop(std::optional<Event<int>>& pending) {
  for (int i = 0; i < kLoopSteps; ++i) co_await step(pending);
}

void runTailLoop(Thread&) {
  std::optional<Event<int>> pending;
  Task<void> end = loop(pending);
  for (int i = 0; i < kLoopSteps; ++i) pending->fire(1);
}

Task<std::vector<int>> gather(std::vector<Task<int>> inputs) {
  std::vector<int> values;
  values.reserve(inputs.size());
  for (Task<int>& input : inputs) values.push_back(co_await input);
  co_return values;
}

void gatherAll(Thread&) {
  std::array<Event<int>, kInputs> events;
  std::vector<Task<int>> inputs;
  inputs.reserve(kInputs);
  for (Event<int>& event : events) inputs.push_back(get(event));
  Task<std::vector<int>> whole = gather(std::move(inputs));
  for (Event<int>& event : events) event.fire(1);
  benchmark::DoNotOptimize(whole.await_resume().data());
}

/// Waits until one of two tasks, which both wait, has ended.
struct FirstOf {
  Task<int>& one;
  Task<int>& other;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> next) const noexcept {
    one.await_suspend(next);
    other.await_suspend(next);
  }
  void await_resume() const noexcept {
    one.await_suspend(std::noop_coroutine());
    other.await_suspend(std::noop_coroutine());
  }
};

Task<std::pair<std::size_t, int>> race(Task<int> one, Task<int> other) {
  co_await FirstOf{one, other};
  if (one.await_ready()) co_return std::pair(0, one.await_resume());
  co_return std::pair(1, other.await_resume());
}

void raceTwo(Thread&) {
  Event<int> one;
  Event<int> other;
  auto first = race(get(one), get(other));
  other.fire(1);
  benchmark::DoNotOptimize(first.await_resume().second);
}

void handOverItem(Thread& thread) {
  int sum = 0;
  Task<int> got = addUp(thread.queue.get(), sum);
  thread.queue.put(1);
  benchmark::DoNotOptimize(sum);
}

Task<void> acquire(Queue<Token>& lock, int& sum) {
  co_await lock.get();
  ++sum;
}

/// Who holds it hands it over to who waits, and that one holds it now.
void handOverLock(Thread& thread) {
  int sum = 0;
  Task<void> acquired = acquire(thread.lock, sum);
  thread.lock.put(Token());
  benchmark::DoNotOptimize(sum);
}

Task<void> awaitEach(std::optional<Event<int>>& pending, int& sum) {
  for (int i = 0; i < kLoopSteps; ++i) {
    Event<int>& event = pending.emplace();
    sum += co_await event;
  }
}

void fireEachAwaited(Thread&) {
  int sum = 0;
  std::optional<Event<int>> pending;
  Task<void> end = awaitEach(pending, sum);
  for (int i = 0; i < kLoopSteps; ++i) pending->fire(1);
  benchmark::DoNotOptimize(sum);
}

Task<void> awaitReady(int& sum) {
  for (int i = 0; i < kLoopSteps; ++i) sum += co_await ready(i);
}

const bool registered = [] {
  timed("fire 1/task", fire<1>);
  timed("fire 3/task", fire<3>);
  timed("fire 10/task", fire<10>);
  timed("fired/task", awaitFired);
  timed("inner/task", fireInnerLater);
  timed("loop/task", runTailLoop);
  timed("gather/task", gatherAll);
  timed("race/task", raceTwo);
  timed("queue/task", handOverItem);
  timed("lock/task", handOverLock);
  timed("await fired/task", awaitFired);
  timed("await pending/task", fire<1>);
  timed("event/task", fireEvent);
  timed("coroutine loop, ready/task", [](Thread&) {
    int sum = 0;
    Task<void> end = awaitReady(sum);
    benchmark::DoNotOptimize(sum);
  });
  timed("coroutine loop, pending/task", fireEachAwaited);
  return true;
}();

}  // namespace
