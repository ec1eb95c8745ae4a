// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The results are in the order of the inputs, whichever came first. The tutorial's deferred-list-4.
#include <iostream>
#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_list.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void listTwo() {
  Promise<std::string> first;
  Promise<std::string> second;
  std::vector<Deferred<std::string>> poems;
  poems.push_back(first.deferred());
  poems.push_back(second.deferred());
  DeferredList(std::move(poems)).addCallback(lesson::gotPoems);
  std::cout << "firing the second\n";
  second.callback("Shall I compare thee to a summer's day?");
  std::cout << "firing the first\n";
  first.callback("Tyger Tyger, burning bright");
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A DeferredList whose second input fires first.", listTwo);
}
