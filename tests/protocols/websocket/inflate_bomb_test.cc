// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages that are small on the wire and large when they are inflated: never more is made of them
// than the limit.
#include <couplet/protocols/websocket/detail/message_inflater.h>

#include <cstddef>
#include <string>
#include <string_view>

#include <gmock/gmock.h>

#include "tests/protocols/support/counted_heap.h"
#include "tests/protocols/websocket/deflating.h"

namespace couplet {
namespace {

using detail::Inflated;
using detail::MessageInflater;
using testing::deflated;
using testing::inflated;
using testing::someNoise;
using testing::someText;

constexpr std::size_t kMiB = 1024 * 1024;

/// 64 MiB in some 64 KiB, beginning with `text`.
std::string bomb(std::string_view text = "") {
  return deflated(std::string(text) + std::string(64 * kMiB, '\0'));
}

TEST(InflateBombTest, IsTooLong) {
  MessageInflater inflater(15, true);
  std::string out;
  EXPECT_EQ(inflater.inflate(bomb(), out, kMiB), Inflated::kTooLong);
  EXPECT_LE(out.size(), kMiB);
}

TEST(InflateBombTest, TakesNoMoreMemoryThanTheLimitTwice) {
  const std::string payload = bomb();
  MessageInflater inflater(15, true);
  std::string out;
  const std::size_t before = heap.live;
  heap.peak = heap.live;
  EXPECT_EQ(inflater.inflate(payload, out, 1000000), Inflated::kTooLong);
  EXPECT_LE(heap.peak - before, 2000000u + 50000);  // what was, what is, and what inflates
  EXPECT_LE(out.capacity(), 1000000u);
}

TEST(InflateBombTest, IsTooLongInPieces) {
  const std::string payload = bomb();
  MessageInflater inflater(15, true);
  std::string out;
  Inflated result = Inflated::kTaken;
  std::size_t pieces = 0;
  for (std::string_view rest = payload; result == Inflated::kTaken && !rest.empty(); ++pieces) {
    result = inflater.inflate(rest.substr(0, 100), out, kMiB);
    rest.remove_prefix(std::min<std::size_t>(100, rest.size()));
  }
  EXPECT_EQ(result, Inflated::kTooLong);
  EXPECT_LT(pieces, payload.size() / 100 / 32);
}

TEST(InflateBombTest, AMessageOfTheLimitIsTakenAndOneMoreByteIsNot) {
  for (const std::size_t size : {0, 1, 100, 16383, 16384, 16385, 32768, 100000}) {
    for (const std::string& message : {someText(size), someNoise(size)}) {
      ASSERT_TRUE(inflated(deflated(message), size)) << size;
      ASSERT_FALSE(inflated(deflated(message + 'a'), size)) << size;
    }
  }
}

TEST(InflateBombTest, WhatIsThereAlreadyCounts) {
  MessageInflater inflater(15, false);
  std::string out(90, 'a');
  EXPECT_EQ(inflater.inflate(deflated("ten bytes."), out, 100), Inflated::kTaken);
  EXPECT_EQ(inflater.finish(out, 100), Inflated::kTaken);
  EXPECT_EQ(inflater.inflate(deflated("1"), out, 100), Inflated::kTooLong);
}

TEST(InflateBombTest, ManyFinalBlocksTakeNoMemory) {
  std::string blocks;
  for (int i = 0; i < 300000; ++i) blocks.append("\x03\x00", 2);  // empty, of a fixed code
  MessageInflater inflater(15, true);
  std::string out;
  EXPECT_EQ(inflater.inflate(blocks, out, kMiB), Inflated::kTaken);
  EXPECT_EQ(inflater.finish(out, kMiB), Inflated::kTaken);
  EXPECT_EQ(out, "");
}

TEST(InflateBombTest, TheNextMessageOfAnotherIsNotTouched) {
  {
    MessageInflater inflater(15, false);
    std::string out;
    ASSERT_EQ(inflater.inflate(bomb("secret"), out, kMiB), Inflated::kTooLong);
  }
  MessageInflater another(15, false);
  EXPECT_EQ(inflated(another, std::string("\x02\x13\x00", 3)), std::nullopt);  // refers back
  MessageInflater third(15, false);
  EXPECT_THAT(inflated(third, deflated("Hello")), ::testing::Optional(std::string("Hello")));
}

}  // namespace
}  // namespace couplet
