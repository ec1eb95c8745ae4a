// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A program that is stuck says where: who waits, for how long, for what, and who has it.
#include <chrono>
#include <iostream>
#include <string>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_lock.h>
#include <couplet/deferred/pending.h>
#include <couplet/reactor/reactor.h>

#include "examples/deferred/lesson.h"

using namespace couplet;
using namespace std::chrono_literals;

// [program]
/// Prints one poem at a time. Must outlive the printing.
class Press {
 public:
  Deferred<void> print(Deferred<std::string> poem) {
    const Acquired press = co_await lock_.acquire();
    std::cout << co_await std::move(poem) << "\n";
  }

 private:
  DeferredLock lock_;
};

void getStuck() {
  const auto reactor = newReactor();
  Promise<std::string> post;  // nobody ever fires it
  Press press;
  Deferred<void> tyger = press.print(post.deferred().named("The Tyger"));
  Deferred<void> sonnet = press.print(succeed(std::string("Shall I compare thee"))).named("sonnet");
  reactor->callLater(200ms, [&reactor] {
    describePending(std::cout);
    reactor->stop();
  });
  reactor->run();
  std::move(sonnet).discard();
  std::move(tyger).discard();
}

// [main]
int main(int argc, char** argv) {
  return lesson::run(argc, argv, "What is pending in a program that is stuck.", getStuck);
}
