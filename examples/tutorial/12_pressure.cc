// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/reactor/producer.h>
#include <couplet/reactor/reactor.h>

#include "examples/program/server.h"

using namespace couplet;

DEFINE_int32(port, 10000, "where to listen");
DEFINE_int32(times, 2000000, "how often the refrain is sung");

// [refrain]
/// Sings a refrain over and over, no faster than it is heard.
class Refrain : public Protocol, public Producer {
 public:
  explicit Refrain(int times) : left_(times) {}
  void connectionMade() override {
    transport().registerProducer(*this, true);
    sing();
  }
  // [produce]
  void pauseProducing() override {
    holding_ = true;
    most_ = std::max(most_, transport().unsent());
  }
  void resumeProducing() override {
    holding_ = false;
    sing();
  }
  void stopProducing() override { holding_ = true; }
  void connectionLost(const Failure& reason) override {
    std::cout << reason << " Unsung: " << left_ << ", at most unsent: " << most_ << " bytes.\n";
  }
  // [sing]
 private:
  void sing() {
    for (; left_ > 0 && !holding_; --left_)
      transport().write("In what distant deeps or skies burnt the fire of thine eyes?\n");
    if (left_ > 0) return;
    transport().unregisterProducer();
    transport().loseConnection();
  }

  int left_;
  bool holding_ = false;
  std::size_t most_ = 0;
};

void perform(Reactor& reactor) {
  const auto songs = Factory::forProtocol<Refrain>(FLAGS_times);
  reactor.listenTCP(FLAGS_port, songs, {.interface = "127.0.0.1"});
  reactor.callWhenRunning([] { std::cout << "singing\n"; });
  reactor.run();
}

int main(int argc, char** argv) { return examples::runServer(argc, argv, {}, perform); }
