// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/reactor/reactor.h>

#include "examples/program/server.h"

using namespace couplet;

DEFINE_int32(port, 10000, "where the door is");
DEFINE_int32(tickets, 1, "how many visitors it lets in");

// [visit]
/// One visitor, from welcome to farewell.
class Visit : public Protocol {
 public:
  void connectionMade() override {
    std::cout << "accepted\n";
    transport().write("Welcome. Say a word and you are shown out.\n");
  }
  void dataReceived(std::string_view) override { transport().loseConnection(); }
  void connectionLost(const Failure& reason) override { std::cout << "left: " << reason << "\n"; }
};

// [door]
/// Lets visitors in while there are tickets.
class Door : public Factory {
 public:
  explicit Door(int tickets) : tickets_(tickets) {}

  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    if (tickets_ == 0) {
      std::cout << "dropped\n";
      return nullptr;
    }
    --tickets_;
    return std::make_unique<Visit>();
  }

 private:
  int tickets_;
};

// [main]
void openDoor(Reactor& reactor) {
  const auto door = std::make_shared<Door>(FLAGS_tickets);
  reactor.listenTCP(FLAGS_port, door, {.interface = "127.0.0.1"});
  std::cout << "the door is at port " << FLAGS_port << "\n";
  reactor.run();
}

int main(int argc, char** argv) { return examples::runServer(argc, argv, {}, openDoor); }
