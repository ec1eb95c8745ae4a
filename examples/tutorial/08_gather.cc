// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <algorithm>
#include <iostream>

#include <couplet/deferred/gather_results.h>
#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

#include "examples/poetry/addresses.h"
#include "examples/poetry/poem_client.h"

using namespace couplet;
using namespace std::chrono_literals;

// [client]
/// Fetches poems from several servers at once, and counts their lines.
class LineCounter {
 public:
  explicit LineCounter(Reactor& reactor) : reactor_(reactor) {}

  /// How many lines the poem of each server has, in the order of `servers`; 0 where there is none.
  Deferred<std::vector<long>> count(const std::vector<Address>& servers) {
    std::vector<Deferred<long>> counts;
    for (const Address& server : servers) counts.push_back(countOne(server));
    return gatherResults(std::move(counts));
  }

  // [one]
 private:
  Deferred<long> countOne(const Address& server) {
    return poetry::getPoem(reactor_, server)
        .addTimeout(5s, reactor_)
        .addCallback([server](const std::string& poem) -> long {
          std::cout << server << " has sent its poem\n";
          return std::count(poem.begin(), poem.end(), '\n');
        })
        .addErrback([](const Failure& failure) { return std::cerr << failure << "\n", 0l; });
  }

  Reactor& reactor_;
};

// [main]
int countLines(const couplet::Arguments& arguments) {
  if (arguments.empty()) throw couplet::UsageError("Give me the ports of poems.");
  std::vector<Address> servers;
  for (const auto& argument : arguments) servers.push_back(poetry::parseAddress(argument));
  const auto reactor = newReactor();
  LineCounter(*reactor)
      .count(servers)
      .addCallback([](const std::vector<long>& counts) {
        for (const long lines : counts) std::cout << lines << " lines\n";
      })
      .addErrback([](const Failure& failure) { std::cerr << "gather: " << failure << "\n"; })
      .addCallback([&reactor] { reactor->stop(); });
  reactor->run();
  return couplet::kSuccess;
}

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, {}, countLines); }
