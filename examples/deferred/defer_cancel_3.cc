// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What has fired is not cancelled any more. The tutorial's defer-cancel-3.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void cancelTooLate() {
  Promise<std::string> promise;
  Deferred<void> reading = promise.deferred().addCallbacks(lesson::gotPoem, lesson::poemFailed);
  promise.callback("Tyger Tyger, burning bright");
  reading.cancel();
  std::cout << "done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a Deferred that has fired.", cancelTooLate);
}
