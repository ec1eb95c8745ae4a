// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Who waits for whom on a TCP connection: pauses, back-pressure, producers, half-closed
// connections.
#include <stdexcept>
#include <string>

#include <couplet/reactor/detail/connection.h>
#include <couplet/reactor/producer.h>

#include "loopback.h"
#include "raw_peer.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TCPFlowTest : public LoopbackTest {
 protected:
  /// Opens the server's port and connects a plain socket to it.
  void connectRaw() {
    listen();
    peer.emplace(port->getHost().port);
  }

  std::optional<RawPeer> peer;
  const std::string much = std::string(16'000'000, 'm');  // more than the system takes at once
};

const auto kEcho = [](Transport& transport, std::string_view bytes) { transport.write(bytes); };
const auto kPause = [](Transport& transport) { transport.pauseProducing(); };

TEST_F(TCPFlowTest, TheWritesOfOneHandlerLeaveTogether) {
  server.onData = [](Transport& transport, std::string_view) {
    for (int i = 0; i < 50; ++i) transport.write("0123456789");
  };
  connectRaw();
  unsigned before = 0;
  whenMade([&] {
    before = peer->segmentsReceived();
    peer->send("go");
  });
  std::string got;
  runUntil([&] { return (got += peer->receive()).size() == 500; });
  EXPECT_EQ(peer->segmentsReceived() - before, 1u);
}

TEST_F(TCPFlowTest, TheWritesOfATimerLeaveTogether) {
  connectRaw();
  unsigned before = 0;
  whenMade([&] {
    before = peer->segmentsReceived();
    for (int i = 0; i < 50; ++i) server.transport().write("0123456789");
  });
  std::string got;
  runUntil([&] { return (got += peer->receive()).size() == 500; });
  EXPECT_EQ(peer->segmentsReceived() - before, 1u);
}

