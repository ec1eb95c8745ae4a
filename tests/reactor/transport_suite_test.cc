// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What every connection does, over a real network and in memory: the facts of Twisted's TCP
// transport.
#include "transport_suite.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

INSTANTIATE_TEST_SUITE_P(All, TransportSuite,
                         ::testing::Values(WireKind{"Libevent", kLibevent.make},
                                           WireKind{"Memory", kMemory.make},
                                           WireKind{"MemoryByteByByte", kMemoryByteByByte.make},
                                           WireKind{"Pump", {}}),
                         kindName);

void echo(Transport& transport, std::string_view bytes) { transport.write(bytes); }
void lose(Transport& transport) { transport.loseConnection(); }

TEST_P(TransportSuite, CarriesBytesBothWays) {
  server.onData = echo;
  client.onMade = [](Transport& transport) { transport.write("hello"); };
  runUntil([this] { return client.received == "hello"; });
}

TEST_P(TransportSuite, SendsASequenceAsOne) {
  client.onMade = [](Transport& transport) { transport.writeSequence({"a", "", "bc", "d"}); };
  runUntil([this] { return server.received == "abcd"; });
}

TEST_P(TransportSuite, CarriesMuchInOrder) {
  std::string much;
  for (int i = 0; much.size() < 200'000; ++i) much += std::to_string(i);
  client.onMade = [&](Transport& transport) { transport.write(much); };
  server.onData = echo;
  runUntil([&] { return client.received.size() >= much.size(); });
  EXPECT_TRUE(client.received == much);
}

TEST_P(TransportSuite, KnowsBothAddresses) {
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    EXPECT_EQ(server.transport().getHost(), client.transport().getPeer());
    EXPECT_EQ(server.transport().getPeer(), client.transport().getHost());
    EXPECT_EQ(server.transport().getHost().host, "127.0.0.1");
    EXPECT_NE(server.transport().getHost().port, 0);
  });
}

TEST_P(TransportSuite, SendsSmallWritesAtOnceUnlessToldOtherwise) {
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    Transport& transport = client.transport();
    EXPECT_TRUE(transport.getTcpNoDelay());
    EXPECT_FALSE(transport.getTcpKeepAlive());
    transport.setTcpNoDelay(false);
    transport.setTcpKeepAlive(true);
    EXPECT_FALSE(transport.getTcpNoDelay());
    EXPECT_TRUE(transport.getTcpKeepAlive());
  });
}

TEST_P(TransportSuite, WhatIsWrittenAfterLoseConnectionIsStillSent) {
  server.onMade = [](Transport& transport) {
    transport.write("a");
    transport.loseConnection();
    transport.write("b");
  };
  runUntilLost();
  EXPECT_EQ(client.received, "ab");
}

TEST_P(TransportSuite, LoseConnectionSendsAllAndIsCleanForBoth) {
  const std::size_t size = moreThanIsTaken();
  server.onMade = [size](Transport& transport) {
    transport.write(std::string(size, 'p'));
    transport.loseConnection();
  };
  runUntilLost();
  EXPECT_EQ(client.received.size(), size);
  EXPECT_TRUE(server.lost->check<ConnectionDone>()) << *server.lost;
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
}

TEST_P(TransportSuite, DeliversNothingAfterLoseConnection) {
  client.onMade = [](Transport& transport) { transport.write("first"); };
  server.onData = [this](Transport& transport, std::string_view) {
    transport.loseConnection();
    client.transport().write("second");
  };
  runUntilLost();
  EXPECT_EQ(server.received, std::string_view("first").substr(0, server.received.size()));
  EXPECT_GE(server.received.size(), 1u);
}

TEST_P(TransportSuite, NeverTellsOfTheLossFromInsideACall) {
  runUntilLostBy([this] {
    server.transport().abortConnection();
    EXPECT_EQ(server.losses, 0);
    EXPECT_FALSE(server.transport().connected());
    EXPECT_TRUE(server.transport().disconnecting());
  });
  EXPECT_EQ(server.losses, 1);
}

