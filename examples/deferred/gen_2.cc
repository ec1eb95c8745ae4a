// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The same without the queue, to see what is below it: each stop is a Deferred, and firing its
// Promise is what makes the coroutine go on, before `callback` returns. The tutorial's gen-2 steps
// through its generator by hand.
#include <array>
#include <iostream>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
Deferred<void> work(std::array<Promise<int>, 3>& stops) {
  std::cout << "starting up\n";
  for (Promise<int>& stop : stops) {
    const int number = co_await stop.deferred();
    std::cout << "got " << number << "\n";
  }
  std::cout << "done\n";
}

void stepThrough() {
  std::array<Promise<int>, 3> stops;
  Deferred<void> working = work(stops);
  stops[0].callback(1);
  std::cout << "caller: one step done\n";
  stops[1].callback(2);
  std::cout << "caller: two steps done\n";
  stops[2].callback(3);
  std::cout << "caller: it has " << (working.readyValue() ? "ended" : "not ended") << "\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A coroutine that its caller steps through.", stepThrough);
}
