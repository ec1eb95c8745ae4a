// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <chrono>
#include <iostream>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

#include "examples/poetry/addresses.h"
#include "examples/poetry/poem_client.h"
#include "examples/poetry/transform_proxy.h"

using namespace couplet;
using namespace std::chrono_literals;

// [lowered]
/// Fetches poems, and has them lowered by a transform server.
class Reader {
 public:
  Reader(Reactor& reactor, Address transforms) : reactor_(reactor), proxy_(reactor, transforms) {}

  /// The poem of `server`, lowered if that can be done within a second.
  Deferred<std::string> lowered(const Address& server) {
    return poetry::getPoem(reactor_, server).addCallback([this](const std::string& poem) {
      return proxy_.transform("cummingsify", poem)
          .addTimeout(1s, reactor_)
          .addErrback([poem](const Failure& failure) {
            std::cerr << "Not lowered: " << failure << "\n";
            return poem;
          });
    });
  }

  // [members]
 private:
  Reactor& reactor_;
  poetry::TransformProxy proxy_;
};

// [main]
int readPoem(const couplet::Arguments& addresses) {
  if (addresses.size() != 2) throw couplet::UsageError("Give me a poem's port and a transform's.");
  const auto reactor = newReactor();
  Reader reader(*reactor, poetry::parseAddress(addresses[1]));
  reader.lowered(poetry::parseAddress(addresses[0]))
      .addCallback([](const std::string& poem) { std::cout << poem; })
      .addErrback([](const Failure& failure) { std::cerr << "chain: " << failure << "\n"; })
      .addCallback([&reactor] { reactor->stop(); });
  reactor->run();
  return couplet::kSuccess;
}

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, {}, readPoem); }