TEST_P(TransportSuite, IsConnectedUntilTheLossAndDisconnectingFromLoseConnectionOn) {
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    Transport& transport = server.transport();
    EXPECT_TRUE(transport.connected());
    EXPECT_FALSE(transport.disconnecting());
    transport.loseConnection();
    EXPECT_TRUE(transport.connected());
    EXPECT_TRUE(transport.disconnecting());
    EXPECT_FALSE(server.connected());
    co_await until([this] { return bothLost(); });
  });
}

TEST_P(TransportSuite, AbortConnectionDropsWhatIsUnsentAndResetsThePeer) {
  runUntilLostBy([this] {
    server.transport().write("never sent");
    server.transport().abortConnection();
  });
  EXPECT_EQ(client.received, "");
  EXPECT_TRUE(server.lost->check<ConnectionAborted>()) << *server.lost;
  EXPECT_TRUE(client.lost->check<ConnectionLost>()) << *client.lost;
  EXPECT_FALSE(client.lost->check<ConnectionAborted>());
}

TEST_P(TransportSuite, AbortingTwiceIsAbortingOnce) {
  runUntilLostBy([this] {
    server.transport().abortConnection();
    server.transport().abortConnection();
  });
  EXPECT_EQ(server.losses, 1);
}

TEST_P(TransportSuite, AbortingWinsOverALoseConnectionThatHasNotFinished) {
  client.onMade = [](Transport& transport) { transport.pauseProducing(); };
  server.onMade = [](Transport& transport) {
    transport.write(std::string(10'000'000, 'x'));
    transport.loseConnection();
  };
  run([this]() -> Deferred<void> {
    co_await until([this] { return client.made > 0; });
    co_await untilQuiet();
    EXPECT_FALSE(server.lost);
    server.transport().abortConnection();
    co_await until([this] { return bothLost(); });
  });
  EXPECT_TRUE(server.lost->check<ConnectionAborted>()) << *server.lost;
  EXPECT_TRUE(client.lost->check<ConnectionLost>()) << *client.lost;
}

TEST_P(TransportSuite, FailConnectionGivesItsReason) {
  server.onMade = [](Transport& transport) {
    transport.write("sorry");
    transport.failConnection(Failure(std::runtime_error("out of patience")));
  };
  runUntilLost();
  EXPECT_EQ(server.lost->message(), "out of patience");
  EXPECT_EQ(client.received, "sorry");
}

TEST_P(TransportSuite, AnExceptionInDataReceivedIsLoggedAndLosesTheConnectionWithIt) {
  client.onMade = [](Transport& transport) { transport.write("x"); };
  server.onData = [](Transport&, std::string_view) { throw std::runtime_error("bad bytes"); };
  runUntilLost();
  EXPECT_EQ(server.lost->message(), "bad bytes");
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("bad bytes")));
}

TEST_P(TransportSuite, AnExceptionInConnectionMadeLosesTheConnectionWithIt) {
  server.onMade = [](Transport&) { throw std::runtime_error("cannot begin"); };
  runUntilLost();
  EXPECT_EQ(server.lost->message(), "cannot begin");
  EXPECT_EQ(server.losses, 1);
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("cannot begin")));
}

TEST_P(TransportSuite, AnExceptionInConnectionLostIsLoggedAndHurtsNobodyElse) {
  server.onMade = lose;
  server.onLost = [](Transport&) { throw std::runtime_error("cannot end"); };
  runUntilLost();
  EXPECT_EQ(server.losses, 1);
  EXPECT_TRUE(server.destroyed);
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("cannot end")));
}

