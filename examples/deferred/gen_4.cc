// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Into a coroutine that waits one can send a value, or an exception, which its co_await throws. The
// tutorial's gen-4.
#include <iostream>
#include <stdexcept>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
class Malfunction : public std::runtime_error {
 public:
  Malfunction() : std::runtime_error("malfunction") {}
};

struct Stops {
  Promise<int> first, second, third, fourth;
};

Deferred<void> work(Stops& stops) {
  std::cout << "starting up\n";
  std::cout << "got " << co_await stops.first.deferred() << "\n";
  std::cout << "got " << co_await stops.second.deferred() << "\n";
  try {
    co_await stops.third.deferred();
  } catch (const Malfunction& malfunction) {
    std::cout << "caught a " << malfunction.what() << "\n";
  }
  std::cout << "got " << co_await stops.fourth.deferred() << "\n";
}

void sendThings() {
  Stops stops;
  work(stops).addCallback([] { std::cout << "caller: it has ended\n"; });
  stops.first.callback(10);
  stops.second.callback(20);
  stops.third.errback(Malfunction());
  stops.fourth.callback(40);
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A coroutine that is sent values and an exception.", sendThings);
}
