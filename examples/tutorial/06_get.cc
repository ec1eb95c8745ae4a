// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/reactor.h>

#include "examples/program/server.h"

using namespace couplet;

DEFINE_int32(port, 10000, "where the poem is");

// [protocol]
/// Receives a poem, which ends with its connection.
class PoetryClient : public Protocol {
 public:
  explicit PoetryClient(Promise<std::string> answer) : answer_(std::move(answer)) {}
  void dataReceived(std::string_view bytes) override { poem_ += bytes; }
  void connectionLost(const Failure& reason) override {
    if (!reason.check<ConnectionDone>()) return answer_.errback(reason);
    answer_.callback(std::move(poem_));
  }

 private:
  Promise<std::string> answer_;
  std::string poem_;
};

// [factory]
class PoetryClientFactory : public ClientFactory {
 public:
  Deferred<std::string> deferred() { return answer_.deferred(); }
  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<PoetryClient>(std::move(answer_));
  }
  void clientConnectionFailed(const Failure& reason) override { answer_.errback(reason); }

 private:
  Promise<std::string> answer_;
};

// [get]
Deferred<std::string> getPoem(Reactor& reactor, const std::string& host, int port) {
  const auto factory = std::make_shared<PoetryClientFactory>();
  reactor.connectTCP(host, port, factory);
  return factory->deferred();
}

// [main]
void showPoem(Reactor& reactor) {
  getPoem(reactor, "localhost", FLAGS_port)
      .addCallback([](const std::string& poem) { std::cout << poem; })
      .addErrback([](const Failure& failure) { std::cerr << "get: " << failure << "\n"; })
      .addCallback([&reactor] { reactor.stop(); });
  reactor.run();
}

int main(int argc, char** argv) { return examples::runServer(argc, argv, {}, showPoem); }
