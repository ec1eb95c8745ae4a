// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A peer that answers and goes away while more is sent to it: its answer is received, although the
// sending fails first.
#include <functional>
#include <optional>
#include <string>

#include <couplet/reactor/producer.h>

#include "loopback.h"
#include "raw_peer.h"

namespace couplet {
namespace {

class EarlyAnswerTest : public LoopbackTest {
 protected:
  /// The peer asks; while that is handled it answers and resets the connection, of which the loop
  /// has not heard, and the server does what `act` does. Then it loses the connection.
  void play(std::function<void(Transport&)> act) {
    server.onData = [this, act](Transport& transport, std::string_view bytes) {
      if (bytes != "ask") return onAnswer ? onAnswer(transport) : void();
      peer_->send("answer");
      peer_->reset();
      act(transport);
    };
    listen();
    peer_.emplace(port->getHost().port);
    peer_->send("ask");
    runUntil([this] { return server.lost.has_value(); });
    EXPECT_EQ(server.losses, 1);
    EXPECT_FALSE(server.lost->check<ConnectionDone>());
  }

  /// So much that it is sent at once.
  static void writeMuch(Transport& transport) { transport.write(std::string(100'000, 'x')); }

  std::function<void(Transport&)> onAnswer;

 private:
  std::optional<RawPeer> peer_;
};

TEST_F(EarlyAnswerTest, IsReceived) {
  play(writeMuch);
  EXPECT_EQ(server.received, "askanswer");
  EXPECT_EQ(server.readsLost, 0);
}

TEST_F(EarlyAnswerTest, WhatIsWrittenToItIsDropped) {
  onAnswer = [](Transport& transport) {
    transport.write("thanks");
    EXPECT_EQ(transport.unsent(), 0u);
  };
  play([](Transport& transport) {
    writeMuch(transport);
    EXPECT_EQ(transport.unsent(), 0u);
    writeMuch(transport);
    EXPECT_EQ(transport.unsent(), 0u);
  });
  EXPECT_EQ(server.received, "askanswer");
}

TEST_F(EarlyAnswerTest, TheProtocolMayCloseThen) {
  onAnswer = [](Transport& transport) { transport.loseConnection(); };
  play(writeMuch);
  EXPECT_EQ(server.received, "askanswer");
}

TEST_F(EarlyAnswerTest, TheProtocolMayEndItsDirectionThen) {
  onAnswer = [](Transport& transport) { transport.loseWriteConnection(); };
  play(writeMuch);
  EXPECT_EQ(server.received, "askanswer");
}

TEST_F(EarlyAnswerTest, TheProtocolMayAbortThen) {
  onAnswer = [](Transport& transport) { transport.abortConnection(); };
  play(writeMuch);
  EXPECT_EQ(server.received, "askanswer");
}

TEST_F(EarlyAnswerTest, OneWhoPausesThenHearsOfTheLoss) {
  onAnswer = [](Transport& transport) { transport.pauseProducing(); };
  play(writeMuch);
  EXPECT_EQ(server.received, "askanswer");
}

TEST_F(EarlyAnswerTest, OneWhoHasPausedHearsOfTheLoss) {
  play([](Transport& transport) {
    transport.pauseProducing();
    writeMuch(transport);
  });
  EXPECT_EQ(server.received, "ask");
}

TEST_F(EarlyAnswerTest, OneWhoPausesBehindItHearsOfTheLoss) {
  play([](Transport& transport) {
    writeMuch(transport);
    transport.pauseProducing();
  });
  EXPECT_EQ(server.received, "ask");
}

TEST_F(EarlyAnswerTest, OneWhoClosesBehindItHearsOfTheLoss) {
  play([](Transport& transport) {
    writeMuch(transport);
    transport.loseConnection();
  });
  EXPECT_EQ(server.received, "ask");
}

/// Has always more.
struct Endless : Producer {
  void resumeProducing() override {
    ++asked;
    transport->write("more");
  }
  void pauseProducing() override {}
  void stopProducing() override { stopped = true; }

  Transport* transport = nullptr;
  int asked = 0;
  bool stopped = false;
};

TEST_F(EarlyAnswerTest, AProducerIsNotAskedForMoreWithoutAnEnd) {
  Endless producer;
  play([&](Transport& transport) {
    writeMuch(transport);
    producer.transport = &transport;
    transport.registerProducer(producer, false);
  });
  EXPECT_EQ(server.received, "askanswer");
  EXPECT_LE(producer.asked, 1);
  EXPECT_TRUE(producer.stopped);
}

}  // namespace
}  // namespace couplet
