// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How long a connection that is being closed waits for a peer that does not read.
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "loopback.h"

namespace couplet {
namespace {

using testing::MemoryPeer;
using testing::MemoryReactor;

constexpr Duration kDeadline = 10s;
constexpr std::size_t kWindow = 1000;

/// A server that says more than the peer's window holds, and closes; the peer does not read.
class ClosingDeadlineTest : public ::testing::Test {
 protected:
  ClosingDeadlineTest() {
    end.onMade = [](Transport& transport) {
      transport.write(std::string(5 * kWindow, 'x'));
      transport.loseConnection();
    };
    reactor.listenTCP(10000, std::make_shared<ScriptedFactory>(end));
    peer = std::make_unique<MemoryPeer>(reactor.tcpServers().at(0).connect());
    peer->pauseProducing();
    reactor.flush();
  }

  /// The peer reads once.
  void readSome() {
    std::size_t before = peer->value().size();
    peer->resumeProducing();
    while (peer->value().size() == before) reactor.turn();
    peer->pauseProducing();
    reactor.flush();
  }

  End end;
  MemoryReactor reactor{{.cut = kWindow, .window = kWindow, .closingDeadline = kDeadline}};
  std::unique_ptr<MemoryPeer> peer;
};

TEST_F(ClosingDeadlineTest, WaitsForAPeerThatMayReadLater) {
  reactor.advance(kDeadline);
  EXPECT_EQ(end.losses, 0);
  peer->resumeProducing();
  reactor.flush();
  EXPECT_EQ(peer->value().size(), 5 * kWindow);
  ASSERT_EQ(end.losses, 1);
  EXPECT_TRUE(end.lost->check<ConnectionDone>());
}

TEST_F(ClosingDeadlineTest, AbortsWhenThePeerTakesNothingForTwoDeadlines) {
  reactor.pump({kDeadline, kDeadline});
  ASSERT_EQ(end.losses, 1);
  EXPECT_TRUE(end.lost->check<ConnectionLost>());
  EXPECT_EQ(end.lost->message(),
            "Connection to the other side was lost: it did not read what was left to send before "
            "the close.");
  reactor.flush();
  EXPECT_TRUE(end.destroyed);
}

TEST_F(ClosingDeadlineTest, APeerThatTakesALittleGetsMoreTime) {
  reactor.pump({kDeadline, kDeadline / 2});
  readSome();
  reactor.advance(kDeadline / 2);
  EXPECT_EQ(end.losses, 0);
  reactor.pump({kDeadline, kDeadline});
  EXPECT_EQ(end.losses, 1);
}

TEST_F(ClosingDeadlineTest, LeavesNoCallBehind) {
  reactor.pump({kDeadline, kDeadline, kDeadline});
  EXPECT_EQ(reactor.delayedCalls(), 0u);
}

/// Writes, closes, and has more to write much later.
class SlowProducer : public Protocol, private Producer {
 public:
  void connectionMade() override {
    transport().registerProducer(*this, true);
    transport().write(std::string(5 * kWindow, 'x'));
    transport().loseConnection();
    callLater(10 * kDeadline, [this] {
      transport().write("rest");
      transport().unregisterProducer();
    });
  }

 private:
  void resumeProducing() override {}
  void stopProducing() override {}
};

TEST(NoClosingDeadlineTest, APeerThatReadAllIsNotToBlameForASlowProducer) {
  MemoryReactor reactor({.window = kWindow, .closingDeadline = kDeadline});
  reactor.listenTCP(10000, Factory::forProtocol<SlowProducer>());
  MemoryPeer peer = reactor.tcpServers().at(0).connect();
  peer.pauseProducing();
  reactor.flush();
  peer.resumeProducing();
  for (int i = 0; i < 10; ++i) reactor.advance(kDeadline);
  reactor.flush();
  EXPECT_EQ(peer.value(), std::string(5 * kWindow, 'x') + "rest");
  EXPECT_TRUE(peer.inputEnded());
}

TEST(NoClosingDeadlineTest, ANegativeOneIsAnError) {
  EXPECT_THROW(LibeventReactor({.closingDeadline = -1ns}), std::invalid_argument);
  EXPECT_THROW(MemoryReactor({.closingDeadline = -1ns}), std::invalid_argument);
  EXPECT_NO_THROW(LibeventReactor({.closingDeadline = 0ns}));
}

TEST(NoClosingDeadlineTest, AConnectionThatIsNotBeingClosedWaitsForItsPeerForEver) {
  End end;
  end.onMade = [](Transport& transport) { transport.write(std::string(5 * kWindow, 'x')); };
  MemoryReactor reactor({.window = kWindow, .closingDeadline = kDeadline});
  reactor.listenTCP(10000, std::make_shared<ScriptedFactory>(end));
  MemoryPeer peer = reactor.tcpServers().at(0).connect();
  peer.pauseProducing();
  reactor.pump({kDeadline, kDeadline, kDeadline});
  EXPECT_EQ(end.losses, 0);
}

}  // namespace
}  // namespace couplet
