// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a TCP connection does from its making to its loss.
#include <stdexcept>
#include <string>

#include "loopback.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TCPTransportTest : public LoopbackTest {};

const auto kEcho = [](Transport& transport, std::string_view bytes) { transport.write(bytes); };

TEST_F(TCPTransportTest, CarriesBytesBothWays) {
  server.onData = kEcho;
  client.onMade = [](Transport& transport) { transport.write("hello"); };
  connect();
  runUntil([this] { return client.received == "hello"; });
}

TEST_F(TCPTransportTest, SendsTheSequenceAsOne) {
  client.onMade = [](Transport& transport) { transport.writeSequence({"a", "", "bc", "d"}); };
  connect();
  runUntil([this] { return server.received == "abcd"; });
}

TEST_F(TCPTransportTest, WhatIsWrittenAfterLoseConnectionIsStillSent) {
  server.onMade = [](Transport& transport) {
    transport.write("a");
    transport.loseConnection();
    transport.write("b");
  };
  connect();
  runUntilLost();
  EXPECT_EQ(client.received, "ab");
}

TEST_F(TCPTransportTest, LoseConnectionFlushesThreeMegabytesAndIsCleanForBoth) {
  const std::string poem(3'000'000, 'p');
  server.onMade = [&](Transport& transport) {
    transport.write(poem);
    transport.loseConnection();
  };
  connect();
  runUntilLost();
  EXPECT_TRUE(client.received == poem);
  EXPECT_TRUE(server.lost->check<ConnectionDone>());
  EXPECT_TRUE(client.lost->check<ConnectionDone>());
}

TEST_F(TCPTransportTest, LoseConnectionDeliversNoMoreData) {
  client.onMade = [](Transport& transport) { transport.write("first"); };
  server.onData = [this](Transport& transport, std::string_view) {
    transport.loseConnection();
    client.transport().write("second");
  };
  connect();
  runUntilLost();
  EXPECT_EQ(server.received, "first");
}

TEST_F(TCPTransportTest, LoseConnectionIsCleanForThePeerAlsoWithUnreadInput) {
  const std::string much(100'000, 'x');
  client.onMade = [&](Transport& transport) { transport.write(much); };
  server.onMade = [](Transport& transport) { transport.pauseProducing(); };
  connect();
  whenMade([this] {
    server.transport().write("bye");
    server.transport().loseConnection();
  });
  runUntilLost();
  EXPECT_EQ(client.received, "bye");
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
}

TEST_F(TCPTransportTest, AbortConnectionDropsWhatIsUnsentAndResetsThePeer) {
  client.onMade = [](Transport& transport) { transport.write("go"); };
  server.onData = [](Transport& transport, std::string_view) {
    transport.write("never");
    transport.abortConnection();
  };
  connect();
  runUntilLost();
  EXPECT_EQ(client.received, "");
  EXPECT_TRUE(server.lost->check<ConnectionAborted>());
  EXPECT_TRUE(client.lost->check<ConnectionLost>());
  EXPECT_FALSE(client.lost->check<ConnectionAborted>());
}

TEST_F(TCPTransportTest, AbortConnectionTwiceIsAsOnce) {
  client.onMade = [](Transport& transport) { transport.write("go"); };
  server.onData = [](Transport& transport, std::string_view) {
    transport.abortConnection();
    transport.abortConnection();
  };
  connect();
  runUntilLost();
  EXPECT_EQ(server.losses, 1);
}

TEST_F(TCPTransportTest, AbortConnectionWinsOverALoseConnectionThatIsNotFinished) {
  const std::string much(8'000'000, 'x');
  client.onMade = [](Transport& transport) { transport.pauseProducing(); };
  server.onMade = [&](Transport& transport) {
    transport.write(much);
    transport.loseConnection();
  };
  connect();
  whenMade([this] { server.transport().abortConnection(); });
  runUntilLost();
  EXPECT_TRUE(server.lost->check<ConnectionAborted>());
}

TEST_F(TCPTransportTest, FailConnectionSendsWhatItCanAndGivesItsReason) {
  server.onMade = [](Transport& transport) {
    transport.write("sorry");
    transport.failConnection(Failure(std::runtime_error("bad bytes")));
    transport.write("ignored");
  };
  connect();
  runUntilLost();
  EXPECT_EQ(client.received, "sorry");
  EXPECT_TRUE(client.lost->check<ConnectionDone>());
  EXPECT_EQ(server.lost->message(), "bad bytes");
}

TEST_F(TCPTransportTest, AnExceptionInDataReceivedIsLoggedAndClosesWithItCleanly) {
  client.onMade = [](Transport& transport) { transport.write("x"); };
  server.onData = [](Transport&, std::string_view) { throw std::runtime_error("no idea"); };
  connect();
  runUntilLost();
  EXPECT_EQ(server.lost->message(), "no idea");
  EXPECT_TRUE(client.lost->check<ConnectionDone>());
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("Exception in dataReceived")));
}

