// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The cases of timer_benchmark.cc and libevent_timer_benchmark.cc, whichever keeps the timers.
#pragma once

#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks/inside/allocations.h"

namespace benchmarks {

inline constexpr std::size_t kFew = 64;
inline constexpr std::size_t kMany = 1'000'000;

/// Delays of an hour and up to a minute more, in no order: none is due while this program runs.
inline const std::vector<std::chrono::microseconds>& delays() {
  static const auto all = [] {
    std::mt19937 random(1);
    std::uniform_int_distribution<int> within(0, 60'000'000);
    std::vector<std::chrono::microseconds> delays(kMany);
    for (auto& delay : delays)
      delay = std::chrono::hours(1) + std::chrono::microseconds(within(random));
    return delays;
  }();
  return all;
}

/// Places of a list of `size`, in no order.
inline std::vector<std::size_t> places(std::size_t size) {
  std::mt19937 random(2);
  std::uniform_int_distribution<std::size_t> any(0, size - 1);
  std::vector<std::size_t> places(kMany);
  for (auto& place : places) place = any(random);
  return places;
}

inline void countHeap(benchmark::State& state, long before) {
  state.counters["heap"] = static_cast<double>(allocations() - before) / state.iterations();
}

/// A timer is added and cancelled at once, while `live` others wait. `Timers` has room for one
/// more, `add(place, delay)` and `cancel(place)`, and runs from inside of its loop.
template <class Timers>
void addAndCancel(Timers& timers, benchmark::State& state, std::size_t live) {
  for (std::size_t i = 0; i < live; ++i) timers.add(i, delays()[i]);
  timers.add(live, delays()[0]);
  timers.cancel(live);
  const long before = allocations();
  std::size_t i = 0;
  for (auto _ : state) {
    timers.add(live, delays()[i++ % kMany]);
    timers.cancel(live);
  }
  countHeap(state, before);
}

/// One of `live` timers, any of them, is cancelled and added anew.
template <class Timers>
void replaceAny(Timers& timers, benchmark::State& state, std::size_t live) {
  const std::vector<std::size_t> which = places(live);
  for (std::size_t i = 0; i < live; ++i) timers.add(i, delays()[i]);
  const long before = allocations();
  std::size_t i = 0;
  for (auto _ : state) {
    const std::size_t place = which[i % kMany];
    timers.cancel(place);
    timers.add(place, delays()[i++ % kMany]);
  }
  countHeap(state, before);
}

/// Registers the cases for `Timers`, whose static `inLoop(room, f)` calls `f(timers)`.
template <class Timers>
void registerTimers(const std::string& library) {
  using Case = void (*)(Timers&, benchmark::State&, std::size_t);
  const auto add = [&](const std::string& name, Case work, std::size_t live) {
    benchmark::RegisterBenchmark((name + "/" + library).c_str(), [=](benchmark::State& state) {
      Timers::inLoop(live + 1, [&](Timers& timers) { work(timers, state, live); });
    });
  };
  add("add and cancel, few", addAndCancel<Timers>, kFew);
  add("add and cancel, many", addAndCancel<Timers>, kMany);
  add("replace, few", replaceAny<Timers>, kFew);
  add("replace, many", replaceAny<Timers>, kMany);
}

}  // namespace benchmarks
