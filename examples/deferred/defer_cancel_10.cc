// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Cancelling what has no canceller: the caller goes on at once, but the work does too, and its
// result is thrown away. The tutorial's defer-cancel-10.
#include <chrono>

#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>

#include "examples/deferred/lesson.h"

using namespace couplet;
using namespace std::chrono_literals;

// [program]
void cancelIt() {
  const auto reactor = newReactor();
  reactor->callLater(100ms, [&] { reactor->stop(); });
  Deferred<void> reading =
      lesson::getPoem(*reactor).addCallbacks(lesson::gotPoem, lesson::poemFailed);
  reactor->callLater(20ms, [&reading] { reading.cancel(); });
  reactor->run();
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a poem that is on its way, which is sent all the same.",
                     cancelIt);
}
