// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The same poem with a canceller that stops the timer: nothing is sent. The timer owns the Promise,
// and the canceller must reach the timer, so they share a handle. deferLater(reactor, 50ms, ...)
// has all of that. The tutorial's defer-cancel-11.
#include <chrono>
#include <iostream>
#include <memory>
#include <string>

#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>

#include "examples/deferred/lesson.h"

using namespace couplet;
using namespace std::chrono_literals;

// [program]
/// A poem, 50 ms later, unless it is cancelled.
Deferred<std::string> getPoem(Reactor& reactor) {
  auto sending = std::make_shared<DelayedCall>();
  Promise<std::string> promise([sending] { sending->cancel(); });
  Deferred<std::string> poem = promise.deferred();
  *sending = reactor.callLater(50ms, [promise = std::move(promise)]() mutable {
    std::cout << "sending the poem\n";
    promise.callback("Tyger Tyger, burning bright");
  });
  return poem;
}

void cancelIt() {
  const auto reactor = newReactor();
  reactor->callLater(100ms, [&] { reactor->stop(); });
  Deferred<void> reading = getPoem(*reactor).addCallbacks(lesson::gotPoem, lesson::poemFailed);
  reactor->callLater(20ms, [&reading] { reading.cancel(); });
  reactor->run();
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a poem that is on its way, which is not sent.", cancelIt);
}