TEST_F(TCPFlowTest, MuchLeavesAtOnceAndWhatFollowsComesBehindIt) {
  connectRaw();
  std::size_t unsent = SIZE_MAX;
  whenMade([&] {
    server.transport().writeSequence({std::string(20'000, 'a'), std::string(20'000, 'b')});
    unsent = server.transport().unsent();
    server.transport().write("c");
  });
  std::string got;
  runUntil([&] { return (got += peer->receive()).size() == 40'001; });
  EXPECT_EQ(unsent, 0u);
  EXPECT_EQ(got, std::string(20'000, 'a') + std::string(20'000, 'b') + "c");
}

TEST_F(TCPFlowTest, MoreThanTheSystemTakesAtOnceIsSentInOrder) {
  connectRaw();
  const std::string most(much.size(), 'n');
  std::size_t unsent = 0;
  whenMade([&] {
    server.transport().writeSequence({"begin", much, most});
    unsent = server.transport().unsent();
    server.transport().write("end");
  });
  std::string got;
  runUntil([&] { return (got += peer->receive()).size() == 2 * much.size() + 8; });
  EXPECT_GT(unsent, 0u);
  EXPECT_LT(unsent, 2 * much.size());
  EXPECT_EQ(got, "begin" + much + most + "end");
}

TEST_F(TCPFlowTest, APausedProtocolGetsNothingUntilItResumes) {
  server.onMade = kPause;
  connectRaw();
  peer->send("held");
  bool wasPaused = false;
  whenMade([&] {
    wasPaused = server.received.empty() && server.transport().paused();
    server.transport().resumeProducing();
  });
  runUntil([this] { return server.received == "held"; });
  EXPECT_TRUE(wasPaused);
}

TEST_F(TCPFlowTest, APauseInDataReceivedHoldsBackWhatFollows) {
  server.onData = [](Transport& transport, std::string_view) { transport.pauseProducing(); };
  connectRaw();
  peer->send("one");
  std::string before;
  when([this] { return server.received == "one"; },
       [&] {
         peer->send("two");
         reactor->callLater(20ms, [&] {
           before = server.received;
           server.transport().resumeProducing();
         });
       });
  runUntil([this] { return server.received == "onetwo"; });
  EXPECT_EQ(before, "one");
}

TEST_F(TCPFlowTest, ResumeProducingGoesOnFromTheLoopWithProducingResumedFirst) {
  std::string order;
  server.onMade = kPause;
  server.onResumed = [&](Transport&) { order += "resumed "; };
  server.onData = [&](Transport&, std::string_view) { order += "data "; };
  connectRaw();
  peer->send("x");
  whenMade([&] {
    server.transport().resumeProducing();
    order += "returned ";
  });
  runUntil([this] { return !server.received.empty(); });
  EXPECT_EQ(order, "returned resumed data ");
}

TEST_F(TCPFlowTest, APauseRightAfterAResumeWins) {
  server.onMade = kPause;
  connectRaw();
  peer->send("x");
  whenMade([this] {
    server.transport().resumeProducing();
    server.transport().pauseProducing();
  });
  bool later = false;
  reactor->callLater(30ms, [&] { later = true; });
  runUntil([&] { return later; });
  EXPECT_EQ(server.received, "");
  EXPECT_EQ(server.resumed, 0);
}

TEST_F(TCPFlowTest, EndOfInputIsNoticedWhilePaused) {
  server.onMade = kPause;
  connectRaw();
  whenMade([this] { peer->shutDownOutput(); });
  runUntil([this] { return server.lost.has_value(); });
  EXPECT_EQ(server.readsLost, 1);
  EXPECT_TRUE(server.lost->check<ConnectionDone>());
}

TEST_F(TCPFlowTest, EndOfInputWhilePausedComesAfterTheDataThatIsHeldBack) {
  server.onMade = kPause;
  connectRaw();
  peer->send("last words");
  peer->close();
  whenMade([this] { server.transport().resumeProducing(); });
  runUntil([this] { return server.lost.has_value(); });
  EXPECT_EQ(server.received, "last words");
  EXPECT_TRUE(server.lost->check<ConnectionDone>());
}

TEST_F(TCPFlowTest, AResetIsNoticedWhilePausedAlsoBehindUnreadData) {
  server.onMade = kPause;
  connectRaw();
  peer->send("never read");
  whenMade([this] { peer->reset(); });
  runUntil([this] { return server.lost.has_value(); });
  EXPECT_TRUE(server.lost->check<ConnectionLost>()) << *server.lost;
}

TEST_F(TCPFlowTest, AResetThatComesTogetherWithDataIsNoticed) {
  connectRaw();
  whenMade([this] {
    peer->send("bang");
    peer->reset();
  });
  runUntil([this] { return server.lost.has_value(); });
  EXPECT_TRUE(server.lost->check<ConnectionLost>()) << *server.lost;
}

TEST_F(TCPFlowTest, TheEndThatComesTogetherWithDataIsNoticed) {
  connectRaw();
  whenMade([this] {
    peer->send("bye");
    peer->close();
  });
  runUntil([this] { return server.lost.has_value(); });
  EXPECT_EQ(server.received, "bye");
  EXPECT_TRUE(server.lost->check<ConnectionDone>());
}

TEST_F(TCPFlowTest, AResetIsNoticedWhileAProducerHoldsTheLossUp) {
  struct Silent : Producer {
    void resumeProducing() override {}
    void stopProducing() override { stopped = true; }
    bool stopped = false;
  } producer;
  server.onMade = [&](Transport& transport) {
    transport.registerProducer(producer, true);
    transport.loseConnection();
  };
  connectRaw();
  whenMade([this] { peer->reset(); });
  runUntil([this] { return server.lost.has_value(); });
  EXPECT_TRUE(server.lost->check<ConnectionLost>());
  EXPECT_TRUE(producer.stopped);
}

TEST_F(TCPFlowTest, AnEchoToAPeerThatNeverReadsHoldsBackItsInput) {
  server.onData = kEcho;
  connectRaw();
  int refusals = 0;
  std::size_t mostUnsent = 0;
  runUntil([&] {
    refusals = peer->send(much) == 0 ? refusals + 1 : 0;
    mostUnsent = std::max(mostUnsent, server.protocol ? server.transport().unsent() : 0);
    return mostUnsent > 0 && refusals >= 50;
  });
  EXPECT_LE(mostUnsent, detail::kHighMark + 64 * 1024);
}

/// Is asked for more when all is sent, and has none.
class PatientProducer : public Producer {
 public:
  void resumeProducing() override {}
  void stopProducing() override {}
};

TEST_F(TCPFlowTest, AnEchoIsHeldBackAlsoWhileAPullProducerWaits) {
  PatientProducer producer;
  server.onData = kEcho;
  server.onMade = [&](Transport& transport) { transport.registerProducer(producer, false); };
  connectRaw();
  int refusals = 0;
  std::size_t mostUnsent = 0;
  runUntil([&] {
    refusals = peer->send(much) == 0 ? refusals + 1 : 0;
    mostUnsent = std::max(mostUnsent, server.protocol ? server.transport().unsent() : 0);
    return mostUnsent > 0 && refusals >= 50;
  });
  EXPECT_LE(mostUnsent, detail::kHighMark + 64 * 1024);
  reactor.reset();  // before the producer
}

TEST_F(TCPFlowTest, WhatTheNextProtocolWritesAtFirstIsNoAnswer) {
  End next;
  next.onMade = [&](Transport& transport) { transport.write(much); };
  bool throttled = true;
  server.onData = [&](Transport& transport, std::string_view) {
    transport.setProtocol(std::make_unique<ScriptedProtocol>(next));
    throttled = transport.throttled();
  };
  connectRaw();
  peer->send("go");
  std::size_t got = 0;
  runUntil([&] { return (got += peer->receive().size()) == much.size(); });
  EXPECT_FALSE(throttled);
  reactor.reset();  // before `next`
}

TEST_F(TCPFlowTest, AnEchoGoesOnOnceItsPeerReads) {
  server.onData = kEcho;
  connectRaw();
  std::size_t sent = 0;
  std::size_t got = 0;
  int turns = 0;
  runUntil([&] {
    if (sent < much.size()) sent += peer->send(std::string_view(much).substr(sent));
    if (++turns > 50) got += peer->receive(much.size()).size();
    return got == much.size();
  });
  EXPECT_EQ(server.received.size(), much.size());
}

TEST_F(TCPFlowTest, TwoEndsThatWriteMuchBeforeTheyReadDoNotWaitForEachOther) {
  server.onMade = client.onMade = [this](Transport& transport) { transport.write(much); };
  connect();
  runUntil([this] {
    return server.received.size() == much.size() && client.received.size() == much.size();
  });
}

TEST_F(TCPFlowTest, ALongRequestThatIsEchoedAsItComesArrives) {
  server.onData = kEcho;
  client.onMade = [this](Transport& transport) { transport.write(much); };
  connect();
  runUntil([this] { return client.received.size() == much.size(); });
}

TEST_F(TCPFlowTest, WritingPastTheHardCapAbortsTheConnection) {
  const std::string megabyte(1 << 20, 'x');
  client.onMade = kPause;
  server.onMade = [&](Transport& transport) {
    for (int i = 0; i < 1024 && transport.connected(); ++i) transport.write(megabyte);
    EXPECT_FALSE(transport.connected());
    EXPECT_EQ(transport.unsent(), 0u);
  };
  connect();
  runUntil([this] { return server.lost.has_value(); });
  EXPECT_TRUE(server.lost->check<WriteBufferFullError>());
  EXPECT_TRUE(server.lost->check<ConnectionLost>());
}

TEST_F(TCPFlowTest, AStreamThatAFailureCutsOffEndsInAReset) {
  server.onData = [this](Transport& transport, std::string_view) {
    transport.write(much);
    throw std::runtime_error("no more");
  };
  client.onMade = [](Transport& transport) { transport.write("go"); };
  connect();
  runUntil([this] { return client.lost.has_value(); });
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no more")));
  EXPECT_TRUE(client.lost->check<ConnectionLost>()) << *client.lost;
}

TEST_F(TCPFlowTest, EmptyPartsAreNothing) {
  server.onMade = [](Transport& transport) {
    transport.writeSequence({"", "a", std::string_view(), "b"});
    transport.loseConnection();
  };
  connect();
  runUntil([this] { return client.lost.has_value(); });
  EXPECT_EQ(client.received, "ab");
}

TEST_F(TCPFlowTest, AFlooderDoesNotStarveOthers) {
  listen();
  RawPeer flooder(port->getHost().port);
  RawPeer pinger(port->getHost().port);
  std::string pings;
  std::size_t flood = 0;
  server.onData = [&](Transport&, std::string_view bytes) {
    if (bytes == "ping") pings += bytes;
    server.received.clear();
    flood += flooder.send(std::string_view(much).substr(0, 256 * 1024));
  };
  flooder.send(std::string_view(much).substr(0, 1024 * 1024));
  when([&] { return flood > 0; }, [&] { pinger.send("ping"); });
  runUntil([&] { return pings == "ping"; });
  EXPECT_GT(flood, 0u);
}

/// Writes `parts` parts, then unregisters.
class CountedProducer : public Producer {
 public:
  CountedProducer(Transport& transport, int parts) : transport_(transport), parts_(parts) {}

  void resumeProducing() override {
    ++resumes;
    if (parts_-- > 0) return transport_.write("part ");
    transport_.unregisterProducer();
    transport_.loseConnection();
  }
  void stopProducing() override { stopped = true; }

  int resumes = 0;
  bool stopped = false;

 private:
  Transport& transport_;
  int parts_;
};

TEST_F(TCPFlowTest, APullProducerIsAskedOnceForEachPartThatWasSent) {
  std::optional<CountedProducer> producer;
  server.onMade = [&](Transport& transport) {
    producer.emplace(transport, 3);
    transport.registerProducer(*producer, false);
  };
  connect();
  runUntilLost();
  EXPECT_EQ(client.received, "part part part ");
  EXPECT_EQ(producer->resumes, 4);
  EXPECT_FALSE(producer->stopped);
}

/// Writes as much as it may.
class EagerProducer : public Producer {
 public:
  EagerProducer(Transport& transport, std::size_t total) : transport_(transport), left_(total) {}

  void resumeProducing() override {
    paused_ = false;
    while (!paused_ && left_ > 0) {
      left_ -= kPart.size();
      transport_.write(kPart);
    }
    if (left_ > 0) return;
    transport_.unregisterProducer();
    transport_.loseConnection();
  }
  void pauseProducing() override {
    paused_ = true;
    ++pauses;
    mostUnsent = std::max(mostUnsent, transport_.unsent());
  }
  void stopProducing() override { stopped = true; }

  int pauses = 0;
  std::size_t mostUnsent = 0;
  bool stopped = false;

 private:
  inline static const std::string kPart = std::string(10'000, 'p');

  Transport& transport_;
  std::size_t left_;
  bool paused_ = false;
};

TEST_F(TCPFlowTest, APushProducerPausesAboveTheHighMarkAndResumesWhenAllIsSent) {
  std::optional<EagerProducer> producer;
  server.onMade = [&](Transport& transport) {
    producer.emplace(transport, 5'000'000);
    transport.registerProducer(*producer, true);
    producer->resumeProducing();
  };
  connect();
  runUntilLost();
  EXPECT_EQ(client.received.size(), 5'000'000u);
  EXPECT_GT(producer->pauses, 1);
  EXPECT_LE(producer->mostUnsent, detail::kHighMark + 10'000);
}

TEST_F(TCPFlowTest, AProducerIsStoppedWhenTheConnectionIsLost) {
  std::optional<EagerProducer> producer;
  bool stoppedFirst = false;
  server.onMade = [&](Transport& transport) {
    producer.emplace(transport, 5'000'000);
    transport.registerProducer(*producer, true);
  };
  server.onLost = [&](Transport&) { stoppedFirst = producer->stopped; };
  connect();
  when([this] { return server.made && client.made; },
       [this] { client.transport().abortConnection(); });
  runUntilLost();
  EXPECT_TRUE(stoppedFirst);
}

TEST_F(TCPFlowTest, ASecondProducerIsRefused) {
  server.onMade = [](Transport& transport) {
    EagerProducer first(transport, 0);
    EagerProducer second(transport, 0);
    transport.registerProducer(first, true);
    EXPECT_THROW(transport.registerProducer(second, true), std::runtime_error);
    transport.unregisterProducer();
    EXPECT_NO_THROW(transport.registerProducer(second, true));
    transport.unregisterProducer();
    transport.loseConnection();
  };
  connect();
  runUntilLost();
}

TEST_F(TCPFlowTest, AProducerOnALostConnectionIsStoppedAtOnce) {
  std::optional<EagerProducer> producer;
  server.onLost = [&](Transport& transport) {
    producer.emplace(transport, 0);
    transport.registerProducer(*producer, true);
    EXPECT_TRUE(producer->stopped);
  };
  client.onMade = [](Transport& transport) { transport.loseConnection(); };
  connect();
  runUntilLost();
}

TEST_F(TCPFlowTest, LoseConnectionWaitsForTheProducer) {
  std::optional<EagerProducer> producer;
  server.onMade = [&](Transport& transport) {
    producer.emplace(transport, 0);
    transport.registerProducer(*producer, true);
    transport.loseConnection();
  };
  connect();
  bool waited = false;
  whenMade([&] {
    reactor->callLater(10ms, [&] {
      waited = !server.lost;
      server.transport().write("done");
      server.transport().unregisterProducer();
    });
  });
  runUntilLost();
  EXPECT_TRUE(waited);
  EXPECT_EQ(client.received, "done");
}

TEST_F(TCPFlowTest, WhatAProducerThrowsClosesTheConnection) {
  struct Bad : Producer {
    void resumeProducing() override {
      if (++calls > 1) throw std::runtime_error("dry");
    }
    void stopProducing() override {}
    int calls = 0;
  } producer;
  server.onMade = [&](Transport& transport) {
    transport.registerProducer(producer, false);
    transport.write("x");
  };
  connect();
  runUntilLost();
  EXPECT_EQ(server.lost->message(), "dry");
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("dry")));
}

TEST_F(TCPFlowTest, LoseWriteConnectionEndsOneDirectionOnly) {
  client.onMade = [](Transport& transport) {
    transport.write("request");
    transport.loseWriteConnection();
  };
  server.onReadLost = [](Transport& transport) {
    transport.write("answer");
    transport.loseConnection();
  };
  connect();
  runUntilLost();
  EXPECT_EQ(server.received, "request");
  EXPECT_EQ(client.received, "answer");
  EXPECT_EQ(client.writesLost, 1);
  EXPECT_EQ(server.readsLost, 1);
}

TEST_F(TCPFlowTest, TheEndOfInputIsToldOnceHoweverLongTheAnswer) {
  server.onReadLost = [this](Transport& transport) { transport.write(much); };
  connectRaw();
  peer->shutDownOutput();
  std::size_t got = 0;
  runUntil([&] { return (got += peer->receive().size()) == much.size(); });
  EXPECT_EQ(server.readsLost, 1);
}

TEST_F(TCPFlowTest, LoseWriteConnectionSendsEverythingFirst) {
  client.onMade = [this](Transport& transport) {
    transport.write(much);
    transport.loseWriteConnection();
  };
  connect();
  runUntilLost();
  EXPECT_EQ(server.received.size(), much.size());
}

TEST_F(TCPFlowTest, AConnectionWhoseDirectionsHaveBothEndedIsClosed) {
  server.onReadLost = [](Transport& transport) { transport.loseWriteConnection(); };
  client.onMade = [](Transport& transport) { transport.loseWriteConnection(); };
  connect();
  runUntilLost();
  EXPECT_TRUE(server.lost->check<ConnectionDone>());
}

TEST_F(TCPFlowTest, AWriteAfterTheOutputHasEndedIsDropped) {
  client.onMade = [](Transport& transport) { transport.loseWriteConnection(); };
  client.onWriteLost = [](Transport& transport) {
    transport.write("too late");
    EXPECT_EQ(transport.unsent(), 0u);
  };
  connect();
  runUntilLost();
  EXPECT_EQ(server.received, "");
}

TEST_F(TCPFlowTest, AConnectionThatIsFlushedOutlivesTheEndOfItsInput) {
  server.onMade = [this](Transport& transport) {
    transport.write(much);
    transport.loseConnection();
  };
  connectRaw();
  std::size_t got = 0;
  peer->shutDownOutput();
  runUntil([&] { return (got += peer->receive(much.size()).size()) == much.size(); });
}

}  // namespace
}  // namespace couplet