TEST_P(TransportSuite, CallsOnALostConnectionDoNothing) {
  server.onLost = [](Transport& transport) {
    transport.write("late");
    transport.loseConnection();
    transport.loseWriteConnection();
    transport.abortConnection();
    transport.failConnection(Failure(std::runtime_error("late")));
    transport.pauseProducing();
    transport.resumeProducing();
    EXPECT_EQ(transport.unsent(), 0u);
    EXPECT_FALSE(transport.getPeer().host.empty());
  };
  server.onMade = lose;
  runUntilLost();
  EXPECT_EQ(server.losses, 1);
  EXPECT_EQ(server.resumed, 0);
  EXPECT_EQ(client.received, "");
}

TEST_P(TransportSuite, DestroysTheProtocolSomeTimeAfterTheLoss) {
  server.onMade = lose;
  server.onLost = [this](Transport&) { EXPECT_FALSE(server.destroyed); };
  runUntil([this] { return server.destroyed && client.destroyed; });
  EXPECT_EQ(server.losses, 1);
  EXPECT_EQ(client.losses, 1);
}

TEST_P(TransportSuite, BothMayCloseAtOnce) {
  server.onMade = client.onMade = lose;
  runUntilLost();
  EXPECT_TRUE(server.lost->check<ConnectionDone>()) << *server.lost;
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
}

TEST_P(TransportSuite, BothMayAbortAtOnce) {
  runUntilLostBy([this] {
    server.transport().abortConnection();
    client.transport().abortConnection();
  });
  EXPECT_TRUE(server.lost->check<ConnectionLost>()) << *server.lost;
  EXPECT_TRUE(client.lost->check<ConnectionLost>()) << *client.lost;
}

TEST_P(TransportSuite, ClosesWhenThePeerSendsNoMore) {
  client.onMade = [](Transport& transport) {
    transport.write("question");
    transport.loseWriteConnection();
  };
  server.onData = echo;
  runUntilLost();
  EXPECT_EQ(server.readsLost, 1);
  EXPECT_EQ(client.writesLost, 1);
  EXPECT_EQ(client.received, "question");
  EXPECT_TRUE(server.lost->check<ConnectionDone>()) << *server.lost;
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
}

TEST_P(TransportSuite, MayGoOnToWriteWhenThePeerSendsNoMore) {
  client.onMade = [](Transport& transport) {
    transport.write("question");
    transport.loseWriteConnection();
    transport.write("?");
  };
  server.onReadLost = [](Transport&) {};
  run([this]() -> Deferred<void> {
    co_await until([this] { return server.readsLost > 0 && client.writesLost > 0; });
    co_await untilQuiet();
    EXPECT_EQ(server.received, "question?");
    EXPECT_FALSE(server.lost);
    client.transport().write("too late");
    server.transport().write("answer");
    co_await until([this] { return client.received == "answer"; });
    server.transport().loseConnection();
    co_await until([this] { return bothLost(); });
  });
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
  EXPECT_EQ(server.received, "question?");
}

TEST_P(TransportSuite, DeliversNothingWhilePaused) {
  server.onMade = [](Transport& transport) { transport.pauseProducing(); };
  client.onMade = [](Transport& transport) { transport.write("wait"); };
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    co_await untilQuiet();
    EXPECT_EQ(server.received, "");
    EXPECT_TRUE(server.transport().paused());
    server.transport().resumeProducing();
    EXPECT_FALSE(server.transport().paused());
    EXPECT_EQ(server.received, "");
    co_await until([this] { return server.received == "wait"; });
    EXPECT_EQ(server.resumed, 1);
  });
}

TEST_P(TransportSuite, TellsOfTheEndOfThePauseBeforeNewBytes) {
  server.onMade = [](Transport& transport) { transport.pauseProducing(); };
  server.onResumed = [this](Transport&) { EXPECT_EQ(server.received, ""); };
  client.onMade = [](Transport& transport) { transport.write("new"); };
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    co_await untilQuiet();
    server.transport().resumeProducing();
    co_await until([this] { return server.received == "new"; });
  });
  EXPECT_EQ(server.resumed, 1);
}

