// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An errback gets the CancelledError, as any other failure, before `cancel` returns. The tutorial's
// defer-cancel-2.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void cancelIt() {
  Promise<std::string> promise;
  Deferred<void> reading = promise.deferred().addCallbacks(lesson::gotPoem, lesson::poemFailed);
  reading.cancel();
  std::cout << "done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a Deferred with an errback.", cancelIt);
}