TEST_F(TCPTransportTest, AnExceptionInConnectionMadeIsLoggedAndClosesTheConnection) {
  server.onMade = [](Transport&) { throw std::runtime_error("not today"); };
  connect();
  runUntilLost();
  EXPECT_EQ(server.lost->message(), "not today");
  EXPECT_EQ(server.losses, 1);
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("not today")));
}

TEST_F(TCPTransportTest, AnExceptionInConnectionLostIsLoggedAndHarmsNobody) {
  server.onLost = [](Transport&) { throw std::runtime_error("ouch"); };
  client.onMade = [](Transport& transport) { transport.loseConnection(); };
  connect();
  runUntilLost();
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("Exception in connectionLost")));
}

TEST_F(TCPTransportTest, AnExceptionOfUnknownTypeClosesTheConnectionToo) {
  server.onMade = [](Transport&) { throw 42; };
  connect();
  runUntilLost();
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("int")));
}

TEST_F(TCPTransportTest, ConnectionLostNeverComesFromInsideACall) {
  int lossesInside = -1;
  client.onMade = [](Transport& transport) { transport.write("go"); };
  server.onData = [&](Transport& transport, std::string_view) {
    transport.loseConnection();
    transport.abortConnection();
    transport.write("x");
    lossesInside = server.losses;
  };
  connect();
  runUntilLost();
  EXPECT_EQ(lossesInside, 0);
  EXPECT_EQ(server.losses, 1);
}

TEST_F(TCPTransportTest, TheProtocolLivesUntilItsMethodsHaveReturned) {
  bool aliveAfterAbort = false;
  server.onMade = [&](Transport& transport) {
    transport.abortConnection();
    aliveAfterAbort = !server.destroyed;
  };
  bool aliveInLost = false;
  server.onLost = [&](Transport&) { aliveInLost = !server.destroyed; };
  connect();
  runUntil([this] { return server.destroyed; });
  EXPECT_TRUE(aliveAfterAbort);
  EXPECT_TRUE(aliveInLost);
}

TEST_F(TCPTransportTest, CallsOnALostConnectionDoNothing) {
  server.onLost = [](Transport& transport) {
    transport.write("x");
    transport.writeSequence({"y", "z"});
    transport.loseConnection();
    transport.loseWriteConnection();
    transport.abortConnection();
    transport.failConnection(Failure(std::runtime_error("again")));
    transport.pauseProducing();
    transport.resumeProducing();
    transport.unregisterProducer();
    transport.setTcpNoDelay(false);
    transport.setTcpKeepAlive(true);
    EXPECT_FALSE(transport.connected());
    EXPECT_TRUE(transport.disconnecting());
    EXPECT_EQ(transport.unsent(), 0u);
  };
  client.onMade = [](Transport& transport) { transport.loseConnection(); };
  connect();
  runUntil([this] { return server.destroyed && client.destroyed; });
  EXPECT_EQ(server.losses, 1);
}

