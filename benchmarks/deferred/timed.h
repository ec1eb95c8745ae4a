// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What every benchmark of promises does alike, whichever library it measures.
#pragma once

#include <valgrind/callgrind.h>

#include <thread>

#include <benchmark/benchmark.h>

#include "benchmarks/inside/allocations.h"

namespace benchmarks {

inline constexpr int kLoopSteps = 1000;
inline constexpr int kInputs = 100;   // of what gathers
inline constexpr int kCounted = 100;  // so often is done what callgrind counts

/// What a library needs on each thread, for one that needs nothing around its work.
struct PlainThread {
  template <class F>
  void run(F f) {
    f();
  }
};

/// Has callgrind, if that runs this with --collect-atstart=no, write down the instructions of
/// `kCounted` times `work(thread)`.
template <class Thread, class Work>
void countInstructions(const char* name, Thread& thread, Work& work) {
  CALLGRIND_TOGGLE_COLLECT;
  for (int i = 0; i < kCounted; ++i) work(thread);
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name);
}

/// Times `work(thread)` and counts what it takes from the heap: `cold`, the first time on a thread,
/// and `warm`, on average afterwards. `Thread::run(f)` calls f() where the library's work is done.
template <class Thread, class Work>
void timeAndCount(benchmark::State& state, const char* name, Work work) {
  long cold = 0;
  std::thread([&] {
    Thread thread;
    thread.run([&] {
      const long before = allocations();
      work(thread);
      cold = allocations() - before;
    });
  }).join();

  Thread thread;
  thread.run([&] {
    work(thread);
    if (RUNNING_ON_VALGRIND) countInstructions(name, thread, work);
    const long before = allocations();
    for (auto _ : state) work(thread);
    state.counters["warm"] = static_cast<double>(allocations() - before) / state.iterations();
  });
  state.counters["cold"] = cold;
}

/// A benchmark of that name, `CASE/LIBRARY`, which lives as long as the program.
template <class Thread, class Work>
void timed(const char* name, Work work) {
  benchmark::RegisterBenchmark(
      name, [name, work](benchmark::State& state) { timeAndCount<Thread>(state, name, work); });
}

}  // namespace benchmarks
