// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Who was to fire it may not know that it was cancelled: one firing after that is ignored. A second
// one is a mistake, as ever. The tutorial's defer-cancel-4, and one step more.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void fireTooLate() {
  Promise<std::string> promise;
  Deferred<void> reading = promise.deferred().addCallbacks(lesson::gotPoem, lesson::poemFailed);
  reading.cancel();
  promise.callback("Tyger Tyger, burning bright");
  std::cout << "the poem came too late, and nobody minds\n";
  try {
    promise.callback("In the forests of the night");
  } catch (const AlreadyCalledError&) {
    std::cout << "twice is an AlreadyCalledError\n";
  }
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Fires a Deferred that was cancelled.", fireTooLate);
}