constexpr std::size_t kMuch = 200'000;  // more than one read takes

TEST_P(TransportSuite, APauseFromInsideDataReceivedHoldsTheRestBack) {
  client.onMade = [](Transport& transport) { transport.write(std::string(kMuch, 'x')); };
  server.onData = [](Transport& transport, std::string_view) { transport.pauseProducing(); };
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    co_await until([this] { return !server.received.empty(); });
    std::size_t before = server.received.size();
    co_await untilQuiet();
    EXPECT_EQ(server.received.size(), before);
    server.onData = {};
    server.transport().resumeProducing();
    co_await until([this] { return server.received.size() == kMuch; });
  });
}

TEST_P(TransportSuite, NoticesAResetWhilePaused) {
  server.onMade = [](Transport& transport) { transport.pauseProducing(); };
  client.onMade = [](Transport& transport) { transport.write("unread"); };
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    co_await untilQuiet();
    client.transport().abortConnection();
    co_await until([this] { return bothLost(); });
  });
  EXPECT_TRUE(server.lost->check<ConnectionLost>()) << *server.lost;
  EXPECT_EQ(server.received, "");
}

TEST_P(TransportSuite, NoticesTheEndOfInputWhilePaused) {
  server.onMade = [](Transport& transport) { transport.pauseProducing(); };
  client.onMade = lose;
  runUntilLost();
  EXPECT_EQ(server.readsLost, 1);
  EXPECT_TRUE(server.lost->check<ConnectionDone>()) << *server.lost;
}

TEST_P(TransportSuite, KeepsWhatCameBeforeTheEndOfInputForTheEndOfAPause) {
  server.onMade = [](Transport& transport) { transport.pauseProducing(); };
  client.onMade = [](Transport& transport) {
    transport.write("all of it");
    transport.loseConnection();
  };
  run([this]() -> Deferred<void> {
    co_await until([this] { return client.lost.has_value(); });
    co_await untilQuiet();
    EXPECT_EQ(server.readsLost, 0);
    server.transport().resumeProducing();
    co_await until([this] { return server.lost.has_value(); });
  });
  EXPECT_EQ(server.received, "all of it");
}

