// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Cancels a Deferred that nobody has fired: its chain fails with CancelledError. No errback takes
// it, so it is reported when the chain ends, which is when `reading` goes. The tutorial's
// defer-cancel-1.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void cancelIt() {
  Promise<std::string> promise;
  Deferred<void> reading = promise.deferred().addCallback(lesson::gotPoem);
  reading.cancel();
  std::cout << "done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a Deferred without an errback.", cancelIt);
}
