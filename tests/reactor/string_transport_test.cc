// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/string_transport.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/protocol.h>
#include <couplet/reactor/testing/accumulating_protocol.h>

namespace couplet::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Records the calls of its methods in a list that outlives it.
class Recorder : public Protocol {
 public:
  explicit Recorder(std::vector<std::string>& calls) : calls_(calls) {}
  ~Recorder() override { calls_.push_back("destroyed"); }
  void connectionMade() override { calls_.push_back("made"); }
  void writeConnectionLost() override { calls_.push_back("write lost"); }
  void producingResumed() override { calls_.push_back("resumed"); }
  void connectionLost(const Failure& reason) override {
    calls_.push_back("lost: " + reason.typeName());
  }

 private:
  std::vector<std::string>& calls_;
};

class RecordingProducer : public Producer {
 public:
  void resumeProducing() override { ++resumed; }
  void stopProducing() override { ++stopped; }
  int resumed = 0;
  int stopped = 0;
};

class StringTransportTest : public ::testing::Test {
 protected:
  StringTransportTest() : protocol(calls) {
    transport.connect(protocol);
    calls.clear();
  }

  std::vector<std::string> calls;
  std::vector<std::string> successorCalls;
  StringTransport transport;
  Recorder protocol;
};

TEST_F(StringTransportTest, KeepsWhatIsWritten) {
  transport.write("Hello");
  transport.writeSequence({", ", "world"});
  EXPECT_EQ(transport.value(), "Hello, world");
  transport.clear();
  EXPECT_EQ(transport.value(), "");
}

TEST_F(StringTransportTest, ServesAProtocolThatMakesItsConnectionItself) {
  StringTransport other;
  AccumulatingProtocol accumulating;
  accumulating.makeConnection(other);
  EXPECT_TRUE(accumulating.made());
  EXPECT_THROW(other.turn(), std::logic_error);
}

TEST_F(StringTransportTest, LoseConnectionClosesAtTheNextTurn) {
  transport.loseConnection();
  EXPECT_TRUE(transport.disconnecting());
  EXPECT_TRUE(transport.connected());
  EXPECT_THAT(calls, IsEmpty());
  transport.turn();
  transport.turn();
  EXPECT_FALSE(transport.connected());
  EXPECT_THAT(calls, ElementsAre("lost: couplet::ConnectionDone"));
}

TEST_F(StringTransportTest, WritesBetweenLoseConnectionAndTheCloseAreSent) {
  transport.loseConnection();
  transport.write("a");
  transport.turn();
  transport.write("b");
  EXPECT_EQ(transport.value(), "a");
}

TEST_F(StringTransportTest, AbortConnectionClosesAtOnceAndIsToldAtTheNextTurn) {
  transport.abortConnection();
  transport.abortConnection();
  transport.write("a");
  EXPECT_TRUE(transport.disconnected());
  EXPECT_TRUE(transport.aborted());
  EXPECT_EQ(transport.value(), "");
  EXPECT_THAT(calls, IsEmpty());
  transport.turn();
  EXPECT_THAT(calls, ElementsAre("lost: couplet::ConnectionAborted"));
}

TEST_F(StringTransportTest, AbortConnectionWinsOverLoseConnection) {
  transport.loseConnection();
  transport.abortConnection();
  transport.turn();
  EXPECT_THAT(calls, ElementsAre("lost: couplet::ConnectionAborted"));
}

TEST_F(StringTransportTest, FailConnectionGivesItsReason) {
  transport.failConnection(Failure(std::runtime_error("enough")));
  transport.abortConnection();
  EXPECT_TRUE(transport.disconnecting());
  EXPECT_EQ(transport.lossReason()->message(), "enough");
  transport.turn();
  EXPECT_THAT(calls, ElementsAre("lost: std::runtime_error"));
}

TEST_F(StringTransportTest, LoseWriteConnectionEndsWritingOnly) {
  transport.write("a");
  transport.loseWriteConnection();
  transport.write("b");  // goes too, as it would on TCP
  EXPECT_TRUE(transport.writeDisconnecting());
  EXPECT_FALSE(transport.disconnecting());
  transport.turn();
  transport.write("c");
  transport.turn();
  EXPECT_EQ(transport.value(), "ab");
  EXPECT_THAT(calls, ElementsAre("write lost"));
}

TEST_F(StringTransportTest, TakesNoProtocolThatIsNone) {
  EXPECT_THROW(transport.setProtocol(nullptr), std::invalid_argument);
}

