// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Groups 1 to 4: lengths of frames, pings and pongs, reserved bits and opcodes. RFC 6455, 5.2, 5.5.
#include "tests/protocols/websocket/autobahn/dialogue.h"

namespace couplet::autobahn {
namespace {

using namespace std::literals;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

class FramingTest : public TestWithParam<OnSide<Row>> {};

TEST_P(FramingTest, AnswersEachFrameAsItShould) { converse(GetParam()); }

std::string stars(std::size_t size) { return repeated("*", size); }
std::string bytes(std::size_t size) { return repeated("\xfe", size); }

// RFC 6455, 5.2: the three forms of a length, and what lies on both sides of their bounds.
const std::vector<Row> kLengths = {
    {"1.1.1", {text("")}, {text("")}},
    {"1.1.2", {text(stars(125))}, {text(stars(125))}},
    {"1.1.3", {text(stars(126))}, {text(stars(126))}},
    {"1.1.4", {text(stars(127))}, {text(stars(127))}},
    {"1.1.5", {text(stars(128))}, {text(stars(128))}},
    {"1.1.6", {text(stars(65535))}, {text(stars(65535))}},
    {"1.1.7", {text(stars(65536))}, {text(stars(65536))}},
    {"1.1.8", {text(stars(65536))}, {text(stars(65536))}, inPiecesOf(997)},
    {"1.2.1", {binary("")}, {binary("")}},
    {"1.2.2", {binary(bytes(125))}, {binary(bytes(125))}},
    {"1.2.3", {binary(bytes(126))}, {binary(bytes(126))}},
    {"1.2.4", {binary(bytes(127))}, {binary(bytes(127))}},
    {"1.2.5", {binary(bytes(128))}, {binary(bytes(128))}},
    {"1.2.6", {binary(bytes(65535))}, {binary(bytes(65535))}},
    {"1.2.7", {binary(bytes(65536))}, {binary(bytes(65536))}},
    {"1.2.8", {binary(bytes(65536))}, {binary(bytes(65536))}, inPiecesOf(997)},
};

const std::string kOctets = "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"s;

std::vector<Frame> ten(Frame make(std::string_view)) {
  std::vector<Frame> frames;
  for (int i = 0; i < 10; ++i) frames.push_back(make("number " + std::to_string(i)));
  return frames;
}

// 5.5.2, 5.5.3: a ping is answered with what it carries, of up to 125 bytes; a pong is not.
const std::vector<Row> kPings = {
    {"2.1", {ping("")}, {pong("")}},
    {"2.2", {ping("are you there?")}, {pong("are you there?")}},
    {"2.3", {ping(kOctets)}, {pong(kOctets)}},
    {"2.4", {ping(bytes(125))}, {pong(bytes(125))}},
    {"2.5", {ping(bytes(126))}, {refused(1002)}},
    {"2.6", {ping(bytes(125))}, {pong(bytes(125))}, inPiecesOf(1)},
    {"2.7", {pong("")}, {}},
    {"2.8", {pong("nobody asked")}, {}},
    {"2.9", {pong("nobody asked"), ping("and now?")}, {pong("and now?")}},
    {"2.10", ten(ping), ten(pong)},
    {"2.11", ten(ping), ten(pong), inPiecesOf(1)},
};

const Frame kGood = text("all is well");

/// What is sent when the second of three frames is one of `first`.
std::vector<Frame> between(unsigned first, std::string_view payload = "all is well") {
  return {kGood, {first, std::string(payload)}, ping("")};
}

// 5.2: RSV1 to RSV3 mean nothing without an extension; what was good before them is answered.
const std::vector<Row> kReservedBits = {
    {"3.1", {{0x91, "all is well"}}, {refused(1002)}},
    {"3.2", between(0xa1), {kGood, refused(1002)}},
    {"3.3", between(0xb1), {kGood, refused(1002)}, kOneByOne},
    {"3.4", between(0xc1), {kGood, refused(1002)}, inPiecesOf(1)},
    {"3.5", {{0xd2, kOctets}}, {refused(1002)}},
    {"3.6", {{0xe2, kOctets}}, {refused(1002)}},
    {"3.7", {{0xf8, ""}}, {refused(1002)}},
};

// 5.2: opcodes 3 to 7 and 11 to 15 are reserved.
const std::vector<Row> kReservedOpcodes = {
    {"4.1.1", {{0x83, ""}}, {refused(1002)}},
    {"4.1.2", {{0x84, "of what kind?"}}, {refused(1002)}},
    {"4.1.3", between(0x85, ""), {kGood, refused(1002)}},
    {"4.1.4", between(0x86), {kGood, refused(1002)}},
    {"4.1.5", between(0x87), {kGood, refused(1002)}, inPiecesOf(1)},
    {"4.2.1", {{0x8b, ""}}, {refused(1002)}},
    {"4.2.2", {{0x8c, "of what kind?"}}, {refused(1002)}},
    {"4.2.3", between(0x8d, ""), {kGood, refused(1002)}},
    {"4.2.4", between(0x8e), {kGood, refused(1002)}},
    {"4.2.5", between(0x8f), {kGood, refused(1002)}, inPiecesOf(1)},
};

const std::vector<Row> kRows = joined({kLengths, kPings, kReservedBits, kReservedOpcodes});

INSTANTIATE_TEST_SUITE_P(Server, FramingTest, ValuesIn(on(WebSocketSide::kServer, kRows)),
                         nameOf<Row>);
INSTANTIATE_TEST_SUITE_P(Client, FramingTest, ValuesIn(on(WebSocketSide::kClient, kRows)),
                         nameOf<Row>);

}  // namespace
}  // namespace couplet::autobahn
