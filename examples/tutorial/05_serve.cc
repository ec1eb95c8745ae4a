// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <fstream>
#include <iostream>
#include <iterator>

#include <gflags/gflags.h>

#include <couplet/reactor/errors.h>
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
int main(int argc, char** argv) {
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  std::ifstream file(argc == 2 ? argv[1] : "");
  std::string poem(std::istreambuf_iterator<char>(file), {});
  if (!file || poem.empty()) return std::cerr << "serve: there is no poem to read\n", 2;
  auto reactor = newReactor();
  try {
    auto port = reactor->listenTCP(FLAGS_port, std::make_shared<PoetryFactory>(std::move(poem)),
                                   {.interface = "127.0.0.1"});
    std::cout << "Serving " << argv[1] << " on " << port->getHost() << ".\n";
  } catch (const CannotListenError& error) {
    return std::cerr << "serve: " << error.what() << "\n", 1;
  }
  reactor->run();
}
