// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <fstream>
#include <iostream>
#include <iterator>

#include <gflags/gflags.h>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

using namespace couplet;

DEFINE_int32(port, 10000, "where to listen");

// [protocol]
/// Sends the poem to whoever connects, then closes.
class PoetryProtocol : public Protocol {
 public:
  explicit PoetryProtocol(const std::string& poem) : poem_(poem) {}

  void connectionMade() override {
    transport().write(poem_);
    transport().loseConnection();
  }

 private:
  const std::string& poem_;
};

// [factory]
class PoetryFactory : public Factory {
 public:
  explicit PoetryFactory(std::string poem) : poem_(std::move(poem)) {}

  std::unique_ptr<Protocol> buildProtocol(const Address& peer) override {
    std::cout << peer.host << " wants poetry\n";
    return std::make_unique<PoetryProtocol>(poem_);
  }

 private:
  const std::string poem_;
};

// [main]
int serve(const couplet::Arguments& arguments) {
  std::ifstream file(arguments.size() == 1 ? arguments[0] : "");
  std::string poem(std::istreambuf_iterator<char>(file), {});
  if (!file || poem.empty()) throw couplet::UsageError("there is no poem to read");
  const auto factory = std::make_shared<PoetryFactory>(std::move(poem));
  const auto reactor = newReactor();
  const auto port = reactor->listenTCP(FLAGS_port, factory, {.interface = "127.0.0.1"});
  std::cout << "Serving " << arguments[0] << " on " << port->getHost() << ".\n";
  reactor->run();
  return couplet::kSuccess;
}

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, {}, serve); }
