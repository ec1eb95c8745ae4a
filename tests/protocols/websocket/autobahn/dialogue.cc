// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "tests/protocols/websocket/autobahn/dialogue.h"

#include <gmock/gmock.h>

namespace couplet::autobahn {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

namespace {

constexpr std::uint16_t kNoCode = 1005;  // of a Close frame that says none: RFC 6455, 7.1.5

std::uint16_t codeOf(const Frame& close) {
  if (close.payload.empty()) return kNoCode;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(close.payload.at(i)); };
  return static_cast<std::uint16_t>(byte(0) << 8 | byte(1));
}

bool isClose(const std::vector<Frame>& frames) {
  return !frames.empty() && frames.back().first == frames::kClose;
}

void send(Peer& peer, const std::vector<Frame>& frames, How how) {
  if (how.cut > 0) peer.cutInto(how.cut);
  how.oneByOne ? peer.sendOneByOne(frames) : peer.send(frames);
}

}  // namespace

std::vector<Row> joined(const std::vector<std::vector<Row>>& tables) {
  std::vector<Row> all;
  for (const std::vector<Row>& table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

WebSocketOptions roomy() {
  WebSocketOptions options;
  options.messageLimit = 16 * 1024 * 1024;
  return options;
}

void converse(const OnSide<Row>& one) {
  Peer peer(one.side, roomy());
  peer.shakeHands();
  std::vector<Frame> lastHeard;
  for (const Turn& turn : one.row.turns) {
    send(peer, turn.sent, one.row.how);
    ASSERT_THAT(peer.hear(), ElementsAreArray(turn.answer));
    if (!turn.answer.empty()) lastHeard = turn.answer;
  }
  isClose(lastHeard) ? expectEnd(peer, lastHeard.back()) : closeNormally(peer);
}

void closeNormally(Peer& peer) {
  ASSERT_FALSE(peer.itHungUp());
  peer.send({closing(1000)});
  ASSERT_THAT(peer.hear(), ElementsAre(closing(1000)));
  expectEnd(peer, closing(1000));
}

/// RFC 6455, 7.1.1: of two that have shut hands the server hangs up first; and 7.1.7: who refuses
/// does not wait.
void expectEnd(Peer& peer, const Frame& last) {
  const bool clean = !last.anyText;
  const bool waits = clean && peer.itsSide() == WebSocketSide::kClient;
  ASSERT_EQ(peer.itHungUp(), !waits);
  peer.hangUp();
  ASSERT_TRUE(peer.told().closed);
  const WebSocketClosed& why = *peer.told().closed;
  EXPECT_EQ(why.reason().code(), codeOf(last));
  EXPECT_EQ(why.wasClean(), clean);
  EXPECT_EQ(why.by(), clean ? WebSocketClosed::By::kOtherSide : WebSocketClosed::By::kThisSide);
  EXPECT_THAT(peer.hear(), ElementsAre());
  EXPECT_EQ(peer.told().timesOpened, 1);
}

}  // namespace couplet::autobahn
