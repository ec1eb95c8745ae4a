// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A DeferredList of nothing has nothing to wait for: it has fired when it is made. The tutorial's
// deferred-list-1.
#include <iostream>
#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_list.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void listNothing() {
  std::vector<Deferred<std::string>> poems;
  std::cout << "a list of nothing\n";
  DeferredList(std::move(poems)).addCallback(lesson::gotPoems);
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A DeferredList without inputs.", listNothing);
}
