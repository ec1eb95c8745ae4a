// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A function that stops in its middle: at each co_await it returns to its caller, and it goes on
// where it was when the answer is there. The tutorial's gen-1 is a Python generator, which hands
// out a number at each stop; a coroutine that returns a Deferred is handed one.
#include <iostream>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_queue.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
Deferred<void> work(DeferredQueue<int>& numbers) {
  std::cout << "starting up\n";
  std::cout << "got " << co_await numbers.get() << "\n";
  std::cout << "at work\n";
  std::cout << "got " << co_await numbers.get() << "\n";
  std::cout << "still at work\n";
  std::cout << "got " << co_await numbers.get() << "\n";
  std::cout << "done\n";
}

void handOutNumbers() {
  DeferredQueue<int> numbers;
  work(numbers);
  for (int number : {1, 2, 3}) {
    std::cout << "caller: here is " << number << "\n";
    numbers.put(number);
  }
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A coroutine that stops three times.", handOutNumbers);
}