TEST_F(TCPTransportTest, KnowsBothAddressesAlsoAfterTheLoss) {
  Address host;
  Address peer;
  server.onMade = [&](Transport& transport) {
    host = transport.getHost();
    peer = transport.getPeer();
    transport.loseConnection();
  };
  server.onLost = [&](Transport& transport) {
    EXPECT_EQ(transport.getHost(), host);
    EXPECT_EQ(transport.getPeer(), peer);
  };
  client.onMade = [&](Transport& transport) {
    EXPECT_EQ(transport.getPeer(), port->getHost());
    EXPECT_EQ(transport.getHost().host, "127.0.0.1");
  };
  connect();
  runUntilLost();
  EXPECT_EQ(host, port->getHost());
  EXPECT_EQ(peer.host, "127.0.0.1");
}

TEST_F(TCPTransportTest, SetsTheOptionsOfTheSocket) {
  server.onMade = [](Transport& transport) {
    EXPECT_TRUE(transport.getTcpNoDelay());
    EXPECT_FALSE(transport.getTcpKeepAlive());
    transport.setTcpNoDelay(false);
    transport.setTcpKeepAlive(true);
    EXPECT_FALSE(transport.getTcpNoDelay());
    EXPECT_TRUE(transport.getTcpKeepAlive());
    transport.loseConnection();
  };
  connect();
  runUntilLost();
}

TEST_F(TCPTransportTest, SaysWhetherItIsConnected) {
  server.onMade = [this](Transport& transport) {
    EXPECT_TRUE(transport.connected());
    EXPECT_FALSE(transport.disconnecting());
    EXPECT_TRUE(server.protocol->connected());
    transport.loseConnection();
    EXPECT_TRUE(transport.connected());
    EXPECT_TRUE(transport.disconnecting());
    EXPECT_FALSE(server.protocol->connected());
  };
  connect();
  runUntilLost();
}

TEST_F(TCPTransportTest, ItsClockIsTheReactor) {
  server.onMade = [this](Transport& transport) {
    EXPECT_EQ(&transport.clock(), reactor.get());
    transport.loseConnection();
  };
  connect();
  runUntilLost();
}

TEST_F(TCPTransportTest, SetProtocolHandsTheConnectionOverInMidCall) {
  End upgraded;
  upgraded.onMade = [](Transport& transport) { transport.write("welcome"); };
  bool oldAlive = false;
  server.onData = [&](Transport& transport, std::string_view) {
    transport.setProtocol(std::make_unique<ScriptedProtocol>(upgraded));
    oldAlive = !server.destroyed;
  };
  client.onMade = [](Transport& transport) { transport.write("upgrade"); };
  client.onData = [](Transport& transport, std::string_view) {
    transport.write("new");
    transport.loseConnection();
  };
  connect();
  runUntil([&] { return upgraded.lost.has_value(); });
  EXPECT_TRUE(oldAlive);
  EXPECT_EQ(server.received, "upgrade");
  EXPECT_EQ(upgraded.received, "new");
  EXPECT_EQ(server.losses, 0);
  EXPECT_TRUE(server.destroyed);
}

TEST_F(TCPTransportTest, WorkOfTheConnectionEndsAfterConnectionLostAndBeforeTheProtocol) {
  std::string order;
  server.onMade = [&](Transport& transport) {
    Promise<void> promise(
        [&] { order += server.lost && !server.destroyed ? "cancelled" : "wrong"; });
    server.protocol->whileConnected(promise.deferred());
    server.onLost = [promise = std::make_shared<Promise<void>>(std::move(promise))](Transport&) {};
    transport.loseConnection();
  };
  connect();
  runUntil([&] { return server.destroyed; });
  EXPECT_EQ(order, "cancelled");
}

TEST_F(TCPTransportTest, ATimerOfTheProtocolEndsWithTheConnection) {
  bool ran = false;
  server.onMade = [&](Transport& transport) {
    server.protocol->callLater(5ms, [&] { ran = true; });
    transport.loseConnection();
  };
  connect();
  bool later = false;
  reactor->callLater(30ms, [&] { later = true; });
  runUntil([&] { return later; });
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace couplet