TEST_P(TransportSuite, StopsReadingWhileItsOwnBytesPileUp) {
  server.onData = [](Transport& transport, std::string_view bytes) {
    transport.write(std::string(50'000, bytes.front()));
  };
  client.onMade = [](Transport& transport) {
    transport.pauseProducing();
    transport.write(std::string(30'000, 'x'));
  };
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    for (int round = 0; round < 300; ++round) {
      client.transport().write("x");
      co_await couplet::until(driver(),
                              [first = true]() mutable { return !std::exchange(first, false); });
    }
    EXPECT_LT(server.transport().unsent(), 1'000'000u);
    client.transport().abortConnection();
    co_await until([this] { return bothLost(); });
  });
}

TEST_P(TransportSuite, TellsWhenWhatPiledUpIsSent) {
  server.onData = [](Transport& transport, std::string_view) {
    if (!transport.throttled()) transport.write(std::string(moreThanIsTaken(), 'x'));
  };
  client.onMade = [](Transport& transport) {
    transport.pauseProducing();
    transport.write("x");
  };
  run([this]() -> Deferred<void> {
    co_await until([this] { return server.made && client.made; });
    co_await until([this] { return server.transport().throttled(); });
    EXPECT_EQ(server.resumed, 0);
    client.transport().resumeProducing();
    co_await until([this] { return server.resumed == 1; });
    EXPECT_FALSE(server.transport().throttled());
    EXPECT_EQ(server.transport().unsent(), 0u);
  });
}

TEST_P(TransportSuite, TellsOfAnEndOfInputThatCameWhileItsBytesPiledUpAfterAllThatWasReceived) {
  server.onData = [this](Transport& transport, std::string_view) {
    if (server.received == "x") transport.write(std::string(moreThanIsTaken(), 'y'));
  };
  server.onReadLost = [](Transport& transport) {
    transport.write("bye");
    transport.loseConnection();
  };
  client.onMade = [](Transport& transport) {
    transport.pauseProducing();
    transport.write("x");
  };
  run([this]() -> Deferred<void> {
    co_await until([this] { return server.made && server.transport().throttled(); });
    client.transport().write("the rest");
    client.transport().loseWriteConnection();
    co_await untilQuiet();
    EXPECT_EQ(server.readsLost, 0);
    client.transport().resumeProducing();
    co_await until([this] { return bothLost(); });
  });
  EXPECT_EQ(server.received, "xthe rest");
  EXPECT_EQ(server.readsLost, 1);
  EXPECT_EQ(client.received.size(), moreThanIsTaken() + 3);
  EXPECT_TRUE(server.lost->check<ConnectionDone>()) << *server.lost;
}

TEST_P(TransportSuite, AbortsWhenMoreIsWrittenThanTheCap) {
  client.onMade = [](Transport& transport) { transport.pauseProducing(); };
  runUntilLostBy([this] {
    const std::string megabyte(1024 * 1024, 'x');
    for (int i = 0; i < 80 && server.connected(); ++i) server.transport().write(megabyte);
  });
  EXPECT_TRUE(server.lost->check<WriteBufferFullError>()) << *server.lost;
  EXPECT_TRUE(client.lost->check<ConnectionLost>()) << *client.lost;
}

/// Writes down what it is told.
class ToldProducer : public Producer {
 public:
  void resumeProducing() override {
    told.push_back("resume");
    if (onResume) onResume();
  }
  void pauseProducing() override { told.push_back("pause"); }
  void stopProducing() override { told.push_back("stop"); }

  std::vector<std::string> told;
  std::function<void()> onResume;
};

TEST_P(TransportSuite, PausesAPushProducerAboveTheHighMarkAndResumesItWhenAllIsSent) {
  ToldProducer producer;
  client.onMade = [](Transport& transport) { transport.pauseProducing(); };
  run([&, this]() -> Deferred<void> {
    co_await untilConnected();
    Transport& transport = server.transport();
    transport.registerProducer(producer, true);
    transport.write(std::string(65'536, 'x'));
    EXPECT_THAT(producer.told, IsEmpty());
    transport.write("x");
    EXPECT_THAT(producer.told, ElementsAre("pause"));
    client.transport().resumeProducing();
    co_await until([&] { return producer.told.size() == 2; });
    EXPECT_EQ(transport.unsent(), 0u);
    EXPECT_THAT(producer.told, ElementsAre("pause", "resume"));
    transport.unregisterProducer();
  });
}

TEST_P(TransportSuite, AsksAPullProducerAgainWheneverAllIsSent) {
  ToldProducer producer;
  run([&, this]() -> Deferred<void> {
    co_await untilConnected();
    Transport& transport = server.transport();
    int left = 5;
    producer.onResume = [&] {
      transport.write("piece ");
      if (--left == 0) transport.unregisterProducer();
    };
    transport.registerProducer(producer, false);
    co_await until([&] { return client.received.size() == 30; });
    co_await untilQuiet();
  });
  EXPECT_EQ(producer.told.size(), 5u);
}

TEST_P(TransportSuite, RefusesASecondProducer) {
  ToldProducer first, second;
  runUntilLostBy([&, this] {
    Transport& transport = server.transport();
    transport.registerProducer(first, true);
    EXPECT_THROW(transport.registerProducer(second, true), std::runtime_error);
    transport.unregisterProducer();
    transport.registerProducer(second, true);
    transport.abortConnection();
  });
  EXPECT_THAT(first.told, IsEmpty());
  EXPECT_THAT(second.told, ElementsAre("stop"));
}

TEST_P(TransportSuite, LoseConnectionWaitsForTheProducer) {
  ToldProducer producer;
  server.onMade = [&](Transport& transport) {
    transport.registerProducer(producer, true);
    transport.loseConnection();
  };
  run([&, this]() -> Deferred<void> {
    co_await until([this] { return server.made && client.made; });
    co_await untilQuiet();
    EXPECT_FALSE(server.lost);
    server.transport().write("the last words");
    server.transport().unregisterProducer();
    co_await until([this] { return bothLost(); });
  });
  EXPECT_EQ(client.received, "the last words");
  EXPECT_THAT(producer.told, IsEmpty());
}

TEST_P(TransportSuite, StopsTheProducerWhenTheConnectionIsLost) {
  ToldProducer producer;
  server.onMade = [&](Transport& transport) { transport.registerProducer(producer, true); };
  server.onLost = [&](Transport&) { EXPECT_THAT(producer.told, ElementsAre("stop")); };
  runUntilLostBy([this] { client.transport().abortConnection(); });
  EXPECT_THAT(producer.told, ElementsAre("stop"));
}

TEST_P(TransportSuite, StopsAProducerThatComesTooLate) {
  ToldProducer producer;
  runUntilLostBy([&, this] {
    server.transport().abortConnection();
    server.transport().registerProducer(producer, true);
    EXPECT_THAT(producer.told, ElementsAre("stop"));
  });
  EXPECT_THAT(producer.told, ElementsAre("stop"));
}

TEST_P(TransportSuite, SetProtocolHandsTheConnectionOver) {
  End upgraded;
  client.onMade = [](Transport& transport) { transport.write("upgrade"); };
  server.onData = [&, this](Transport& transport, std::string_view) {
    if (server.received != "upgrade") return;
    transport.setProtocol(std::make_unique<ScriptedProtocol>(upgraded));
    EXPECT_EQ(upgraded.made, 1);
    EXPECT_FALSE(server.destroyed);
    transport.write("done");
  };
  run([&, this]() -> Deferred<void> {
    co_await until([this] { return client.received == "done"; });
    client.transport().write("more");
    co_await until([&] { return upgraded.received == "more"; });
    EXPECT_TRUE(server.destroyed);
    client.transport().loseConnection();
    co_await until([&, this] { return upgraded.lost && client.lost; });
  });
  EXPECT_EQ(server.losses, 0);
  EXPECT_EQ(upgraded.losses, 1);
}

TEST_P(TransportSuite, DiscardsTheConnectionsWorkAfterConnectionLost) {
  bool discarded = false;
  Promise<void> never;
  server.onMade = [&, this](Transport& transport) {
    std::shared_ptr<void> work(nullptr, [&, this](void*) {
      discarded = true;
      EXPECT_EQ(server.losses, 1);
      EXPECT_FALSE(server.destroyed);
    });
    server.protocol->whileConnected(never.deferred().addCallback([work] { ADD_FAILURE(); }));
    transport.loseConnection();
  };
  runUntilLost();
  EXPECT_TRUE(discarded);
}

TEST_P(TransportSuite, AProtocolsTimersEndWithTheConnection) {
  bool called = false;
  run([&, this]() -> Deferred<void> {
    co_await untilConnected();
    server.protocol->callLater(2ms, [&] { called = true; });
    server.transport().abortConnection();
    co_await until([this] { return bothLost(); });
    co_await untilQuiet();
  });
  EXPECT_FALSE(called);
}

TEST_P(TransportSuite, AProtocolsTimerRunsWhileItIsConnected) {
  server.onMade = [this](Transport& transport) {
    server.protocol->callLater(2ms, [&transport] { transport.write("tick"); });
  };
  runUntil([this] { return client.received == "tick"; });
}

TEST_P(TransportSuite, WritesOfATimerAreSentToo) {
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    driver().callLater(1ms, [this] { server.transport().write("later"); });
    co_await until([this] { return client.received == "later"; });
  });
}

}  // namespace
}  // namespace couplet
