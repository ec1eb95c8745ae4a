// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Who awaits whom. The tutorial's inline-callbacks-tb prints the stack of a generator that goes on,
// and finds the reactor below it, and none of those who wait for the generator. They are not on the
// stack here, either; but they are known.
#include <iostream>
#include <string>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/pending.h>

#include "examples/deferred/lesson.h"

using namespace couplet;

// [program]
Deferred<std::string> getPoem(Promise<std::string>& post) {
  std::cout << "waiting for the post\n";
  co_return co_await post.deferred();
}

Deferred<std::string> getTitle(Promise<std::string>& post) {
  const std::string poem = co_await getPoem(post);
  co_return poem.substr(0, poem.find(','));
}

void showWhoWaits() {
  Promise<std::string> post;
  Deferred<void> reading = getTitle(post).addCallback(lesson::gotPoem).named("reading");
  describePending(std::cout);
  post.callback("Tyger Tyger, burning bright");
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "Coroutines that wait for one another.", showWhoWaits);
}