TEST_F(StringTransportTest, ResumeProducingIsToldAtTheNextTurn) {
  transport.resumeProducing();
  transport.pauseProducing();
  EXPECT_TRUE(transport.paused());
  transport.resumeProducing();
  EXPECT_FALSE(transport.paused());
  EXPECT_THAT(calls, IsEmpty());
  transport.turn();
  transport.turn();
  EXPECT_THAT(calls, ElementsAre("resumed"));
}

TEST_F(StringTransportTest, APauseThatBeganAgainIsNotToldAsResumed) {
  transport.pauseProducing();
  transport.resumeProducing();
  transport.pauseProducing();
  transport.turn();
  EXPECT_THAT(calls, IsEmpty());
}

// Producers.

TEST_F(StringTransportTest, KeepsAProducer) {
  RecordingProducer producer;
  transport.registerProducer(producer, true);
  EXPECT_EQ(transport.producer(), &producer);
  EXPECT_TRUE(transport.streaming());
  transport.unregisterProducer();
  EXPECT_EQ(transport.producer(), nullptr);
}

TEST_F(StringTransportTest, ASecondProducerIsAnError) {
  RecordingProducer producer;
  transport.registerProducer(producer, false);
  EXPECT_THROW(transport.registerProducer(producer, false), std::runtime_error);
}

TEST_F(StringTransportTest, LoseConnectionWaitsForAProducerToUnregister) {
  RecordingProducer producer;
  transport.registerProducer(producer, true);
  transport.loseConnection();
  transport.turn();
  transport.write("the last");
  EXPECT_TRUE(transport.connected());
  transport.unregisterProducer();
  transport.turn();
  EXPECT_FALSE(transport.connected());
  EXPECT_EQ(transport.value(), "the last");
}

TEST_F(StringTransportTest, AProducerIsStoppedWhenTheConnectionIsLost) {
  RecordingProducer producer;
  transport.registerProducer(producer, true);
  transport.abortConnection();
  transport.turn();
  EXPECT_EQ(producer.stopped, 1);
}

TEST_F(StringTransportTest, AProducerOnALostConnectionIsStoppedAtOnce) {
  RecordingProducer producer;
  transport.abortConnection();
  transport.registerProducer(producer, true);
  EXPECT_EQ(producer.stopped, 1);
  EXPECT_EQ(transport.producer(), nullptr);
}

// The rest.

TEST_F(StringTransportTest, SetProtocolServesTheNewOneAtOnce) {
  transport.setProtocol(std::make_unique<Recorder>(successorCalls));
  EXPECT_FALSE(protocol.connected());
  transport.loseConnection();
  transport.turn();
  EXPECT_THAT(calls, IsEmpty());
  EXPECT_THAT(successorCalls, ElementsAre("made", "lost: couplet::ConnectionDone"));
}

TEST_F(StringTransportTest, SetProtocolKeepsTheOldOneUntilTheEndOfTheTurn) {
  transport.setProtocol(std::make_unique<Recorder>(successorCalls));
  transport.setProtocol(std::make_unique<AccumulatingProtocol>());
  EXPECT_THAT(successorCalls, ElementsAre("made"));
  transport.turn();
  EXPECT_THAT(successorCalls, ElementsAre("made", "destroyed"));
}

TEST_F(StringTransportTest, HasAddressesThatTheTestMaySet) {
  EXPECT_EQ(transport.getPeer().host, "127.0.0.1");
  transport.setPeer({"10.0.0.1", 80});
  transport.setHost({"::1", 81});
  EXPECT_EQ(transport.getPeer(), (Address{"10.0.0.1", 80}));
  EXPECT_EQ(transport.getHost(), (Address{"::1", 81}));
}

TEST_F(StringTransportTest, HasAClockOfItsOwn) {
  bool ran = false;
  protocol.callLater(1s, [&] { ran = true; });
  transport.fakeClock().advance(1s);
  EXPECT_TRUE(ran);
}

TEST_F(StringTransportTest, MayHaveAClockOfTheTests) {
  FakeClock clock;
  StringTransport other(clock);
  EXPECT_EQ(&other.clock(), &clock);
  EXPECT_THROW(other.fakeClock(), std::logic_error);
}

TEST(AccumulatingProtocolTest, RecordsWhatItHears) {
  StringTransport transport;
  AccumulatingProtocol protocol;
  EXPECT_FALSE(protocol.made());
  transport.connect(protocol);
  EXPECT_TRUE(protocol.made());
  protocol.dataReceived("Hello, ");
  protocol.dataReceived("world");
  EXPECT_EQ(protocol.data(), "Hello, world");
  EXPECT_FALSE(protocol.closed());
  transport.loseConnection();
  transport.turn();
  EXPECT_TRUE(protocol.closed());
  EXPECT_TRUE(protocol.closedReason()->check<ConnectionDone>());
}

}  // namespace
}  // namespace couplet::testing
