// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A poem that takes its time, and nobody cancels it. The tutorial's defer-cancel-9; its seconds are
// hundredths here.
#include <chrono>

#include <couplet/reactor/reactor.h>

#include "examples/deferred/lesson.h"

using namespace couplet;
using namespace std::chrono_literals;

// [program]
void waitForIt() {
  const auto reactor = newReactor();
  reactor->callLater(100ms, [&] { reactor->stop(); });
  lesson::getPoem(*reactor).addCallbacks(lesson::gotPoem, lesson::poemFailed);
  reactor->run();
}

// [main]
int main(int argc, char** argv) { return lesson::run(argc, argv, "Waits for a poem.", waitForIt); }
