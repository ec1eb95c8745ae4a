// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A DeferredList fires when its inputs have, here the only one. It owns them: they are moved into
// it. The tutorial's deferred-list-2.
#include <iostream>
#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_list.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
void listOne() {
  Promise<std::string> poem;
  std::vector<Deferred<std::string>> poems;
  poems.push_back(poem.deferred());
  DeferredList(std::move(poems)).addCallback(lesson::gotPoems);
  std::cout << "firing\n";
  poem.callback("Tyger Tyger, burning bright");
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "A DeferredList of one Deferred.", listOne);
}
