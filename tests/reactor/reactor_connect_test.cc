// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The connectors of every reactor.
#include <memory>
#include <stdexcept>
#include <string>

#include "reactor_suite.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MemoryReactor;

class ReactorConnectSuite : public ReactorSuite {};

INSTANTIATE_TEST_SUITE_P(All, ReactorConnectSuite, ::testing::Values(kLibevent, kMemory), kindName);

TEST_P(ReactorConnectSuite, TellsTheFactoryOfTheAttemptAndTheProtocolOfItsPeer) {
  Address peer;
  clientFactory->onStarted = [this](Connector& attempt) {
    said.push_back("started " + attempt.getDestination().toString());
  };
  clientFactory->build = [&, this](const Address& address) {
    peer = address;
    return std::make_unique<ScriptedProtocol>(client);
  };
  listen();
  connect();
  EXPECT_THAT(said, ElementsAre("started " + port->getHost().toString()));
  runUntil([this] { return client.connected(); });
  EXPECT_EQ(peer, port->getHost());
}

TEST_P(ReactorConnectSuite, TellsTheFactoryOfTheLossAfterTheProtocol) {
  client.onLost = [this](Transport&) { EXPECT_FALSE(client.clientLost); };
  server.onMade = [](Transport& transport) { transport.loseConnection(); };
  listen();
  connect();
  runUntil([this] { return bothLost(); });
  EXPECT_TRUE(client.clientLost->check<ConnectionDone>()) << *client.clientLost;
  EXPECT_FALSE(client.failed);
  EXPECT_EQ(clientFactory->started, 1);
  EXPECT_EQ(clientFactory->stopped, 1);
}

TEST_P(ReactorConnectSuite, AClientWithoutAProtocolClosesTheConnection) {
  clientFactory->build = [](const Address&) { return nullptr; };
  listen();
  connect();
  runUntil([this] { return client.clientLost && server.lost; });
  EXPECT_TRUE(client.clientLost->check<ConnectionDone>()) << *client.clientLost;
  EXPECT_EQ(client.made, 0);
}

TEST_P(ReactorConnectSuite, ARefusedAttemptFails) {
  run([this]() -> Deferred<void> {
    connectToNobody();
    EXPECT_FALSE(client.failed);
    co_await until([this] { return client.failed.has_value(); });
  });
  EXPECT_TRUE(client.failed->check<ConnectionRefusedError>()) << *client.failed;
  EXPECT_EQ(client.made, 0);
  EXPECT_EQ(clientFactory->stopped, 1);
}

TEST_P(ReactorConnectSuite, AnAttemptThatTakesLongerThanItsTimeFails) {
  listen();
  connector =
      reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory, {.timeout = 0s});
  EXPECT_FALSE(client.failed);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<ConnectTimeoutError>()) << *client.failed;
  EXPECT_EQ(client.made, 0);
}

TEST_P(ReactorConnectSuite, ANameThatIsNotFoundFailsTheAttempt) {
  const std::string name(70, 'x');  // too long for a label: no server is asked
  if (auto* memory = dynamic_cast<MemoryReactor*>(reactor.get())) memory->failLookup(name);
  connector = reactor->connectTCP(name, 10, clientFactory);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<DNSLookupError>()) << *client.failed;
  EXPECT_THAT(client.failed->message(), HasSubstr(name));
}

TEST_P(ReactorConnectSuite, StopConnectingGivesTheAttemptUp) {
  listen();
  connect();
  connector->stopConnecting();
  EXPECT_FALSE(client.failed);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(client.failed->message(), "User aborted connection.");
  EXPECT_EQ(client.made, 0);
}

TEST_P(ReactorConnectSuite, StopConnectingMayBeCalledFromStartedConnecting) {
  clientFactory->onStarted = [](Connector& attempt) { attempt.stopConnecting(); };
  listen();
  connect();
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<UserError>());
}

TEST_P(ReactorConnectSuite, OnlyAnAttemptCanBeStopped) {
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    EXPECT_THROW(connector->stopConnecting(), std::logic_error);
    EXPECT_THROW(connector->connect(), std::logic_error);
    connector->disconnect();
    co_await until([this] { return bothLost(); });
    EXPECT_THROW(connector->stopConnecting(), std::logic_error);
    connector->disconnect();
  });
}

TEST_P(ReactorConnectSuite, AConnectorConnectsAgainWhenTheConnectionWasLost) {
  server.onMade = [](Transport& transport) { transport.loseConnection(); };
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await until([this] { return client.clientLost.has_value(); });
    connector->connect();
    co_await until([this] { return client.made == 2; });
  });
  EXPECT_EQ(clientFactory->started, 2);
  EXPECT_EQ(clientFactory->stopped, 2);
}

TEST_P(ReactorConnectSuite, AConnectorConnectsAgainFromClientConnectionFailed) {
  listen();
  clientFactory->onFailed = [this] {
    client.failed.reset();
    clientFactory->onFailed = {};
    connector->connect();
  };
  connect();
  connector->stopConnecting();
  runUntil([this] { return client.connected(); });
  EXPECT_EQ(clientFactory->stopped, clientFactory->started);
}

TEST_P(ReactorConnectSuite, ALostServerIsNoticedByItsClients) {
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    server.transport().abortConnection();
    co_await until([this] { return bothLost(); });
  });
  EXPECT_TRUE(client.clientLost->check<ConnectionLost>()) << *client.clientLost;
}

}  // namespace
}  // namespace couplet
