// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The outer Deferred has fired and waits for an inner one. Cancelling it reaches the inner one's
// canceller, since that is the work under way; what the outer one waited for before is done. The
// tutorial's defer-cancel-12.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void cancelTheOuter() {
  Promise<void> outer([] { std::cout << "the outer canceller: never called\n"; });
  Promise<std::string> inner([] { std::cout << "the inner canceller\n"; });
  const auto returnInner = [&inner] {
    std::cout << "the outer callback returns the inner Deferred\n";
    return inner.deferred();
  };
  Deferred<void> reading =
      outer.deferred().addCallback(returnInner).addCallbacks(lesson::gotPoem, lesson::poemFailed);
  outer.callback();
  std::cout << "cancelling the outer Deferred\n";
  reading.cancel();
  std::cout << "done\n";
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Cancels a Deferred that waits for an inner one.", cancelTheOuter);
}
