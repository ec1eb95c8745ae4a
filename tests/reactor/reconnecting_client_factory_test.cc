// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/reconnecting_client_factory.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/reactor.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

/// Counts the attempts, and lets the test say what becomes of them.
class FakeConnector : public Connector {
 public:
  explicit FakeConnector(ClientFactory& factory) : factory_(factory) {}

  void connect() override {
    ++attempts;
    connecting = true;
    factory_.startedConnecting(*this);
  }
  void stopConnecting() override {
    if (!connecting) throw std::logic_error("not connecting");
    stopped = true;
  }
  void disconnect() override {}
  Address getDestination() const override { return {"127.0.0.1", 1}; }

  int attempts = 0;
  bool connecting = false;
  bool stopped = false;

 private:
  ClientFactory& factory_;
};

class TestFactory : public ReconnectingClientFactory {
 public:
  using ReconnectingClientFactory::ReconnectingClientFactory;
  std::unique_ptr<Protocol> buildProtocol(const Address&) override { return nullptr; }
};

class ReconnectingClientFactoryTest : public ::testing::Test {
 protected:
  void use(ReconnectPolicy policy) {
    factory.emplace(clock, std::move(policy));
    connector = std::make_shared<FakeConnector>(*factory);
    connector->connect();
  }
  void fail() {
    connector->connecting = false;
    factory->clientConnectionFailed(Failure(ConnectionRefusedError()));
  }
  /// How long the next attempt is in coming, in steps of 1 ms.
  Duration wait() {
    int before = connector->attempts;
    Duration waited{};
    for (; connector->attempts == before && waited < 1h; waited += 1ms) clock.advance(1ms);
    return waited;
  }

  testing::FakeClock clock;
  std::optional<TestFactory> factory;
  std::shared_ptr<FakeConnector> connector;
};

TEST_F(ReconnectingClientFactoryTest, WaitsLongerEachTimeUpToAMinute) {
  use({.jitter = 0});
  for (Duration expected : {1000ms, 1500ms, 2250ms, 3375ms}) {
    fail();
    EXPECT_EQ(wait(), expected);
  }
  for (int i = 0; i < 10; ++i) {
    fail();
    wait();
  }
  fail();
  EXPECT_EQ(wait(), 60s);
  EXPECT_EQ(factory->nextDelay(), 60s);
}

TEST_F(ReconnectingClientFactoryTest, AddsUpToHalfAtRandom) {
  double random = 0.999;
  use({.random = [&] { return random; }});
  fail();
  EXPECT_EQ(wait(), 1500ms);
  random = 0;
  fail();
  EXPECT_EQ(wait(), 1500ms);
}

TEST_F(ReconnectingClientFactoryTest, IsRandomByItself) {
  use({});
  fail();
  Duration waited = wait();
  EXPECT_GE(waited, 1s);
  EXPECT_LE(waited, 1501ms);
}

TEST_F(ReconnectingClientFactoryTest, ConnectsAgainAfterALossToo) {
  use({.jitter = 0});
  factory->clientConnectionLost(Failure(ConnectionDone()));
  EXPECT_EQ(wait(), 1s);
  EXPECT_EQ(connector->attempts, 2);
}

TEST_F(ReconnectingClientFactoryTest, ResetDelayBeginsAnew) {
  use({.jitter = 0});
  for (int i = 0; i < 5; ++i) {
    fail();
    wait();
  }
  EXPECT_EQ(factory->retries(), 5);
  factory->resetDelay();
  EXPECT_EQ(factory->retries(), 0);
  fail();
  EXPECT_EQ(wait(), 1s);
}

TEST_F(ReconnectingClientFactoryTest, GivesUpAfterTheRetriesItMayMake) {
  use({.jitter = 0, .maxRetries = 2});
  for (int i = 0; i < 3; ++i) {
    fail();
    clock.advance(1h);
  }
  EXPECT_EQ(connector->attempts, 3);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(ReconnectingClientFactoryTest, StopTryingCancelsTheWait) {
  use({});
  fail();
  factory->stopTrying();
  EXPECT_EQ(clock.delayedCalls(), 0u);
  fail();
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(ReconnectingClientFactoryTest, StopTryingEndsTheAttemptThatIsBeingMade) {
  use({});
  factory->stopTrying();
  EXPECT_TRUE(connector->stopped);
}

TEST_F(ReconnectingClientFactoryTest, TheWaitKeepsTheConnector) {
  use({});
  fail();
  std::weak_ptr<FakeConnector> weak = connector;
  connector.reset();
  EXPECT_FALSE(weak.expired());
  clock.advance(2s);
  EXPECT_TRUE(weak.expired());
}

TEST_F(ReconnectingClientFactoryTest, DiesWithItsWait) {
  use({});
  fail();
  factory.reset();
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(ReconnectingClientFactoryTest, AFactorThatOverflowsStaysWithinTheLongestDelay) {
  use({.factor = 1e30, .jitter = 0});
  fail();
  wait();
  fail();
  EXPECT_EQ(wait(), 60s);
}

}  // namespace
}  // namespace couplet
