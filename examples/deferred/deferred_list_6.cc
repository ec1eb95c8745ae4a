// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Otherwise than in Twisted: without consumeErrors the tutorial's deferred-list-6 ends with an
// unhandled error, that of an input which its list has seen, but not taken. Here there is no such
// input any more. Who wants each failure told, too, gives the inputs an errback that tells it and
// passes it on.
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_list.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
Failure tell(const Failure& failure) {
  std::cout << "told: " << failure << "\n";
  return failure;
}

void listOneThatFails() {
  Promise<std::string> first;
  Promise<std::string> second;
  std::vector<Deferred<std::string>> poems;
  poems.push_back(first.deferred());
  poems.push_back(second.deferred());
  for (Deferred<std::string>& poem : poems) poem.addErrback(tell);
  DeferredList(std::move(poems)).addCallback(lesson::gotPoems);
  std::cout << "firing the first\n";
  first.callback("Tyger Tyger, burning bright");
  std::cout << "failing the second\n";
  second.errback(std::runtime_error("the poet is asleep"));
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A DeferredList with inputs that tell of their failures.",
                     listOneThatFails);
}
