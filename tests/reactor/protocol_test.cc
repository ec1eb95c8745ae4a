// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/protocol.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/report.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

class Recorder : public Protocol {
 public:
  void connectionMade() override { made = true; }
  void connectionLost(const Failure& reason) override {
    lost = reason.message();
    if (onLost) onLost();
  }

  bool made = false;
  std::string lost;
  std::function<void()> onLost;
};

class ProtocolTest : public ::testing::Test {
 protected:
  void makeConnection() { protocol->makeConnection(transport); }
  void endConnection() { protocol->endConnection(Failure(ConnectionDone())); }
  /// Work that ends when `finish` fires, and says whether it was cancelled.
  Deferred<void> work() {
    finish = Promise<void>([this] { cancelled = true; });
    return finish.deferred();
  }

  testing::StringTransport transport;
  std::unique_ptr<Recorder> protocol = std::make_unique<Recorder>();
  Promise<void> finish;
  bool cancelled = false;
};

TEST_F(ProtocolTest, IsConnectedFromMakeConnectionToEndConnection) {
  EXPECT_FALSE(protocol->connected());
  makeConnection();
  EXPECT_TRUE(protocol->made);
  EXPECT_TRUE(protocol->connected());
  endConnection();
  EXPECT_FALSE(protocol->connected());
  EXPECT_EQ(protocol->lost, "Connection was closed cleanly.");
}

TEST_F(ProtocolTest, IsNoLongerConnectedOnceThisSideCloses) {
  makeConnection();
  protocol->transport().loseConnection();
  EXPECT_FALSE(protocol->connected());
}

TEST_F(ProtocolTest, LosesTheConnectionAtTheEndOfInputByDefault) {
  makeConnection();
  protocol->readConnectionLost();
  EXPECT_TRUE(transport.disconnecting());
}

TEST_F(ProtocolTest, WorkIsDiscardedAfterConnectionLost) {
  makeConnection();
  protocol->onLost = [this] { EXPECT_FALSE(cancelled); };
  protocol->whileConnected(work());
  endConnection();
  EXPECT_TRUE(cancelled);
}

TEST_F(ProtocolTest, WorkThatWaitsDoesNotRunWhenItIsDiscarded) {
  makeConnection();
  bool ran = false;
  protocol->whileConnected(work().addBoth([&](Result<void>) { ran = true; }));
  endConnection();
  EXPECT_FALSE(ran);
}

TEST_F(ProtocolTest, WorkThatHasEndedIsLetGo) {
  makeConnection();
  protocol->whileConnected(work());
  finish.callback();
  endConnection();
  EXPECT_FALSE(cancelled);
}

TEST_F(ProtocolTest, WorkThatHasFiredAlreadyIsFine) {
  makeConnection();
  for (int i = 0; i < 3; ++i) protocol->whileConnected(succeed());
  protocol->whileConnected(work());
  endConnection();
  EXPECT_TRUE(cancelled);
}

TEST_F(ProtocolTest, AFailureOfWorkIsReportedAndClosesNothing) {
  static std::string reported;
  ReportFunction before = setReportFunction(
      [](const UnhandledFailure& unhandled) { reported = unhandled.failure.message(); });
  makeConnection();
  protocol->whileConnected(work());
  finish.errback(std::runtime_error("it failed"));
  setReportFunction(before);
  EXPECT_EQ(reported, "it failed");
  EXPECT_TRUE(protocol->connected());
}

TEST_F(ProtocolTest, WorkGivenToALostConnectionIsDiscardedAtOnce) {
  makeConnection();
  endConnection();
  protocol->whileConnected(work());
  EXPECT_TRUE(cancelled);
}

TEST_F(ProtocolTest, WorkGivenInConnectionLostIsDiscardedAtOnce) {
  makeConnection();
  protocol->onLost = [this] {
    protocol->whileConnected(work());
    EXPECT_TRUE(cancelled);
  };
  endConnection();
}

TEST_F(ProtocolTest, WorkIsDiscardedAlsoWhenConnectionLostThrows) {
  makeConnection();
  protocol->onLost = [] { throw std::runtime_error("ouch"); };
  protocol->whileConnected(work());
  EXPECT_THROW(endConnection(), std::runtime_error);
  EXPECT_TRUE(cancelled);
}

TEST_F(ProtocolTest, WorkIsDiscardedWhenTheProtocolDies) {
  makeConnection();
  protocol->whileConnected(work());
  protocol.reset();
  EXPECT_TRUE(cancelled);
}

TEST_F(ProtocolTest, EndWorkDiscardsWithoutACall) {
  makeConnection();
  protocol->whileConnected(work());
  protocol->endWork();
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(protocol->lost, "");
}

TEST_F(ProtocolTest, WorkMayGiveTheConnectionMoreWork) {
  makeConnection();
  bool more = false;
  protocol->whileConnected(work().addCallback(
      [&] { protocol->whileConnected(succeed().addCallback([&] { more = true; })); }));
  finish.callback();
  EXPECT_TRUE(more);
}

TEST_F(ProtocolTest, ManyChainsMayEndInAnyOrder) {
  makeConnection();
  std::vector<Promise<void>> promises(100);
  int ended = 0;
  for (auto& promise : promises) {
    protocol->whileConnected(promise.deferred().addCallback([&] { ++ended; }));
  }
  for (std::size_t i = 0; i < promises.size(); i += 2) promises[i].callback();
  for (std::size_t i = 99; i < promises.size(); i -= 2) promises[i].callback();
  EXPECT_EQ(ended, 100);
}

TEST_F(ProtocolTest, ATimerEndsWithTheConnection) {
  makeConnection();
  bool ran = false;
  DelayedCall call = protocol->callLater(1s, [&] { ran = true; });
  EXPECT_TRUE(call.active());
  endConnection();
  EXPECT_FALSE(call.active());
}

TEST_F(ProtocolTest, ATimerOfALostConnectionIsInactive) {
  makeConnection();
  endConnection();
  EXPECT_FALSE(protocol->callLater(0s, [] {}).active());
}

}  // namespace
}  // namespace couplet
