// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A coroutine in place of a chain of callbacks: co_await gives the value of a Deferred, or throws
// its failure. What is no Deferred comes straight back. The tutorial's inline-callbacks-1; its
// seconds are hundredths here.
#include <chrono>
#include <iostream>
#include <stdexcept>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>

#include "examples/deferred/lesson.h"

using namespace couplet;
using namespace std::chrono_literals;

// [program]
int failLoudly() { throw std::runtime_error("the poet is asleep"); }

Deferred<void> callbacks(Reactor& reactor) {
  std::cout << "first callback\n";
  int result = co_await 1;

  std::cout << "second callback got " << result << "\n";
  result = co_await deferLater(reactor, 50ms, [] { return 2; });

  std::cout << "third callback got " << result << "\n";
  try {
    result = co_await deferLater(reactor, 50ms, failLoudly);
  } catch (const std::runtime_error& error) {
    std::cout << "fourth callback caught: " << error.what() << "\n";
  }
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A coroutine that awaits values and a failure.", callbacks);
}
