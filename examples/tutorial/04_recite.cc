// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>
#include <string>
#include <vector>

#include <gflags/gflags.h>

#include <couplet/reactor/reactor.h>

#include "examples/program/server.h"

using namespace couplet;

DEFINE_int32(port, 10000, "where to listen");

// [poem]
/// A poem that is recited a line at a time; after the last line comes the first.
class Poem {
 public:
  explicit Poem(std::vector<std::string> lines) : lines_(std::move(lines)) {}
  const std::string& nextLine() { return lines_[next_++ % lines_.size()]; }

 private:
  std::vector<std::string> lines_;
  std::size_t next_ = 0;
};

// [reciter]
/// Says the next line to whoever connects.
class Reciter : public Protocol {
 public:
  explicit Reciter(Poem& poem) : poem_(poem) {}
  void connectionMade() override {
    transport().write(poem_.nextLine() + "\n");
    transport().loseConnection();
  }

 private:
  Poem& poem_;
};

// [factory]
class ReciterFactory : public Factory {
 public:
  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<Reciter>(poem_);
  }

 private:
  Poem poem_{{"Tyger Tyger, burning bright,", "In the forests of the night;"}};
};

// [main]
void recite(Reactor& reactor) {
  reactor.listenTCP(FLAGS_port, std::make_shared<ReciterFactory>(), {.interface = "127.0.0.1"});
  reactor.callWhenRunning([] { std::cout << "reciting\n"; });
  reactor.run();
}

int main(int argc, char** argv) { return examples::runServer(argc, argv, {}, recite); }
