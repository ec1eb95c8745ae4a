// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Groups 9 and 10: long messages, in frames and pieces of all sizes, and many of them.
#include <gmock/gmock.h>

#include "tests/protocols/websocket/autobahn/dialogue.h"

namespace couplet::autobahn {
namespace {

using frames::kBinary;
using frames::kText;
using ::testing::ElementsAre;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;

/// What becomes of a message on its way.
struct Way {
  std::size_t fragment = SIZE_MAX;  // bytes of a frame
  std::size_t cut = 64 * kKiB;      // bytes that arrive at once
  int times = 1;                    // each when the one before it has come back
};

struct Load {
  std::string number;
  unsigned first;
  std::size_t size;
  Way way{};
};

// One frame, of up to 16 MiB.
const std::vector<Load> kFrames = {
    {"9.1.1", kText, 64 * kKiB},   {"9.1.2", kText, 256 * kKiB},   {"9.1.3", kText, 1 * kMiB},
    {"9.1.4", kText, 4 * kMiB},    {"9.1.5", kText, 8 * kMiB},     {"9.1.6", kText, 16 * kMiB},
    {"9.2.1", kBinary, 64 * kKiB}, {"9.2.2", kBinary, 256 * kKiB}, {"9.2.3", kBinary, 1 * kMiB},
    {"9.2.4", kBinary, 4 * kMiB},  {"9.2.5", kBinary, 8 * kMiB},   {"9.2.6", kBinary, 16 * kMiB},
};

// Fragments of one size. What a frame costs must not grow with what came before it.
const std::vector<Load> kFragments = {
    {"9.3.1", kText, 4 * kMiB, {.fragment = 64}},
    {"9.3.2", kText, 4 * kMiB, {.fragment = 256}},
    {"9.3.3", kText, 4 * kMiB, {.fragment = 1 * kKiB}},
    {"9.3.4", kText, 4 * kMiB, {.fragment = 4 * kKiB}},
    {"9.3.5", kText, 4 * kMiB, {.fragment = 16 * kKiB}},
    {"9.3.6", kText, 4 * kMiB, {.fragment = 64 * kKiB}},
    {"9.3.7", kText, 4 * kMiB, {.fragment = 256 * kKiB}},
    {"9.3.8", kText, 4 * kMiB, {.fragment = 1 * kMiB}},
    {"9.3.9", kText, 4 * kMiB, {.fragment = 4 * kMiB}},
    {"9.4.1", kBinary, 4 * kMiB, {.fragment = 64}},
    {"9.4.2", kBinary, 4 * kMiB, {.fragment = 256}},
    {"9.4.3", kBinary, 4 * kMiB, {.fragment = 1 * kKiB}},
    {"9.4.4", kBinary, 4 * kMiB, {.fragment = 4 * kKiB}},
    {"9.4.5", kBinary, 4 * kMiB, {.fragment = 16 * kKiB}},
    {"9.4.6", kBinary, 4 * kMiB, {.fragment = 64 * kKiB}},
    {"9.4.7", kBinary, 4 * kMiB, {.fragment = 256 * kKiB}},
    {"9.4.8", kBinary, 4 * kMiB, {.fragment = 1 * kMiB}},
    {"9.4.9", kBinary, 4 * kMiB, {.fragment = 4 * kMiB}},
    {"10.1.1", kText, 64 * kKiB, {.fragment = 1300}},
};

// Pieces of one size, as a network may cut a frame.
const std::vector<Load> kPieces = {
    {"9.5.1", kText, kMiB, {.cut = 64}},         {"9.5.2", kText, kMiB, {.cut = 128}},
    {"9.5.3", kText, kMiB, {.cut = 256}},        {"9.5.4", kText, kMiB, {.cut = 512}},
    {"9.5.5", kText, kMiB, {.cut = 1 * kKiB}},   {"9.5.6", kText, kMiB, {.cut = 2 * kKiB}},
    {"9.6.1", kBinary, kMiB, {.cut = 64}},       {"9.6.2", kBinary, kMiB, {.cut = 128}},
    {"9.6.3", kBinary, kMiB, {.cut = 256}},      {"9.6.4", kBinary, kMiB, {.cut = 512}},
    {"9.6.5", kBinary, kMiB, {.cut = 1 * kKiB}}, {"9.6.6", kBinary, kMiB, {.cut = 2 * kKiB}},
};

// To and fro.
const std::vector<Load> kRoundTrips = {
    {"9.7.1", kText, 0, {.times = 1000}},          {"9.7.2", kText, 16, {.times = 1000}},
    {"9.7.3", kText, 64, {.times = 1000}},         {"9.7.4", kText, 256, {.times = 1000}},
    {"9.7.5", kText, 1 * kKiB, {.times = 1000}},   {"9.7.6", kText, 4 * kKiB, {.times = 1000}},
    {"9.8.1", kBinary, 0, {.times = 1000}},        {"9.8.2", kBinary, 16, {.times = 1000}},
    {"9.8.3", kBinary, 64, {.times = 1000}},       {"9.8.4", kBinary, 256, {.times = 1000}},
    {"9.8.5", kBinary, 1 * kKiB, {.times = 1000}}, {"9.8.6", kBinary, 4 * kKiB, {.times = 1000}},
};

std::vector<Load> allLoads() {
  std::vector<Load> all;
  for (const auto* loads : {&kFrames, &kFragments, &kPieces, &kRoundTrips}) {
    all.insert(all.end(), loads->begin(), loads->end());
  }
  return all;
}

const std::vector<Load> kLoads = allLoads();

class SizeTest : public TestWithParam<OnSide<Load>> {};

TEST_P(SizeTest, ComesBackInOneFrame) {
  const Load& load = GetParam().row;
  const Way& way = load.way;
  const std::string_view pattern = load.first == kText ? "to be, or " : "\xfe\x01\x80\xff\x7f";
  const Frame whole{load.first, repeated(pattern, load.size)};
  Peer peer(GetParam().side, roomy());
  peer.shakeHands();
  peer.cutInto(way.cut);
  for (int i = 0; i < way.times; ++i) {
    peer.send(fragmented(whole.first, whole.payload, way.fragment));
    ASSERT_THAT(peer.hear(), ElementsAre(whole));
  }
  closeNormally(peer);
}

INSTANTIATE_TEST_SUITE_P(Server, SizeTest, ValuesIn(on(WebSocketSide::kServer, kLoads)),
                         nameOf<Load>);
INSTANTIATE_TEST_SUITE_P(Client, SizeTest, ValuesIn(on(WebSocketSide::kClient, kLoads)),
                         nameOf<Load>);

}  // namespace
}  // namespace couplet::autobahn
