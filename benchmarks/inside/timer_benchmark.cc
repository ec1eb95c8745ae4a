// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What callLater and cancel cost on a LibeventReactor that runs, and resetTimeout on a connection.
#include <chrono>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include <couplet/protocols/timeout_mixin.h>
#include <couplet/reactor/libevent_reactor.h>

#include "benchmarks/inside/timers.h"

namespace {

using namespace std::chrono_literals;
using couplet::DelayedCall;
using couplet::LibeventReactor;

class Timers {
 public:
  template <class F>
  static void inLoop(std::size_t room, F f) {
    LibeventReactor reactor({.handleSignals = false});
    Timers timers(reactor, room);
    reactor.callWhenRunning([&] {
      f(timers);
      reactor.stop();
    });
    reactor.run();
  }

  void add(std::size_t place, std::chrono::microseconds delay) {
    calls_[place] = reactor_.callLater(delay, [this] { ++called_; });
  }
  void cancel(std::size_t place) { calls_[place].cancel(); }

 private:
  Timers(LibeventReactor& reactor, std::size_t room) : reactor_(reactor), calls_(room) {}

  LibeventReactor& reactor_;
  std::vector<DelayedCall> calls_;
  long called_ = 0;
};

/// Measures when it is connected.
class Measured : public couplet::TimeoutMixin<couplet::Protocol> {
 public:
  Measured(couplet::Reactor* reactor, benchmark::State* state) : reactor_(reactor), state_(state) {}

  void connectionMade() override {
    setTimeout(30s);
    const long before = benchmarks::allocations();
    for (auto _ : *state_) {
      resetTimeout();
      benchmark::ClobberMemory();
    }
    benchmarks::countHeap(*state_, before);
    reactor_->stop();
  }

 private:
  couplet::Reactor* reactor_;
  benchmark::State* state_;
};

class ClientFactory : public couplet::ClientFactory {
  std::unique_ptr<couplet::Protocol> buildProtocol(const couplet::Address&) override {
    return std::make_unique<couplet::Protocol>();
  }
};

void resetTimeouts(benchmark::State& state) {
  LibeventReactor reactor({.handleSignals = false});
  const auto port = reactor.listenTCP(0, couplet::Factory::forProtocol<Measured>(&reactor, &state),
                                      {.interface = "127.0.0.1"});
  reactor.connectTCP("127.0.0.1", port->getHost().port, std::make_shared<ClientFactory>());
  reactor.run();
}

const bool registered = [] {
  benchmarks::registerTimers<Timers>("couplet");
  benchmark::RegisterBenchmark("resetTimeout/couplet", resetTimeouts);
  return true;
}();

}  // namespace
