// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A canceller that takes the Promise may fire it: with a value, say, that is good enough. Then
// nothing has failed. The tutorial's defer-cancel-6.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void cancelWithSecondBest() {
  Promise<std::string> promise([](Promise<std::string>& promise) {
    std::cout << "the canceller has another poem\n";
    promise.callback("In Place of a Poem");
  });
  Deferred<void> reading = promise.deferred().addCallbacks(lesson::gotPoem, lesson::poemFailed);
  reading.cancel();
  std::cout << "done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a Deferred whose canceller has a value for it.",
                     cancelWithSecondBest);
}
