// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// One connection's share of a turn: a peer that floods the reactor does not keep others waiting.
// Turns are counted, not time.
#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include "loopback.h"
#include "raw_peer.h"

namespace couplet {
namespace {

class FairnessTest : public LoopbackTest {
 protected:
  /// Begins to count turns, and to flood in each.
  void flood() {
    server.onData = [this](Transport&, std::string_view bytes) {
      server.received.clear();
      if (bytes.size() >= 4 && bytes.substr(0, 4) == "ping") {
        answeredIn = turns;
        return;
      }
      bytesInTurn += bytes.size();
    };
    countTurns();
  }
  void countTurns() {
    ++turns;
    mostBytes = std::max(mostBytes, std::exchange(bytesInTurn, 0));
    flooded += flooder->send(much);
    reactor->callLater(0s, [this] { countTurns(); });
  }

  const std::string much = std::string(4'000'000, 'm');
  std::optional<RawPeer> flooder;
  std::size_t flooded = 0;
  std::size_t bytesInTurn = 0;
  std::size_t mostBytes = 0;
  int turns = 0;
  int answeredIn = 0;
};

TEST_F(FairnessTest, AConnectionIsReadForAtMost256KiBInATurn) {
  listen();
  flooder.emplace(port->getHost().port);
  whenMade([this] { flood(); });
  runUntil([this] { return flooded > 64'000'000; });
  EXPECT_GT(mostBytes, 200u * 1024);
  EXPECT_LE(mostBytes, 256u * 1024);
}

TEST_F(FairnessTest, APingBesideAFloodIsReadInTheNextTurn) {
  listen();
  flooder.emplace(port->getHost().port);
  RawPeer pinger(port->getHost().port);
  int slowest = 0;
  int pings = 0;
  std::function<void()> ping = [&] {
    int sentIn = turns;
    answeredIn = 0;
    pinger.send("ping");
    when([this] { return answeredIn > 0; },
         [&, sentIn] {
           slowest = std::max(slowest, answeredIn - sentIn);
           if (++pings < 50) ping();
         });
  };
  when([this] { return server.made == 2; },
       [&] {
         flood();
         ping();
       });
  runUntil([&] { return pings == 50; });
  EXPECT_GT(flooded, 1'000'000u);
  EXPECT_LE(slowest, 1);
}

TEST_F(FairnessTest, APauseGivesAConnectionNoSecondShareOfTheTurn) {
  listen();
  flooder.emplace(port->getHost().port);
  whenMade([this] { countTurns(); });
  server.onData = [this](Transport& transport, std::string_view bytes) {
    server.received.clear();
    bytesInTurn += bytes.size();
    if (bytesInTurn < 190'000) return;
    transport.pauseProducing();
    transport.resumeProducing();
  };
  runUntil([this] { return flooded > 64'000'000; });
  EXPECT_GT(mostBytes, 180u * 1024);
  EXPECT_LE(mostBytes, 256u * 1024);
}

/// The reads of one turn, of a peer whose bytes come in small pieces.
TEST_F(FairnessTest, AConnectionIsReadAtMost16TimesInATurn) {
  int readsInTurn = 0;
  int mostReads = 0;
  listen();
  flooder.emplace(port->getHost().port);
  server.onData = [&, this](Transport&, std::string_view) {
    ++readsInTurn;
    server.received.clear();
    flooder->send("another piece");
  };
  std::function<void()> countTurn = [&] {
    ++turns;
    mostReads = std::max(mostReads, std::exchange(readsInTurn, 0));
    reactor->callLater(0s, countTurn);
  };
  whenMade([&] {
    flooder->send("the first piece");
    countTurn();
  });
  runUntil([&] { return turns > 200; });
  EXPECT_GT(mostReads, 10);
  EXPECT_LE(mostReads, 16);
}

}  // namespace
}  // namespace couplet
