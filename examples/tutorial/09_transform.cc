// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/protocols/netstring.h>
#include <couplet/reactor/reactor.h>

#include "examples/poetry/transforms.h"
#include "examples/program/server.h"

using namespace couplet;

DEFINE_int32(port, 10001, "where to listen");

// [service]
/// What can be done to a poem. Knows no protocol.
class TransformService {
 public:
  std::string transform(std::string_view name, std::string_view poem) const {
    if (name == "cummingsify") return poetry::cummingsify(poem);
    if (name == "scream") return poetry::scream(poem);
    throw std::invalid_argument("no such transform");
  }
};

// [protocol]
/// One request, `<name>.<poem>`, and one answer; each is a netstring.
class TransformProtocol : public NetstringReceiver {
 public:
  explicit TransformProtocol(std::shared_ptr<const TransformService> service)
      : service_(std::move(service)) {}

  void stringReceived(std::string_view request) override {
    const auto dot = request.find('.');
    if (dot == request.npos) throw std::invalid_argument("a request has a dot");
    sendString(service_->transform(request.substr(0, dot), request.substr(dot + 1)));
    transport().loseConnection();
  }

  void connectionLost(const Failure& reason) override { std::cout << reason << "\n"; }

 private:
  std::shared_ptr<const TransformService> service_;
};

// [main]
void serve(Reactor& reactor) {
  const auto service = std::make_shared<const TransformService>();
  reactor.listenTCP(FLAGS_port, Factory::forProtocol<TransformProtocol>(service),
                    {.interface = "127.0.0.1"});
  reactor.callWhenRunning([] { std::cout << "transforming\n"; });
  reactor.run();
}

int main(int argc, char** argv) { return examples::runServer(argc, argv, {}, serve); }
