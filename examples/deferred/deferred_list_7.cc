// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Otherwise than in Twisted: the tutorial's deferred-list-7 gives an input its errback after it
// went into the list, which has seen the failure by then. Here the input is gone, and using it says
// where it went. An errback that was there before changes what the list sees.
#include <iostream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_list.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
std::string otherPoem(const Failure&) { return "In Place of a Poem"; }

void listOneThatRecovers() {
  Promise<std::string> promise;
  Deferred<std::string> poem = promise.deferred().addErrback(otherPoem);
  DeferredList(std::move(poem)).addCallback([](std::tuple<Result<std::string>> results) {
    lesson::gotPoem(std::get<0>(results).value());
  });
  try {
    poem.addErrback(otherPoem);
  } catch (const std::logic_error& error) {
    std::cout << error.what() << "\n";
  }
  std::cout << "failing\n";
  promise.errback(std::runtime_error("the poet is asleep"));
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A DeferredList with an input that recovers.",
                     listOneThatRecovers);
}
