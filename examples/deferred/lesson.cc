// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/deferred/lesson.h"

#include <chrono>
#include <iostream>
#include <utility>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/react.h>

namespace lesson {

namespace {

template <class Body>
int runBody(int argc, char** argv, const std::string& shows, Body body) {
  const auto checked = [&body](const couplet::Arguments& arguments) {
    if (!arguments.empty()) throw couplet::UsageError("Bad arguments.");
    std::cout << std::unitbuf;
    return body();
  };
  return couplet::runProgram(argc, argv, {"[FLAG]...", shows}, checked);
}

}  // namespace

int run(int argc, char** argv, const std::string& shows, void (*body)()) {
  return runBody(argc, argv, shows, [body] {
    body();
    return couplet::kSuccess;
  });
}

int run(int argc, char** argv, const std::string& shows,
        couplet::Deferred<void> (*body)(couplet::Reactor&)) {
  return runBody(argc, argv, shows, [body] { return couplet::react(body); });
}

void gotPoem(const std::string& poem) { std::cout << "got: " << poem << "\n"; }

void poemFailed(const couplet::Failure& failure) {
  std::cout << "failed: " << failure.typeName() << ": " << failure << "\n";
}

void gotPoems(const std::vector<couplet::Result<std::string>>& poems) {
  std::cout << "results: " << poems.size() << "\n";
  for (const auto& poem : poems) {
    if (poem) {
      gotPoem(poem.value());
    } else {
      poemFailed(poem.failure());
    }
  }
}

couplet::Deferred<std::string> getPoem(couplet::Reactor& reactor) {
  couplet::Promise<std::string> promise;
  auto poem = promise.deferred();
  reactor.callLater(std::chrono::milliseconds(50), [promise = std::move(promise)]() mutable {
    std::cout << "sending the poem\n";
    promise.callback("Tyger Tyger, burning bright");
  });
  return poem;
}

}  // namespace lesson
