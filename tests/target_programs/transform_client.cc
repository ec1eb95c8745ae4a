// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The target program of a transform client, but for its reactor: what it wants from port 10001 it
// gets from the port that the environment names, so that tests need no fixed one.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include <couplet/protocols/netstring.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/libevent_reactor.h>

using namespace couplet;

namespace {

/// A LibeventReactor that connects to another port than it is told to.
class RedirectedReactor : public Reactor {
 public:
  explicit RedirectedReactor(int port) : port_(port) {}

  std::shared_ptr<Connector> connectTCP(const std::string& host, int,
                                        std::shared_ptr<ClientFactory> factory,
                                        ConnectOptions options, SourceLocation here) override {
    return reactor_.connectTCP(host, port_, std::move(factory), std::move(options), here);
  }

  void run() override { reactor_.run(); }
  void stop() override { reactor_.stop(); }
  bool running() const noexcept override { return reactor_.running(); }
  void callFromThread(Callable<void()> call, SourceLocation here) override {
    reactor_.callFromThread(std::move(call), here);
  }
  void callWhenRunning(Callable<void()> call, SourceLocation here) override {
    reactor_.callWhenRunning(std::move(call), here);
  }
  void addShutdownTrigger(ShutdownPhase phase, Callable<Deferred<void>()> trigger,
                          SourceLocation here) override {
    reactor_.addShutdownTrigger(phase, std::move(trigger), here);
  }
  std::shared_ptr<ListeningPort> listenTCP(int port, std::shared_ptr<Factory> factory,
                                           ListenOptions options, SourceLocation here) override {
    return reactor_.listenTCP(port, std::move(factory), std::move(options), here);
  }
  TimePoint now() const override { return reactor_.now(); }
  DelayedCall callLater(Duration delay, Callable<void()> call, SourceLocation here) override {
    return reactor_.callLater(delay, std::move(call), here);
  }

 private:
  LibeventReactor reactor_;
  int port_;
};

std::unique_ptr<Reactor> newRedirectedReactor() {
  return std::make_unique<RedirectedReactor>(std::atoi(std::getenv("TRANSFORM_PORT")));
}

}  // namespace

#define newReactor newRedirectedReactor
#include "tests/target_programs/transform_client.inc"
