// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What every transport does for the protocol at its end, also one that has nothing at its other
// end: a StringTransport. The test takes the turns, so this suite runs over the transports for
// tests only.
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/testing/memory_reactor.h>
#include <couplet/reactor/testing/pump.h>
#include <couplet/reactor/testing/string_transport.h>

#include "loopback.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MemoryReactor;
using testing::Pump;
using testing::StringTransport;

/// A transport that serves a protocol, and its loop.
class OneEnd {
 public:
  virtual ~OneEnd() = default;
  virtual void turn() = 0;
};

class StringEnd : public OneEnd {
 public:
  explicit StringEnd(std::unique_ptr<Protocol> protocol) {
    transport_.setProtocol(std::move(protocol));
  }
  void turn() override { transport_.turn(); }

 private:
  StringTransport transport_;
};

class PumpEnd : public OneEnd {
 public:
  explicit PumpEnd(std::unique_ptr<Protocol> protocol)
      : pump_(std::move(protocol), std::make_unique<Protocol>()) {}
  void turn() override { pump_.flush(); }

 private:
  Pump pump_;
};

class MemoryEnd : public OneEnd {
 public:
  explicit MemoryEnd(std::unique_ptr<Protocol> protocol) {
    auto makes = std::make_shared<ScriptedFactory>(outcome_);
    makes->build = [made = std::make_shared<std::unique_ptr<Protocol>>(std::move(protocol))](
                       const Address&) { return std::move(*made); };
    reactor_.connectTCP("peer.example", 10, makes);
    reactor_.tcpClients().at(0).succeed();
    reactor_.flush();
  }
  void turn() override { reactor_.flush(); }

 private:
  End outcome_;
  MemoryReactor reactor_;
};

struct EndKind {
  std::string name;
  std::function<std::unique_ptr<OneEnd>(std::unique_ptr<Protocol>)> make;
};

void PrintTo(const EndKind& kind, std::ostream* out) { *out << kind.name; }

template <class E>
std::unique_ptr<OneEnd> make(std::unique_ptr<Protocol> protocol) {
  return std::make_unique<E>(std::move(protocol));
}

class OneEndSuite : public ::testing::TestWithParam<EndKind> {
 protected:
  void connect() {
    transportEnd = GetParam().make(std::make_unique<ScriptedProtocol>(end));
    ASSERT_EQ(end.made, 1);
  }
  Transport& transport() { return end.transport(); }
  void turn() { transportEnd->turn(); }

  End end;
  End next;  // of setProtocol
  std::unique_ptr<OneEnd> transportEnd;
};

INSTANTIATE_TEST_SUITE_P(All, OneEndSuite,
                         ::testing::Values(EndKind{"StringTransport", make<StringEnd>},
                                           EndKind{"MemoryReactor", make<MemoryEnd>},
                                           EndKind{"Pump", make<PumpEnd>}),
                         [](const auto& info) { return info.param.name; });

TEST_P(OneEndSuite, TellsOfTheLossFromTheLoop) {
  connect();
  transport().loseConnection();
  EXPECT_EQ(end.losses, 0);
  EXPECT_TRUE(transport().connected());
  EXPECT_TRUE(transport().disconnecting());
  turn();
  EXPECT_TRUE(end.lost->check<ConnectionDone>());
}

TEST_P(OneEndSuite, AbortsAtOnceAndTellsOnce) {
  connect();
  transport().abortConnection();
  transport().abortConnection();
  EXPECT_FALSE(transport().connected());
  EXPECT_EQ(end.losses, 0);
  turn();
  EXPECT_TRUE(end.lost->check<ConnectionAborted>());
  EXPECT_EQ(end.losses, 1);
}

TEST_P(OneEndSuite, AbortingWinsOverLoseConnection) {
  connect();
  transport().loseConnection();
  transport().abortConnection();
  turn();
  EXPECT_TRUE(end.lost->check<ConnectionAborted>()) << *end.lost;
}

TEST_P(OneEndSuite, FailConnectionGivesItsReason) {
  connect();
  transport().failConnection(Failure(std::runtime_error("out of patience")));
  turn();
  EXPECT_EQ(end.lost->message(), "out of patience");
}

