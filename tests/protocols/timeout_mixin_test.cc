// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/timeout_mixin.h>

#include <chrono>
#include <optional>
#include <stdexcept>

#include <gtest/gtest.h>

#include <couplet/protocols/netstring.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/accumulating_protocol.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::AccumulatingProtocol;
using testing::FakeClock;
using testing::StringTransport;

class TimeoutMixinTest : public ::testing::Test {
 protected:
  TimeoutMixinTest() { transport.connect(protocol); }

  void advance(Duration by) { transport.fakeClock().advance(by); }
  bool timedOut() const { return transport.disconnected(); }

  StringTransport transport;
  TimeoutMixin<AccumulatingProtocol> protocol;
};

TEST_F(TimeoutMixinTest, SilenceClosesTheConnectionWithTimeoutError) {
  protocol.setTimeout(3s);
  advance(2999ms);
  EXPECT_FALSE(timedOut());
  advance(1ms);
  EXPECT_TRUE(timedOut());
  transport.turn();
  EXPECT_EQ(protocol.closedReason()->message(), "the connection timed out after 3 s");
  EXPECT_TRUE(protocol.closedReason()->check<TimeoutError>());
}

TEST_F(TimeoutMixinTest, ThereIsNoTimeoutUnlessItIsSet) {
  protocol.resetTimeout();
  advance(24h);
  EXPECT_FALSE(timedOut());
}

TEST_F(TimeoutMixinTest, ResetTimeoutWaitsForTheWholeTimeAgain) {
  protocol.setTimeout(3s);
  advance(2s);
  protocol.resetTimeout();
  advance(2s);
  EXPECT_FALSE(timedOut());
  advance(1s);
  EXPECT_TRUE(timedOut());
}

TEST_F(TimeoutMixinTest, ResetTimeoutTouchesNoTimer) {
  protocol.setTimeout(3s);
  for (int i = 0; i < 1000; ++i) protocol.resetTimeout();
  EXPECT_EQ(transport.fakeClock().delayedCalls(), 1);
}

TEST_F(TimeoutMixinTest, SetTimeoutAnswersWhatWasSetBefore) {
  EXPECT_EQ(protocol.setTimeout(3s), std::nullopt);
  EXPECT_EQ(protocol.setTimeout(5s), 3s);
  EXPECT_EQ(protocol.setTimeout(std::nullopt), 5s);
  EXPECT_EQ(protocol.setTimeout(std::nullopt), std::nullopt);
}

TEST_F(TimeoutMixinTest, SetTimeoutToNothingSwitchesItOff) {
  protocol.setTimeout(3s);
  protocol.setTimeout(std::nullopt);
  EXPECT_EQ(transport.fakeClock().delayedCalls(), 0);
  advance(24h);
  EXPECT_FALSE(timedOut());
}

TEST_F(TimeoutMixinTest, AShorterTimeoutCountsFromWhenItIsSet) {
  protocol.setTimeout(10s);
  advance(1s);
  protocol.setTimeout(3s);
  advance(2s);
  EXPECT_FALSE(timedOut());
  advance(1s);
  EXPECT_TRUE(timedOut());
}

TEST_F(TimeoutMixinTest, ALongerTimeoutCountsFromWhenItIsSet) {
  protocol.setTimeout(3s);
  advance(1s);
  protocol.setTimeout(10s);
  advance(9s);
  EXPECT_FALSE(timedOut());
  advance(1s);
  EXPECT_TRUE(timedOut());
}

TEST_F(TimeoutMixinTest, ANegativeTimeoutIsAnError) {
  EXPECT_THROW(protocol.setTimeout(-1s), std::invalid_argument);
}

TEST_F(TimeoutMixinTest, TheTimerEndsWithTheConnection) {
  protocol.setTimeout(3s);
  transport.loseConnection();
  transport.turn();
  EXPECT_EQ(transport.fakeClock().delayedCalls(), 0);
}

TEST_F(TimeoutMixinTest, ATimeoutEndsAConnectionThatWaitsToBeFlushed) {
  protocol.setTimeout(3s);
  transport.loseConnection();
  advance(3s);
  EXPECT_TRUE(transport.aborted());
}

class Patient : public TimeoutMixin<AccumulatingProtocol> {
 public:
  void timeoutConnection() override { ++timeouts; }
  int timeouts = 0;
};

TEST_F(TimeoutMixinTest, TheLongestTimeoutIsNoOverflow) {
  advance(1s);
  protocol.setTimeout(3s);
  protocol.setTimeout(Duration::max());
  advance(24h);
  EXPECT_FALSE(timedOut());
}

class ThrowingTimeout : public TimeoutMixin<AccumulatingProtocol> {
  void timeoutConnection() override { throw std::runtime_error("at the time-out"); }
};

TEST(TimeoutMixinOverrideTest, AnOverrideThatThrowsClosesTheConnection) {
  StringTransport transport;
  ThrowingTimeout protocol;
  transport.connect(protocol);
  protocol.setTimeout(1s);
  EXPECT_THROW(transport.fakeClock().advance(1s), std::runtime_error);
  transport.turn();
  EXPECT_EQ(protocol.closedReason()->message(), "at the time-out");
}

TEST(TimeoutMixinOverrideTest, AnOverrideMayKeepTheConnectionAndIsCalledOnce) {
  StringTransport transport;
  Patient protocol;
  transport.connect(protocol);
  protocol.setTimeout(3s);
  transport.fakeClock().advance(3s);
  protocol.resetTimeout();
  transport.fakeClock().advance(24h);
  EXPECT_EQ(protocol.timeouts, 1);
  EXPECT_FALSE(transport.disconnecting());
}

class Insistent : public Patient {
 public:
  void timeoutConnection() override {
    Patient::timeoutConnection();
    setTimeout(1s);
  }
};

TEST(TimeoutMixinOverrideTest, AnOverrideMaySetItAgain) {
  StringTransport transport;
  Insistent protocol;
  transport.connect(protocol);
  protocol.setTimeout(3s);
  transport.fakeClock().pump({3s, 1s, 1s});
  EXPECT_EQ(protocol.timeouts, 3);
}

class TimedNetstrings : public TimeoutMixin<NetstringReceiver> {
 public:
  void connectionMade() override { setTimeout(3s); }
  void stringReceived(std::string_view) override { resetTimeout(); }
};

TEST(TimeoutMixinOverrideTest, MixesIntoAnyProtocol) {
  StringTransport transport;
  TimedNetstrings protocol;
  transport.connect(protocol);
  transport.fakeClock().advance(2s);
  protocol.dataReceived("1:a,");
  transport.fakeClock().advance(2s);
  EXPECT_FALSE(transport.disconnecting());
  transport.fakeClock().advance(1s);
  EXPECT_TRUE(transport.disconnecting());
}

}  // namespace
}  // namespace couplet
