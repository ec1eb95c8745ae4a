// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What every benchmark of promises does alike, whichever library it measures.
#pragma once

#include <thread>

#include <benchmark/benchmark.h>

#include "benchmarks/inside/allocations.h"

namespace benchmarks {

inline constexpr int kLoopSteps = 1'000'000;

/// Times `work(thread)` and counts what it takes from the heap: `cold`, the first time on a thread,
/// and `warm`, on average afterwards. `Thread` is what the library needs on each thread.
template <class Thread, class Work>
void timeAndCount(benchmark::State& state, Work work) {
  long cold = 0;
  std::thread([&] {
    Thread thread;
    const long before = allocations();
    work(thread);
    cold = allocations() - before;
  }).join();

  Thread thread;
  work(thread);
  const long before = allocations();
  for (auto _ : state) work(thread);
  state.counters["warm"] = static_cast<double>(allocations() - before) / state.iterations();
  state.counters["cold"] = cold;
}

}  // namespace benchmarks
