// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Or with a failure that says more than CancelledError does. What a canceller throws does the same.
// The tutorial's defer-cancel-7.
#include <iostream>
#include <stdexcept>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
class PoetLeftError : public std::runtime_error {
 public:
  PoetLeftError() : std::runtime_error("the poet has left") {}
};

void cancelWithReason() {
  Promise<std::string> promise([](Promise<std::string>& promise) {
    std::cout << "the canceller knows why\n";
    promise.errback(PoetLeftError());
  });
  Deferred<void> reading = promise.deferred().addCallbacks(lesson::gotPoem, lesson::poemFailed);
  reading.cancel();
  std::cout << "done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a Deferred whose canceller has a failure for it.",
                     cancelWithReason);
}
