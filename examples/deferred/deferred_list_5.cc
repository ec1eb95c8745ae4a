// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A failed input fails nothing: it is one of the results. The list owns its inputs, so nobody
// reports the failure a second time, as with Twisted's consumeErrors=True. The tutorial's
// deferred-list-5.
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_list.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void listOneThatFails() {
  Promise<std::string> first;
  Promise<std::string> second;
  std::vector<Deferred<std::string>> poems;
  poems.push_back(first.deferred());
  poems.push_back(second.deferred());
  DeferredList(std::move(poems)).addCallback(lesson::gotPoems);
  std::cout << "firing the first\n";
  first.callback("Tyger Tyger, burning bright");
  std::cout << "failing the second\n";
  second.errback(std::runtime_error("the poet is asleep"));
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A DeferredList with an input that fails.", listOneThatFails);
}
