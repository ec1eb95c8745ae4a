// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What bounds the memory of WebSocketParsers, and that a steady stream of messages allocates
// nothing. Counts every `new` of this program.
#include <couplet/protocols/websocket/websocket_parser.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/websocket/detail/message_deflater.h>
#include <couplet/protocols/websocket/detail/message_inflater.h>

#include "frames.h"
#include "tests/protocols/support/counted_heap.h"

namespace couplet {
namespace {

using namespace frames;

constexpr std::size_t kRead = 65536;
constexpr std::size_t kMessageLimit = 1 << 20;

/// Of what is the same for each message that is not whole, however long.
constexpr std::size_t kLittle = 700;

/// What the thread keeps for the next message, at most.
constexpr std::size_t kSpare = 65536 + 1024 + kLittle;

class WebSocketParserMemoryTest : public ::testing::Test {
 protected:
  WebSocketParserMemoryTest() {
    takeAll(parser, fromClient(kText, "the first message of the thread"), kRead);
  }

  /// As a protocol does, in pieces; returns how many events there were.
  static std::size_t takeAll(WebSocketParser& parser, std::string_view bytes, std::size_t pieces) {
    std::size_t events = 0;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(pieces, bytes.size()))) {
      std::string_view piece = bytes.substr(0, pieces);
      while (parser.next(piece) != WebSocketEvent::kNeedMore) ++events;
      parser.release();
    }
    return events;
  }

  /// What comes after this is measured.
  void begin() {
    start_ = heap;
    heap.peak = heap.live;
  }
  std::size_t allocations() const { return heap.allocations - start_.allocations; }
  std::size_t live() const { return heap.live > start_.live ? heap.live - start_.live : 0; }
  std::size_t peak() const { return heap.peak - start_.live; }

  WebSocketParser parser{WebSocketSide::kServer, {.message = kMessageLimit}};
  WebSocketParser client{WebSocketSide::kClient, {.message = kMessageLimit}};

 private:
  CountedHeap start_ = heap;
};

