// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/protocols/stream.h>

#include "examples/poetry/addresses.h"
#include "examples/poetry/poem_client.h"
#include "examples/poetry/transform_proxy.h"

using namespace couplet;
using namespace std::chrono_literals;

DEFINE_int32(port, 10002, "where to listen");

// [serve]
/// Serves a poem, transformed: a visitor names transforms, one a line.
class PoetryProxy {
 public:
  PoetryProxy(Reactor& reactor, Address poem, Address transforms)
      : reactor_(reactor), poem_(std::move(poem)), transforms_(reactor, std::move(transforms)) {}

  Deferred<void> serve(StreamListener listener) {
    while (Stream visitor = co_await listener.accept())
      conversations_.add(converse(std::move(visitor)).addErrback(report));
  }
  // [converse]
 private:
  Deferred<void> converse(Stream visitor) {
    while (auto name = co_await visitor.tryReadUntil("\n", 50).addTimeout(60s, reactor_))
      co_await visitor.write(co_await transformed(*name).addErrback(sorry));
  }
  Deferred<std::string> transformed(std::string name) {
    const std::string poem = co_await poetry::getPoem(reactor_, poem_);
    co_return co_await transforms_.transform(name, poem);
  }
  // [failures]
  static void report(const Failure& failure) { std::cerr << failure << "\n"; }
  static std::string sorry(const Failure& failure) { return "Sorry: " + failure.message() + "\n"; }

  Reactor& reactor_;
  Address poem_;
  poetry::TransformProxy transforms_;
  RunningWork conversations_;
};
// [main]
int main(int argc, char** argv) {
  return couplet::runProgram(argc, argv, {}, [](const couplet::Arguments& servers) {
    if (servers.size() != 2) throw couplet::UsageError("Give me a poem's port and a transform's.");
    const auto reactor = newReactor();
    PoetryProxy proxy(*reactor, poetry::parseAddress(servers[0]), poetry::parseAddress(servers[1]));
    RunningWork serving;
    serving.add(proxy.serve(listenStream(*reactor, FLAGS_port, {.interface = "127.0.0.1"})));
    std::cout << "at your service" << std::endl;
    reactor->run();
    return couplet::kSuccess;
  });
}
