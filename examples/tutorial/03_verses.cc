// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/protocols/line.h>
#include <couplet/reactor/reactor.h>

#include "examples/program/server.h"

using namespace couplet;

DEFINE_int32(port, 10000, "where to listen");

// [listener]
/// Writes down the verses that it is told, one a line.
class Listener : public LineOnlyReceiver {
 public:
  Listener() {
    setDelimiter("\n");
    setMaxLength(200);
  }

  void lineReceived(std::string_view verse) override {
    std::cout << ++verses_ << ": " << verse << "\n";
  }

  void connectionLost(const Failure& reason) override { std::cout << "end: " << reason << "\n"; }

 private:
  int verses_ = 0;
};

// [main]
void listenForVerses(Reactor& reactor) {
  reactor.listenTCP(FLAGS_port, Factory::forProtocol<Listener>(), {.interface = "127.0.0.1"});
  reactor.callWhenRunning([] { std::cout << "listening\n"; });
  reactor.run();
}

int main(int argc, char** argv) { return examples::runServer(argc, argv, {}, listenForVerses); }
