// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: a reactor with one server and one client that talk over a real socket on 127.0.0.1.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/libevent_reactor.h>
#include <couplet/reactor/protocol.h>

#include "logged_errors.h"

namespace couplet {

using namespace std::chrono_literals;

/// One end of the connection: what it does, and what happened to it. Outlives its protocol.
struct End {
  // What it does; each may throw.
  std::function<void(Transport&)> onMade;
  std::function<void(Transport&, std::string_view)> onData;
  std::function<void(Transport&)> onReadLost;  // instead of the default
  std::function<void(Transport&)> onWriteLost;
  std::function<void(Transport&)> onResumed;
  std::function<void(Transport&)> onLost;

  // What happened.
  int made = 0;
  std::string received;
  int readsLost = 0;
  int writesLost = 0;
  int resumed = 0;
  int losses = 0;
  std::optional<Failure> lost;
  bool destroyed = false;
  Protocol* protocol = nullptr;       // while it lives
  std::optional<Failure> failed;      // clientConnectionFailed
  std::optional<Failure> clientLost;  // clientConnectionLost

  Transport& transport() const { return protocol->transport(); }
  bool connected() const { return protocol && protocol->connected(); }
};

/// Does what its End says.
class ScriptedProtocol : public Protocol {
 public:
  explicit ScriptedProtocol(End& end) : end_(end) { end_.protocol = this; }
  ~ScriptedProtocol() override {
    end_.destroyed = true;
    if (end_.protocol == this) end_.protocol = nullptr;
  }

  void connectionMade() override {
    ++end_.made;
    if (end_.onMade) end_.onMade(transport());
  }
  void dataReceived(std::string_view bytes) override {
    end_.received += bytes;
    if (end_.onData) end_.onData(transport(), bytes);
  }
  void readConnectionLost() override {
    ++end_.readsLost;
    if (end_.onReadLost) return end_.onReadLost(transport());
    Protocol::readConnectionLost();
  }
  void writeConnectionLost() override {
    ++end_.writesLost;
    if (end_.onWriteLost) end_.onWriteLost(transport());
  }
  void producingResumed() override {
    ++end_.resumed;
    if (end_.onResumed) end_.onResumed(transport());
  }
  void connectionLost(const Failure& reason) override {
    ++end_.losses;
    end_.lost = reason;
    if (end_.onLost) end_.onLost(transport());
  }

 private:
  End& end_;
};

/// Makes a ScriptedProtocol for each connection, all of one End.
class ScriptedFactory : public ClientFactory {
 public:
  explicit ScriptedFactory(End& end) : end_(end) {}

  std::unique_ptr<Protocol> buildProtocol(const Address& peer) override {
    if (build) return build(peer);
    return std::make_unique<ScriptedProtocol>(end_);
  }
  void startFactory() override { ++started; }
  void stopFactory() override { ++stopped; }
  void startedConnecting(Connector& connector) override {
    if (onStarted) onStarted(connector);
  }
  void clientConnectionFailed(const Failure& reason) override {
    end_.failed = reason;
    if (onFailed) onFailed();
  }
  void clientConnectionLost(const Failure& reason) override { end_.clientLost = reason; }

  std::function<std::unique_ptr<Protocol>(const Address&)> build;
  std::function<void(Connector&)> onStarted;
  std::function<void()> onFailed;
  int started = 0;
  int stopped = 0;

 private:
  End& end_;
};

class LoopbackTest : public ::testing::Test {
 protected:
  void TearDown() override {
    reactor.reset();
    EXPECT_THAT(errors.take(), ::testing::IsEmpty()) << "errors that the test did not expect";
  }

  /// Opens the server's port.
  void listen(ListenOptions options = {.interface = "127.0.0.1"}) {
    port = reactor->listenTCP(0, serverFactory, std::move(options));
  }
  /// Opens the server's port and connects the client to it.
  void connect() {
    listen();
    connector = reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  }

  /// Calls `action` from the loop, once `condition` holds.
  void when(std::function<bool()> condition, std::function<void()> action) {
    reactor->callLater(1ms, [=, this] { condition() ? action() : when(condition, action); });
  }
  /// Calls `action` from the loop, once the server has its connection.
  void whenMade(std::function<void()> action) {
    when([this] { return server.made > 0; }, std::move(action));
  }

  /// Runs the reactor until `condition` holds, then calls `then`, and stops it.
  void runUntil(std::function<bool()> condition, std::function<void()> then = {}) {
    bool held = false;
    bool gaveUp = false;
    DelayedCall guard = reactor->callLater(20s, [&] {
      gaveUp = true;
      reactor->stop();
    });
    std::function<void()> check = [&] {
      if (gaveUp) return;
      if (!condition()) return void(reactor->callLater(1ms, [&] { check(); }));
      held = true;
      if (then) then();
      reactor->stop();
    };
    reactor->callLater(0s, [&] { check(); });
    reactor->run();
    EXPECT_TRUE(held) << "what the test waits for did not come";
  }
  /// Runs the reactor until both ends have heard connectionLost.
  void runUntilLost() {
    runUntil([this] { return server.lost && client.lost; });
  }

  LoggedErrors errors;
  End server;
  End client;
  std::shared_ptr<ScriptedFactory> serverFactory = std::make_shared<ScriptedFactory>(server);
  std::shared_ptr<ScriptedFactory> clientFactory = std::make_shared<ScriptedFactory>(client);
  std::unique_ptr<LibeventReactor> reactor =
      std::make_unique<LibeventReactor>(ReactorOptions{.handleSignals = false});
  std::shared_ptr<ListeningPort> port;
  std::shared_ptr<Connector> connector;
};

}  // namespace couplet
