// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A coroutine answers with a Deferred, as any function that takes its time: its co_return is the
// value, what it throws is the failure. Two of them run at once. The tutorial's inline-callbacks-2;
// its seconds are hundredths here.
#include <chrono>
#include <iostream>
#include <stdexcept>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/reactor/reactor.h>

#include "examples/deferred/lesson.h"

using namespace couplet;
using namespace std::chrono_literals;

// [program]
Deferred<int> succeeding(Reactor& reactor) {
  std::cout << "succeeding: first callback\n";
  co_await deferLater(reactor, 20ms);
  std::cout << "succeeding: second callback\n";
  co_await deferLater(reactor, 20ms);
  std::cout << "succeeding: third callback\n";
  co_return 1;
}

Deferred<int> failing(Reactor& reactor) {
  std::cout << "failing: first callback\n";
  co_await deferLater(reactor, 30ms);
  std::cout << "failing: second callback\n";
  co_await deferLater(reactor, 30ms);
  std::cout << "failing: third callback\n";
  throw std::runtime_error("the poet is asleep");
}

Deferred<void> shown(Deferred<int> number) {
  return std::move(number).addCallbacks([](int n) { std::cout << "got: " << n << "\n"; },
                                        lesson::poemFailed);
}

Deferred<void> runBoth(Reactor& reactor) {
  co_await gatherResults(shown(succeeding(reactor)), shown(failing(reactor)));
  std::cout << "all done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Two coroutines, of which one fails.", runBoth);
}
