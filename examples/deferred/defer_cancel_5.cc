// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Who makes a Promise may give it a canceller, which stops the work. This one does nothing else, so
// CancelledError follows. The tutorial's defer-cancel-5.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void cancelWithCanceller() {
  Promise<std::string> promise([] { std::cout << "the canceller stops the work\n"; });
  Deferred<void> reading = promise.deferred().addCallbacks(lesson::gotPoem, lesson::poemFailed);
  reading.cancel();
  std::cout << "done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a Deferred that has a canceller.", cancelWithCanceller);
}
