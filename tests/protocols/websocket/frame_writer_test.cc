// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/frame_writer.h>

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <couplet/protocols/websocket/detail/chacha20.h>

#include "frames.h"

namespace couplet::detail {
namespace {

using namespace frames;

constexpr std::array<std::uint8_t, 4> kMask{0x37, 0xfa, 0x21, 0x3d};

TEST(FrameWriterTest, WritesTheExamplesOfTheRFC) {
  EXPECT_EQ(FrameHead({}, 5).view(), "\x81\x05");
  EXPECT_EQ(FrameHead({.last = false}, 3).view(), "\x01\x03");
  EXPECT_EQ(FrameHead({Opcode::kContinuation}, 2).view(), "\x80\x02");
  EXPECT_EQ(FrameHead({Opcode::kBinary}, 256).view(), "\x82\x7e\x01\0"s);
  EXPECT_EQ(FrameHead({Opcode::kBinary}, 65536).view(), "\x82\x7f\0\0\0\0\0\1\0\0"s);
  std::string out;
  appendMasked(out, {}, "Hello", kMask);
  EXPECT_EQ(out, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST(FrameWriterTest, WritesEachLengthInItsShortestForm) {
  for (const std::uint64_t length :
       {0ull, 1ull, 125ull, 126ull, 127ull, 65535ull, 65536ull, 1ull << 40}) {
    EXPECT_EQ(FrameHead({Opcode::kBinary}, length).view(), head(kBinary, length, false)) << length;
    EXPECT_EQ(FrameHead({Opcode::kBinary}, length, kMask).view(),
              head(kBinary, length, true).append(kKey))
        << length;
  }
}

TEST(FrameWriterTest, WritesEachOpcodeAndBit) {
  EXPECT_EQ(FrameHead({Opcode::kClose}, 0).view(), "\x88\0"sv);
  EXPECT_EQ(FrameHead({Opcode::kPing}, 0).view(), "\x89\0"sv);
  EXPECT_EQ(FrameHead({Opcode::kPong}, 0).view(), "\x8a\0"sv);
  EXPECT_EQ(FrameHead({Opcode::kText, true, true}, 0).view(), "\xc1\0"sv);
  EXPECT_EQ(FrameHead({Opcode::kBinary, false, true}, 0).view(), "\x42\0"sv);
}

TEST(FrameWriterTest, AppendsMaskedFramesOfAnyLength) {
  std::string out, expected;
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string payload(size, 'x');
    appendMasked(out, {}, payload, kMask);
    expected += fromClient(frames::kText, payload);
  }
  EXPECT_EQ(out, expected);
}

/// RFC 8439, 2.3.2.
TEST(FrameWriterTest, MasksComeFromChaCha20) {
  const ChaChaState state{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0x03020100, 0x07060504,
                          0x0b0a0908, 0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c,
                          0x00000001, 0x09000000, 0x4a000000, 0x00000000};
  const ChaChaState block{0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
                          0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
                          0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
  EXPECT_EQ(chaCha20Block(state), block);
}

TEST(FrameWriterTest, NewMasksAreNotThoseBefore) {
  std::set<std::array<std::uint8_t, 4>> masks;
  const auto takeMany = [&] {
    for (int i = 0; i < 1000; ++i) masks.insert(newMask());
  };
  takeMany();
  std::thread(takeMany).join();
  EXPECT_GT(masks.size(), 1990u);  // of 2^32 two are the same once in a thousand runs
}

TEST(FrameWriterTest, NewMasksHaveEachBitInHalfOfThem) {
  std::array<int, 32> ones{};
  constexpr int kMany = 4096;
  for (int i = 0; i < kMany; ++i) {
    const auto mask = newMask();
    for (std::size_t bit = 0; bit < ones.size(); ++bit) ones[bit] += mask[bit / 8] >> bit % 8 & 1;
  }
  for (const int count : ones) {
    EXPECT_GT(count, kMany / 2 - 400);  // more than twelve standard deviations
    EXPECT_LT(count, kMany / 2 + 400);
  }
}

}  // namespace
}  // namespace couplet::detail
