// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <chrono>
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/reactor.h>

#include "examples/poetry/poem_client.h"

using namespace couplet;
using namespace std::chrono_literals;

DEFINE_int32(port, 10000, "where the poem is");

// [title]
class NoTitleError : public std::runtime_error {
 public:
  NoTitleError() : std::runtime_error("the poem has no title") {}
};

/// The first line of a poem.
std::string titleOf(const std::string& poem) {
  const auto end = poem.find('\n');
  if (end == 0 || end == poem.npos) throw NoTitleError();
  return poem.substr(0, end);
}

// [show]
Deferred<void> showTitle(Reactor& reactor, int port) {
  return poetry::getPoem(reactor, {"localhost", port})
      .addTimeout(1s, reactor)
      .addErrback([](const Failure& failure) -> std::string {
        failure.trap<ConnectError>();
        std::cerr << failure << "; here is another poem\n";
        return "In Place of a Poem\n";
      })
      .addCallback(titleOf)
      .addCallback([](const std::string& title) { std::cout << title << "\n"; });
}

// [main]
int rescue(const couplet::Arguments&) {
  const auto reactor = newReactor();
  showTitle(*reactor, FLAGS_port)
      .addErrback([](const Failure& failure) { std::cerr << "rescue: " << failure << "\n"; })
      .addCallback([&reactor] { reactor->stop(); });
  reactor->run();
  return couplet::kSuccess;
}

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, {}, rescue); }
