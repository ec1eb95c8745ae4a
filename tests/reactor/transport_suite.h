// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For the suite that runs over every transport: one connection of some kind, both ends scripted.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <couplet/reactor/producer.h>
#include <couplet/reactor/testing/pump.h>

#include "any_reactor.h"
#include "logged_errors.h"
#include "loopback.h"

namespace couplet {

/// A way to connect two ends: by a reactor, or by a Pump.
struct WireKind {
  std::string name;
  std::function<std::unique_ptr<Reactor>()> reactor;  // empty for a Pump
};

inline void PrintTo(const WireKind& kind, std::ostream* out) { *out << kind.name; }

class TransportSuite : public ::testing::TestWithParam<WireKind> {
 protected:
  void TearDown() override {
    pump.reset();
    reactor.reset();
    EXPECT_THAT(errors.take(), ::testing::IsEmpty()) << "errors that the test did not expect";
  }

  /// Connects the ends, and runs the reactor for the time of `body`, a coroutine.
  template <class Body>
  void run(Body body) {
    connect();
    runBody(driver(), std::move(body));
  }
  void runUntil(std::function<bool()> condition) {
    run([&]() -> Deferred<void> { co_await until(condition); });
  }
  void runUntilLost() {
    runUntil([this] { return bothLost(); });
  }

  /// Does `act` once both ends have heard connectionMade, and waits until both are lost.
  void runUntilLostBy(std::function<void()> act) {
    run([&, this]() -> Deferred<void> {
      co_await untilConnected();
      act();
      co_await until([this] { return bothLost(); });
    });
  }

  Deferred<void> until(std::function<bool()> condition) {
    return couplet::until(driver(), std::move(condition));
  }
  Deferred<void> untilConnected() {
    return until([this] { return server.connected() && client.connected(); });
  }
  /// Until what is under way has arrived, and nothing more came of it for some turns.
  Deferred<void> untilQuiet() {
    int turns = 0;
    return until([turns]() mutable { return ++turns > 30; });
  }
  /// More bytes than go into the network at once.
  static std::size_t moreThanIsTaken() {
    return GetParam().name == "MemoryByteByByte" ? 200'000 : 8'000'000;
  }
  bool bothLost() const { return server.lost && client.lost; }
  Reactor& driver() { return pump ? pump->reactor() : *reactor; }

  LoggedErrors errors;
  End server;
  End client;

 private:
  void connect() {
    auto serves = std::make_shared<ScriptedFactory>(server);
    auto asks = std::make_shared<ScriptedFactory>(client);
    if (!GetParam().reactor) {
      pump = std::make_unique<testing::Pump>(std::shared_ptr<Factory>(serves), asks);
      return;
    }
    reactor = GetParam().reactor();
    auto port = reactor->listenTCP(0, serves, {.interface = "127.0.0.1"});
    reactor->connectTCP("127.0.0.1", port->getHost().port, asks);
  }

  std::unique_ptr<Reactor> reactor;
  std::unique_ptr<testing::Pump> pump;
};

}  // namespace couplet
