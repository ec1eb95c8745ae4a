// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Two coroutines take turns. Nobody switches between them but themselves, at a co_await. When one
// has ended, the other goes on alone. The tutorial's gen-3.
#include <iostream>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_queue.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
struct Turn {};

Deferred<void> count(DeferredQueue<Turn>& turns, std::vector<int> numbers) {
  for (const int number : numbers) {
    co_await turns.get();
    std::cout << number << "\n";
  }
}

void takeTurns() {
  DeferredQueue<Turn> turns;
  count(turns, {1, 2, 3});
  count(turns, {10, 20, 30, 40});
  while (turns.waiting() > 0) turns.put(Turn());
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Two coroutines that take turns.", takeTurns);
}
