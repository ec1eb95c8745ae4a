// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What is MemoryReactor's own: the steps, the lists, the ends in the hands of the test.
#include <couplet/reactor/testing/memory_reactor.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/reactor/errors.h>

#include "loopback.h"

namespace couplet {
namespace {

using ::testing::HasSubstr;
using testing::MemoryPeer;
using testing::MemoryReactor;
using testing::NothingToWaitFor;

class MemoryReactorTest : public ::testing::Test {
 protected:
  std::shared_ptr<Connector> connect(ConnectOptions options = {}) {
    return reactor.connectTCP("poems.example", 10000, clientFactory, std::move(options));
  }

  End server;
  End client;
  std::shared_ptr<ScriptedFactory> serverFactory = std::make_shared<ScriptedFactory>(server);
  std::shared_ptr<ScriptedFactory> clientFactory = std::make_shared<ScriptedFactory>(client);
  MemoryReactor reactor;
};

// Steps

TEST_F(MemoryReactorTest, TimeStandsStillUntilItIsAdvanced) {
  EXPECT_EQ(reactor.now(), MemoryReactor::TimePoint{});
  reactor.flush();
  EXPECT_EQ(reactor.now(), MemoryReactor::TimePoint{});
  reactor.advance(3s);
  EXPECT_EQ(reactor.now(), MemoryReactor::TimePoint{3s});
}

TEST_F(MemoryReactorTest, TimeDoesNotGoBackwards) {
  EXPECT_THROW(reactor.advance(-1s), std::invalid_argument);
}

TEST_F(MemoryReactorTest, AdvancesInSteps) {
  int calls = 0;
  for (Duration delay : {1s, 2s, 3s}) reactor.callLater(delay, [&] { ++calls; });
  reactor.pump({1s, 1s});
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(reactor.delayedCalls(), 1u);
}

TEST_F(MemoryReactorTest, ATurnMakesTheCallsThatWereDueWhenItBegan) {
  std::string said;
  reactor.callLater(0s, [&] {
    said += "a";
    reactor.callLater(0s, [&] { said += "b"; });
  });
  reactor.turn();
  EXPECT_EQ(said, "a");
  reactor.turn();
  EXPECT_EQ(said, "ab");
}

TEST_F(MemoryReactorTest, DoesNotHangWhenSomethingMakesWorkForEver) {
  MemoryReactor restless({.mostTurns = 1000});
  std::function<void()> again = [&] { restless.callLater(0s, [&] { again(); }); };
  again();
  EXPECT_THROW(restless.flush(), std::logic_error);
}

TEST_F(MemoryReactorTest, TakesNoTurnInsideATurn) {
  bool refused = false;
  reactor.callLater(0s, [&] {
    try {
      reactor.advance(1s);
    } catch (const std::logic_error&) {
      refused = true;
    }
  });
  reactor.callLater(0s, [&] { EXPECT_THROW(reactor.turn(), std::logic_error); });
  reactor.flush();
  EXPECT_TRUE(refused);
}

TEST_F(MemoryReactorTest, StartsForATestThatTakesTheTurns) {
  bool running = false;
  reactor.callWhenRunning([&] { running = reactor.running(); });
  reactor.start();
  EXPECT_TRUE(running);
  reactor.stop();
  reactor.flush();
  EXPECT_FALSE(reactor.running());
  EXPECT_FALSE(reactor.turn());
}

TEST_F(MemoryReactorTest, RunGoesFromCallToCallWithoutWaiting) {
  MemoryReactor::TimePoint called;
  reactor.callLater(24h, [&] {
    called = reactor.now();
    reactor.stop();
  });
  reactor.run();
  EXPECT_EQ(called, MemoryReactor::TimePoint{24h});
}

TEST_F(MemoryReactorTest, RunThrowsWhenNothingIsLeftToWaitFor) {
  reactor.listenTCP(10001, serverFactory);
  try {
    reactor.run();
    ADD_FAILURE() << "run returned";
  } catch (const NothingToWaitFor& error) {
    EXPECT_THAT(error.what(), HasSubstr("nobody called stop()"));
    EXPECT_THAT(error.what(), HasSubstr("port 10001 listens"));
  }
  EXPECT_TRUE(reactor.running());
  reactor.stop();
  reactor.flush();
  EXPECT_FALSE(reactor.running());
}

TEST_F(MemoryReactorTest, MakesNoCallsOnceItHasStopped) {
  reactor.callLater(1s, [&] { reactor.stop(); });
  reactor.callLater(2s, [] { ADD_FAILURE() << "called after the end"; });
  reactor.run();
  reactor.callLater(0s, [] { ADD_FAILURE() << "called after the end"; });
  reactor.advance(5s);
}

// What was asked

TEST_F(MemoryReactorTest, RecordsWhatItIsAskedToListenOn) {
  reactor.listenTCP(10001, serverFactory, {.interface = "127.0.0.1", .backlog = 7});
  const testing::MemoryServer& asked = reactor.tcpServers().at(0);
  EXPECT_EQ(asked.port, 10001);
  EXPECT_EQ(asked.options.interface, "127.0.0.1");
  EXPECT_EQ(asked.options.backlog, 7);
  EXPECT_EQ(asked.factory.lock(), serverFactory);
  EXPECT_TRUE(asked.listening());
}

TEST_F(MemoryReactorTest, RecordsWhatItIsAskedToConnectTo) {
  connect({.timeout = 5s, .bindAddress = "127.0.0.2"});
  const testing::MemoryClient& asked = reactor.tcpClients().at(0);
  EXPECT_EQ(asked.host, "poems.example");
  EXPECT_EQ(asked.port, 10000);
  EXPECT_EQ(asked.options.timeout, 5s);
  EXPECT_EQ(asked.options.bindAddress, "127.0.0.2");
  EXPECT_EQ(asked.factory.lock(), clientFactory);
  EXPECT_TRUE(asked.waiting());
}

TEST_F(MemoryReactorTest, TheListsKeepNoFactoryAlive) {
  auto port = reactor.listenTCP(10001, serverFactory);
  std::ignore = port->stopListening();
  port.reset();
  serverFactory.reset();
  EXPECT_TRUE(reactor.tcpServers().at(0).factory.expired());
  EXPECT_FALSE(reactor.tcpServers().at(0).listening());
  EXPECT_THROW(reactor.tcpServers().at(0).connect(), std::logic_error);
}

// What becomes of an attempt

TEST_F(MemoryReactorTest, AnAttemptWaitsForTheTest) {
  connect();
  reactor.advance(29s);
  EXPECT_FALSE(client.failed);
  EXPECT_EQ(client.made, 0);
}

TEST_F(MemoryReactorTest, AnAttemptTimesOut) {
  connect();
  reactor.advance(30s);
  ASSERT_TRUE(client.failed);
  EXPECT_TRUE(client.failed->check<ConnectTimeoutError>());
  EXPECT_FALSE(reactor.tcpClients().at(0).waiting());
}

TEST_F(MemoryReactorTest, AnAttemptSucceedsWhenTheTestSaysSo) {
  client.onMade = [](Transport& transport) { transport.write("hello"); };
  connect();
  MemoryPeer peer = reactor.tcpClients().at(0).succeed();
  EXPECT_EQ(client.made, 0);
  reactor.flush();
  EXPECT_EQ(client.made, 1);
  EXPECT_EQ(peer.value(), "hello");
  EXPECT_EQ(client.transport().getPeer(), (Address{"192.0.2.1", 10000}));
}

TEST_F(MemoryReactorTest, ThePeerMaySpeakBeforeTheClientKnows) {
  connect();
  MemoryPeer peer = reactor.tcpClients().at(0).succeed();
  peer.write("welcome");
  peer.loseConnection();
  reactor.flush();
  EXPECT_EQ(client.received, "welcome");
  EXPECT_TRUE(client.lost->check<ConnectionDone>());
}

TEST_F(MemoryReactorTest, AnAttemptFailsAsTheTestSays) {
  connect();
  reactor.tcpClients().at(0).fail(NoRouteError());
  EXPECT_FALSE(client.failed);
  reactor.flush();
  EXPECT_TRUE(client.failed->check<NoRouteError>());
}

TEST_F(MemoryReactorTest, AnAttemptHasOneOutcome) {
  connect();
  reactor.tcpClients().at(0).fail(ConnectionRefusedError());
  EXPECT_THROW(reactor.tcpClients().at(0).succeed(), std::logic_error);
}

TEST_F(MemoryReactorTest, AnAttemptThatIsGivenUpIsLostForThePeer) {
  auto connector = connect();
  MemoryPeer peer = reactor.tcpClients().at(0).succeed();
  connector->stopConnecting();
  reactor.flush();
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(client.made, 0);
  EXPECT_TRUE(peer.lossReason());
}

TEST_F(MemoryReactorTest, ANewAttemptWaitsAgain) {
  auto connector = connect();
  reactor.tcpClients().at(0).fail(ConnectionRefusedError());
  reactor.flush();
  connector->connect();
  EXPECT_TRUE(reactor.tcpClients().at(0).waiting());
  reactor.tcpClients().at(0).succeed();
  reactor.flush();
  EXPECT_EQ(client.made, 1);
}

TEST_F(MemoryReactorTest, AnAttemptToReachAPortIsRefusedWhenThePortIsClosedFirst) {
  auto port = reactor.listenTCP(10001, serverFactory);
  reactor.connectTCP("127.0.0.1", 10001, clientFactory);
  EXPECT_THROW(reactor.tcpClients().at(0).succeed(), std::logic_error);
  std::ignore = port->stopListening();
  reactor.flush();
  EXPECT_TRUE(client.failed->check<ConnectionRefusedError>());
}

TEST_F(MemoryReactorTest, TriesBothAddressesOfLocalhost) {
  reactor.listenTCP(10001, serverFactory, {.interface = "::1"});
  reactor.connectTCP("localhost", 10001, clientFactory);
  reactor.flush();
  EXPECT_EQ(client.transport().getPeer(), (Address{"::1", 10001}));
  EXPECT_EQ(server.transport().getPeer().host, "::1");
}

TEST_F(MemoryReactorTest, OtherMachinesPortsAreNotThisOnes) {
  reactor.listenTCP(10000, serverFactory, {.interface = "127.0.0.1"});
  connect();
  EXPECT_TRUE(reactor.tcpClients().at(0).waiting());
}

TEST_F(MemoryReactorTest, AServerMayStopTheAttemptThatReachesIt) {
  auto connector = std::make_shared<std::shared_ptr<Connector>>();
  server.onMade = [connector](Transport&) { (*connector)->stopConnecting(); };
  reactor.listenTCP(10001, serverFactory);
  *connector = reactor.connectTCP("127.0.0.1", 10001, clientFactory);
  reactor.flush();
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(client.made, 0);
  EXPECT_TRUE(server.lost);
}

// The network

TEST_F(MemoryReactorTest, AConnectionComesInWhenTheTestSaysSo) {
  server.onData = [](Transport& transport, std::string_view bytes) { transport.write(bytes); };
  reactor.listenTCP(10001, serverFactory);
  MemoryPeer peer = reactor.tcpServers().at(0).connect();
  peer.write("hello");
  reactor.flush();
  EXPECT_EQ(peer.value(), "hello");
  EXPECT_TRUE(peer.connected());
}

TEST_F(MemoryReactorTest, AConnectionComesInVainWhenThePortIsClosedFirst) {
  auto port = reactor.listenTCP(10001, serverFactory);
  MemoryPeer peer = reactor.tcpServers().at(0).connect();
  std::ignore = port->stopListening();
  reactor.flush();
  EXPECT_EQ(server.made, 0);
  EXPECT_FALSE(peer.connected());
}

TEST_F(MemoryReactorTest, CutsWhatArrives) {
  std::string pieces;
  server.onData = [&](Transport&, std::string_view bytes) { pieces += std::string(bytes) + "|"; };
  reactor.listenTCP(10001, serverFactory);
  reactor.setCut(3);
  MemoryPeer peer = reactor.tcpServers().at(0).connect();
  peer.write("abcdefgh");
  reactor.flush();
  EXPECT_EQ(pieces, "abc|def|gh|");
}

TEST_F(MemoryReactorTest, HoldsTheNetworkWhileTimeGoesOn) {
  reactor.listenTCP(10001, serverFactory);
  MemoryPeer peer = reactor.tcpServers().at(0).connect();
  reactor.flush();
  reactor.hold();
  peer.write("slow");
  reactor.advance(10s);
  EXPECT_EQ(server.received, "");
  reactor.release();
  reactor.flush();
  EXPECT_EQ(server.received, "slow");
}

TEST_F(MemoryReactorTest, APeerThatDoesNotReadLeavesTheBytesWithTheWriter) {
  connect();
  MemoryPeer peer = reactor.tcpClients().at(0).succeed();
  peer.pauseProducing();
  reactor.flush();
  client.transport().write(std::string(100'000, 'x'));
  reactor.flush();
  EXPECT_EQ(client.transport().unsent(), 100'000u - 64 * 1024);
  peer.resumeProducing();
  reactor.flush();
  EXPECT_EQ(client.transport().unsent(), 0u);
  EXPECT_EQ(peer.value().size(), 100'000u);
}

TEST_F(MemoryReactorTest, APeerSeesTheEndOfInputAndThenTheLoss) {
  connect();
  MemoryPeer peer = reactor.tcpClients().at(0).succeed();
  reactor.flush();
  client.transport().write("bye");
  client.transport().loseConnection();
  reactor.flush();
  EXPECT_EQ(peer.value(), "bye");
  EXPECT_TRUE(peer.inputEnded());
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
  EXPECT_FALSE(peer.connected());
  peer.write("too late");
}

TEST_F(MemoryReactorTest, APeerMayAbort) {
  connect();
  MemoryPeer peer = reactor.tcpClients().at(0).succeed();
  reactor.flush();
  peer.abortConnection();
  reactor.flush();
  EXPECT_TRUE(client.clientLost->check<ConnectionLost>());
  EXPECT_TRUE(peer.lossReason()->check<ConnectionAborted>());
}

TEST_F(MemoryReactorTest, WritingToAPeerThatHasClosedBringsAReset) {
  client.onReadLost = [](Transport& transport) {
    transport.write("one");
    transport.write("more");
  };
  connect();
  MemoryPeer peer = reactor.tcpClients().at(0).succeed();
  peer.loseConnection();
  reactor.flush();
  EXPECT_TRUE(client.lost->check<ConnectionLost>()) << *client.lost;
}

TEST_F(MemoryReactorTest, SendsWhatWasWrittenBeforeItStops) {
  connect();
  MemoryPeer peer = reactor.tcpClients().at(0).succeed();
  reactor.callLater(1s, [&] {
    client.transport().write("last words");
    reactor.stop();
  });
  reactor.run();
  EXPECT_EQ(peer.value(), "last words");
  EXPECT_TRUE(peer.lossReason()->check<ConnectionDone>());
}

TEST_F(MemoryReactorTest, APeerOutlivesItHarmlessly) {
  auto own = std::make_unique<MemoryReactor>();
  own->connectTCP("poems.example", 10000, clientFactory);
  MemoryPeer peer = own->tcpClients().at(0).succeed();
  own->flush();
  own.reset();
  EXPECT_EQ(client.losses, 1);
  EXPECT_FALSE(peer.connected());
  peer.write("nobody");
  peer.loseConnection();
}

}  // namespace
}  // namespace couplet