TEST_P(OneEndSuite, TheFirstReasonStands) {
  connect();
  transport().failConnection(Failure(std::runtime_error("the first")));
  transport().failConnection(Failure(std::runtime_error("the second")));
  transport().abortConnection();
  turn();
  EXPECT_EQ(end.lost->message(), "the first");
}

TEST_P(OneEndSuite, TellsWhenWhatWasWrittenBeforeTheHalfCloseIsSent) {
  connect();
  transport().write("all");
  transport().loseWriteConnection();
  EXPECT_EQ(end.writesLost, 0);
  turn();
  EXPECT_EQ(end.writesLost, 1);
}

TEST_P(OneEndSuite, TellsOfTheEndOfAPauseFromTheLoop) {
  connect();
  transport().pauseProducing();
  EXPECT_TRUE(transport().paused());
  turn();
  transport().resumeProducing();
  EXPECT_FALSE(transport().paused());
  EXPECT_EQ(end.resumed, 0);
  turn();
  EXPECT_EQ(end.resumed, 1);
}

TEST_P(OneEndSuite, APauseThatBeginsAnewIsNotOver) {
  connect();
  transport().pauseProducing();
  transport().resumeProducing();
  transport().pauseProducing();
  turn();
  EXPECT_EQ(end.resumed, 0);
}

TEST_P(OneEndSuite, ResumingWhatDoesNotPauseDoesNothing) {
  connect();
  transport().resumeProducing();
  turn();
  EXPECT_EQ(end.resumed, 0);
}

/// Counts what it is told.
struct CountingProducer : Producer {
  void resumeProducing() override { ++resumed; }
  void stopProducing() override { ++stopped; }
  int resumed = 0;
  int stopped = 0;
};

TEST_P(OneEndSuite, LoseConnectionWaitsForTheProducer) {
  CountingProducer producer;
  connect();
  transport().registerProducer(producer, true);
  transport().loseConnection();
  turn();
  EXPECT_EQ(end.losses, 0);
  transport().unregisterProducer();
  turn();
  EXPECT_EQ(end.losses, 1);
  EXPECT_EQ(producer.stopped, 0);
}

TEST_P(OneEndSuite, HasOneProducer) {
  CountingProducer first, second;
  connect();
  transport().registerProducer(first, true);
  EXPECT_THROW(transport().registerProducer(second, true), std::runtime_error);
  transport().abortConnection();
  turn();
  EXPECT_EQ(first.stopped, 1);
  EXPECT_EQ(second.stopped, 0);
}

TEST_P(OneEndSuite, StopsAProducerThatComesTooLate) {
  CountingProducer producer;
  connect();
  transport().abortConnection();
  transport().registerProducer(producer, true);
  EXPECT_EQ(producer.stopped, 1);
}

TEST_P(OneEndSuite, SetProtocolKeepsTheOldOneUntilTheEndOfTheTurn) {
  connect();
  transport().setProtocol(std::make_unique<ScriptedProtocol>(next));
  EXPECT_EQ(next.made, 1);
  EXPECT_FALSE(end.destroyed);
  turn();
  EXPECT_TRUE(end.destroyed);
  EXPECT_EQ(end.losses, 0);
  next.transport().loseConnection();
  turn();
  EXPECT_EQ(next.losses, 1);
}

TEST_P(OneEndSuite, TheWorkOfAProtocolEndsWithTheLoss) {
  Promise<void> never;
  bool discarded = false;
  connect();
  std::shared_ptr<void> work(nullptr, [&](void*) { discarded = true; });
  end.protocol->whileConnected(never.deferred().addCallback([work] { ADD_FAILURE(); }));
  work.reset();
  end.onLost = [&](Transport&) { EXPECT_FALSE(discarded); };
  transport().abortConnection();
  turn();
  EXPECT_TRUE(discarded);
}

TEST_P(OneEndSuite, AProtocolIsConnectedUntilItCloses) {
  connect();
  EXPECT_TRUE(end.connected());
  transport().loseConnection();
  EXPECT_FALSE(end.connected());
}

}  // namespace
}  // namespace couplet