std::string repeat(std::size_t times, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

/// The head, and what it takes to see that it is one, of a frame whose payload does not come.
std::string headOfAFrame(std::size_t length) {
  return head(kBinary, length, true).append(kKey) + "abc";
}

TEST_F(WebSocketParserMemoryTest, AParserIsSmall) { EXPECT_LE(sizeof(WebSocketParser), 64u); }

TEST_F(WebSocketParserMemoryTest, WholeMessagesAllocateNothing) {
  const std::string some = repeat(
      1000, fromClient(kText, "hello") + fromClient(kPing, "?") + fromClient(kBinary, "\xff"));
  const std::string others = repeat(1000, fromServer(kText, "hello") + fromServer(kPong, "?"));
  begin();
  EXPECT_EQ(takeAll(parser, some, some.size()), 3000u);
  EXPECT_EQ(takeAll(client, others, others.size()), 2000u);
  EXPECT_EQ(allocations(), 0u);
}

TEST_F(WebSocketParserMemoryTest, MessagesInPiecesAllocateNothingOnceTheThreadHasMemory) {
  const std::string some = repeat(20, fromClient(kText, std::string(100, 'x')));
  takeAll(parser, some, 7);
  begin();
  EXPECT_EQ(takeAll(parser, some, 7), 20u);
  EXPECT_EQ(allocations(), 0u);
}

TEST_F(WebSocketParserMemoryTest, LargeMessagesThatComeInTwoReadsUseTheSameMemory) {
  const std::string large = fromClient(kBinary, std::string(kRead, 'x'));
  takeAll(parser, large, kRead);
  begin();
  EXPECT_EQ(takeAll(parser, large, kRead), 1u);
  EXPECT_EQ(allocations(), 0u);
}

TEST_F(WebSocketParserMemoryTest, AnIdleConnectionHoldsNothing) {
  const std::string large = repeat(3, fromClient(kText, std::string(200'000, 'x')));
  const std::string others = repeat(3, fromServer(kText, std::string(200'000, 'x')));
  begin();
  EXPECT_EQ(takeAll(parser, large, 1000), 3u);
  EXPECT_EQ(takeAll(client, others, 1000), 3u);
  EXPECT_LE(live(), kSpare);
}

TEST_F(WebSocketParserMemoryTest, AConnectionThatNeedsMoreAndIsIdleHoldsNothing) {
  const std::string text = fromClient(kText, std::string(60'000, 'x'));
  std::vector<std::unique_ptr<WebSocketParser>> crowd;
  for (int i = 0; i < 100; ++i) {
    crowd.push_back(
        std::make_unique<WebSocketParser>(WebSocketSide::kServer, WebSocketParser::Limits{}));
  }
  begin();
  for (const auto& one : crowd) {
    std::string_view bytes = text;
    while (one->next(bytes) != WebSocketEvent::kNeedMore) {
    }
  }
  EXPECT_LE(live(), kSpare);
}

TEST_F(WebSocketParserMemoryTest, ALengthAloneTakesNoMemory) {
  const std::string toServer = headOfAFrame(kMessageLimit);
  const std::string toClient = head(kText, kMessageLimit, false) + "abc";
  begin();
  takeAll(parser, toServer, kRead);
  EXPECT_LT(peak(), kLittle);
  takeAll(client, toClient, kRead);
  EXPECT_LT(peak(), 2 * kLittle);
}

TEST_F(WebSocketParserMemoryTest, AMessageTakesAtMostTwiceWhatCame) {
  const std::string bytes = fromClient(kText, std::string(kMessageLimit, 'x'));
  std::size_t came = 0;
  begin();
  for (std::size_t piece = 1; came < bytes.size(); piece = piece * 5 / 4 + 1) {
    const std::string_view next = std::string_view(bytes).substr(came, piece);
    came += next.size();
    takeAll(parser, next, kRead);
    ASSERT_LE(live(), 2 * came + kLittle) << came;
  }
  EXPECT_EQ(live(), 0u);
}

TEST_F(WebSocketParserMemoryTest, AMessageThatComesByteByByteIsMovedFewTimes) {
  const std::string bytes = fromClient(kText, std::string(100'000, 'x'));
  begin();
  EXPECT_EQ(takeAll(parser, bytes, 1), 1u);
  EXPECT_LT(allocations(), 20u);
}

TEST_F(WebSocketParserMemoryTest, TheLastFrameOfAMessageIsGivenRoomOnce) {
  const std::string bytes = fromClient(kBinary, std::string(300'000, 'x'));
  begin();
  EXPECT_EQ(takeAll(parser, bytes, 200'000), 1u);
  EXPECT_LE(allocations(), 2u);
  EXPECT_LT(peak(), 300'000 + kLittle);
}

TEST_F(WebSocketParserMemoryTest, SlowConnectionsDoNotHoldTheMemoryOfLargeMessages) {
  const std::string large = fromClient(kBinary, std::string(60'000, 'x'));
  const std::string slow = headOfAFrame(1000);
  std::vector<std::unique_ptr<WebSocketParser>> crowd;
  crowd.reserve(100);
  begin();
  for (int i = 0; i < 100; ++i) {
    takeAll(parser, large, kRead + 100);
    crowd.push_back(
        std::make_unique<WebSocketParser>(WebSocketSide::kServer, WebSocketParser::Limits{}));
    takeAll(*crowd.back(), slow, kRead);
  }
  EXPECT_LT(live(), 100 * kLittle + kSpare);
}

TEST_F(WebSocketParserMemoryTest, AFrameThatBeginsBehindALargeOneDoesNotHoldItsMemory) {
  const std::string bytes = fromClient(kBinary, std::string(60'000, 'x')) + headOfAFrame(1000);
  begin();
  std::string_view rest = bytes;
  EXPECT_EQ(parser.next(rest), WebSocketEvent::kBinary);
  EXPECT_EQ(parser.next(rest), WebSocketEvent::kNeedMore);
  {
    WebSocketParser next(WebSocketSide::kServer, {});  // takes what was given back
    std::string_view large = bytes;
    EXPECT_EQ(next.next(large), WebSocketEvent::kBinary);
  }
  EXPECT_LT(live(), kSpare + kLittle);
}

TEST_F(WebSocketParserMemoryTest, EmptyFragmentsTakeNoMemory) {
  const std::string flood =
      fromClient(unfinished(kText), "") + repeat(10'000, fromClient(unfinished(kContinuation), ""));
  begin();
  takeAll(parser, flood, 1000);
  EXPECT_LT(peak(), kLittle);
}

TEST_F(WebSocketParserMemoryTest, WhatFollowsTheLastFrameTakesNoMemory) {
  const std::string bytes = fromClient(kClose, "") + std::string(1'000'000, 'x');
  const std::string refused = "\xff" + std::string(1'000'000, 'x');
  begin();
  EXPECT_EQ(takeAll(parser, bytes, 1000), 1u);
  EXPECT_EQ(takeAll(client, refused, 1000), 1u);
  EXPECT_LT(peak(), 2 * kLittle);
}

TEST_F(WebSocketParserMemoryTest, CompressedMessagesAllocateNothingInBetween) {
  parser.inflateWith(std::make_unique<detail::MessageInflater>(15, true));
  detail::MessageDeflater deflater(15, true, 6, 8);
  std::string frames;
  for (int i = 0; i < 20; ++i) {
    std::string payload;
    deflater.deflate("the same again and again and again", true, payload);
    frames += fromClient(compressed(kText), payload);
  }
  const std::string_view all = frames;
  takeAll(parser, all.substr(0, frames.size() / 2), kRead);
  begin();
  takeAll(parser, all.substr(frames.size() / 2), kRead);
  EXPECT_EQ(allocations(), 0u);
}

}  // namespace
}  // namespace couplet
