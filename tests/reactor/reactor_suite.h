// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For the tests of what every reactor does, which run over all of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "any_reactor.h"
#include "logged_errors.h"
#include "loopback.h"

namespace couplet {

/// A reactor, a server and a client, and what was said.
class ReactorSuite : public ::testing::TestWithParam<ReactorKind> {
 protected:
  void TearDown() override {
    reactor.reset();
    EXPECT_THAT(errors.take(), ::testing::IsEmpty()) << "errors that the test did not expect";
  }

  template <class Body>
  void run(Body body) {
    runBody(*reactor, std::move(body));
  }
  void runUntil(std::function<bool()> condition) {
    run([&]() -> Deferred<void> { co_await until(condition); });
  }
  Deferred<void> until(std::function<bool()> condition) {
    return couplet::until(*reactor, std::move(condition));
  }
  Deferred<void> untilConnected() {
    return until([this] { return server.connected() && client.connected(); });
  }
  bool bothLost() const { return server.lost && client.clientLost; }

  std::function<void()> say(std::string what) {
    return [this, what] { said.push_back(what); };
  }
  Callable<Deferred<void>()> sayAndGoOn(std::string what) {
    return [this, what] {
      said.push_back(what);
      return succeed();
    };
  }

  void listen(ListenOptions options = {.interface = "127.0.0.1"}) {
    port = reactor->listenTCP(0, serverFactory, std::move(options));
  }
  void connect() {
    connector = reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  }
  /// An attempt that nobody answers.
  void connectToNobody() {
    auto closed = reactor->listenTCP(0, serverFactory, {.interface = "127.0.0.1"});
    int number = closed->getHost().port;
    std::ignore = closed->stopListening();
    connector = reactor->connectTCP("127.0.0.1", number, clientFactory);
    if (auto* memory = dynamic_cast<testing::MemoryReactor*>(reactor.get())) {
      const testing::MemoryClient& attempt = memory->tcpClients().back();
      if (attempt.waiting()) attempt.fail(ConnectionRefusedError());
    }
  }

  LoggedErrors errors;
  std::vector<std::string> said;
  End server;
  End client;
  std::shared_ptr<ScriptedFactory> serverFactory = std::make_shared<ScriptedFactory>(server);
  std::shared_ptr<ScriptedFactory> clientFactory = std::make_shared<ScriptedFactory>(client);
  std::unique_ptr<Reactor> reactor = GetParam().make();
  std::shared_ptr<ListeningPort> port;
  std::shared_ptr<Connector> connector;
};

}  // namespace couplet
