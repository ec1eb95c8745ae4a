// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A canceller is not called for what has fired: it was destroyed then, with all that it had
// captured. The tutorial's defer-cancel-8.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void cancelTooLate() {
  Promise<std::string> promise([] { std::cout << "never called\n"; });
  Deferred<void> reading = promise.deferred().addCallbacks(lesson::gotPoem, lesson::poemFailed);
  promise.callback("Tyger Tyger, burning bright");
  reading.cancel();
  std::cout << "done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a Deferred that has a canceller and has fired.",
                     cancelTooLate);
}
