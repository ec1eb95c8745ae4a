// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What awaitables of Boost.Asio cost, in the cases of couplet.cc: coroutines on an io_context of
// one thread, whose executor's type they know, which await by asio::deferred, without a frame for
// each operation. What is a Promise there is an Event here, which keeps the handler as what it is.
#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>

#include "benchmarks/deferred/timed.h"

namespace {

namespace asio = boost::asio;
using benchmarks::kInputs;
using benchmarks::kLoopSteps;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;

template <class T>
using Awaitable = asio::awaitable<T, Executor>;

/// All is done by a handler of the loop, so that no coroutine has to be posted to it.
struct Thread {
  asio::io_context loop{1};

  template <class F>
  void run(F f) {
    asio::post(loop, std::move(f));
    loop.run();
  }

  template <class T>
  void spawn(Awaitable<T> coroutine) {
    asio::co_spawn(loop.get_executor(), std::move(coroutine), asio::detached);
  }
};

template <class Signature>
using Channel =
    asio::experimental::basic_channel<Executor, asio::experimental::channel_traits<>, Signature>;

struct ChannelThread : Thread {
  Channel<void(error_code, int)> queue{loop.get_executor()};
  Channel<void(error_code)> lock{loop.get_executor(), 1};  // who holds it has sent something

  ChannelThread() { lock.try_send(error_code()); }
};

template <class Work>
void timed(const char* name, Work work) {
  benchmarks::timed<Thread>(name, work);
}

/// Completes one wait at a time, at once.
template <class... Results>
class Event {
 public:
  auto wait() {
    return asio::async_initiate<const asio::deferred_t, void(Results...)>(
        [this](auto handler) { handler_.emplace(std::move(handler)); }, asio::deferred);
  }

  void fire(Results... results) {
    Handler handler = *std::move(handler_);
    handler_.reset();
    std::move(handler)(std::move(results)...);
  }

 private:
  using Handler = asio::detail::awaitable_async_op_handler<void(Results...), Executor>;

  std::optional<Handler> handler_;
};

template <int kSteps>
Awaitable<int> chain(Event<int>& event, int& sum) {
  if constexpr (kSteps == 1) {
    co_return sum += co_await event.wait();
  } else {
    co_return sum += co_await chain<kSteps - 1>(event, sum);
  }
}

template <int kSteps>
void fire(Thread& thread) {
  int sum = 0;
  Event<int> event;
  thread.spawn(chain<kSteps>(event, sum));
  event.fire(1);
  benchmark::DoNotOptimize(sum);
}

Awaitable<int> get(Event<int>& event) { co_return co_await event.wait(); }

Awaitable<int> getInner(Event<int>& outer, Event<int>& inner) {
  co_await outer.wait();
  co_return co_await inner.wait();
}

Awaitable<int> addUp(Awaitable<int> awaited, int& sum) {
  co_return sum += co_await std::move(awaited);
}

void fireInnerLater(Thread& thread) {
  int sum = 0;
  Event<int> outer;
  Event<int> inner;
  thread.spawn(addUp(getInner(outer, inner), sum));
  outer.fire(1);
  inner.fire(2);
  benchmark::DoNotOptimize(sum);
}

Awaitable<int> ready(int value) { co_return value; }

void awaitFired(Thread& thread) {
  int sum = 0;
  thread.spawn(addUp(ready(1), sum));
  benchmark::DoNotOptimize(sum);
}

/// Each step is a new coroutine, which is resumed later.
Awaitable<void> loop(std::optional<Event<int>>& pending) {
  for (int i = 0; i < kLoopSteps; ++i) co_await get(pending.emplace());
}

void runTailLoop(Thread& thread) {
  std::optional<Event<int>> pending;
  thread.spawn(loop(pending));
  for (int i = 0; i < kLoopSteps; ++i) pending->fire(1);
}

void gatherAll(Thread& thread) {
  std::array<Event<int>, kInputs> events;
  std::vector<int> values(kInputs);
  std::size_t missing = kInputs;
  Event<int> done;
  int sum = 0;
  thread.spawn(chain<1>(done, sum));
  for (std::size_t i = 0; i < kInputs; ++i) {
    asio::co_spawn(thread.loop.get_executor(), get(events[i]),
                   [&, i](const std::exception_ptr&, int value) {
                     values[i] = value;
                     if (--missing == 0) done.fire(1);
                   });
  }
  for (auto& event : events) event.fire(1);
  benchmark::DoNotOptimize(sum);
}

/// As an Event, but that a cancelled wait ends.
class Answer {
 public:
  Awaitable<int> wait() {
    co_return co_await asio::async_initiate<const asio::deferred_t, void(error_code, int)>(
        [this](auto handler) {
          auto slot = asio::get_associated_cancellation_slot(handler);
          if (slot.is_connected()) slot.assign([this](asio::cancellation_type) { abort(); });
          handler_.emplace(std::move(handler));
        },
        asio::deferred);
  }

  void fire(int value) { complete(error_code(), value); }

 private:
  using Handler = asio::detail::awaitable_async_op_handler<void(error_code, int), Executor>;

  // Later, since this is called by the slot, which the handler clears.
  void abort() {
    asio::post(handler_->get_executor(), [this] { complete(asio::error::operation_aborted, 0); });
  }

  void complete(error_code error, int value) {
    Handler handler = *std::move(handler_);
    handler_.reset();
    std::move(handler)(error, value);
  }

  std::optional<Handler> handler_;
};

Awaitable<void> race(Answer& one, Answer& other, int& sum) {
  using namespace asio::experimental::awaitable_operators;
  std::variant<int, int> first = co_await (one.wait() || other.wait());
  sum += std::get<1>(first);
}

void raceTwo(Thread& thread) {
  int sum = 0;
  Answer one;
  Answer other;
  thread.spawn(race(one, other, sum));
  other.fire(1);
  thread.loop.poll();
  benchmark::DoNotOptimize(sum);
}

Awaitable<int> getFrom(Channel<void(error_code, int)>& queue, int& sum) {
  co_return sum += co_await queue.async_receive(asio::deferred);
}

void handOverItem(ChannelThread& thread) {
  int sum = 0;
  thread.spawn(getFrom(thread.queue, sum));
  thread.queue.try_send(error_code(), 1);
  thread.loop.poll();
  benchmark::DoNotOptimize(sum);
}

Awaitable<void> acquire(Channel<void(error_code)>& lock, int& sum) {
  co_await lock.async_send(error_code(), asio::deferred);
  ++sum;
}

/// Who holds it hands it over to who waits, and that one holds it now.
void handOverLock(ChannelThread& thread) {
  int sum = 0;
  thread.spawn(acquire(thread.lock, sum));
  thread.lock.try_receive([](error_code) {});
  thread.loop.poll();
  benchmark::DoNotOptimize(sum);
}

const bool registered = [] {
  timed("fire 1/asio", fire<1>);
  timed("fire 3/asio", fire<3>);
  timed("fire 10/asio", fire<10>);
  timed("fired/asio", awaitFired);
  timed("inner/asio", fireInnerLater);
  timed("loop/asio", runTailLoop);
  timed("gather/asio", gatherAll);
  timed("race/asio", raceTwo);
  benchmarks::timed<ChannelThread>("queue/asio", handOverItem);
  benchmarks::timed<ChannelThread>("lock/asio", handOverLock);
  timed("await fired/asio", awaitFired);
  timed("await pending/asio", fire<1>);
  return true;
}();

}  // namespace
