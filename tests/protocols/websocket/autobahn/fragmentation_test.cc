// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Group 5: messages in several frames, with control frames between them. RFC 6455, 5.4.
#include "tests/protocols/websocket/autobahn/dialogue.h"

namespace couplet::autobahn {
namespace {

using ::testing::TestWithParam;
using ::testing::ValuesIn;

class FragmentationTest : public TestWithParam<OnSide<Row>> {};

TEST_P(FragmentationTest, JoinsWhatBelongsTogether) { converse(GetParam()); }

// A control frame is whole.
const std::vector<Row> kControlFragments = {
    {"5.1", {{0x09, "a ping "}, last("in two")}, {refused(1002)}},
    {"5.2", {{0x0a, "a pong "}, last("in two")}, {refused(1002)}},
};

const std::vector<Frame> kTwo = {opening("one, "), last("two")};
const std::vector<Frame> kTwoAndPing = {opening("one, "), ping("between"), last("two")};

// A ping between two fragments is answered before their message.
const std::vector<Row> kTwoFragments = {
    {"5.3", kTwo, {text("one, two")}},
    {"5.4", kTwo, {text("one, two")}, kOneByOne},
    {"5.5", kTwo, {text("one, two")}, inPiecesOf(1)},
    {"5.6", kTwoAndPing, {pong("between"), text("one, two")}},
    {"5.7", kTwoAndPing, {pong("between"), text("one, two")}, kOneByOne},
    {"5.8", kTwoAndPing, {pong("between"), text("one, two")}, inPiecesOf(1)},
};

const std::vector<Frame> kLastOfNone = {last("of what?"), text("a message")};
const std::vector<Frame> kMoreOfNone = {more("of what?"), text("a message")};

// A continuation goes on with something; another message begins when the one before it is over.
const std::vector<Row> kOutOfOrder = {
    {"5.9", kLastOfNone, {refused(1002)}},
    {"5.10", kLastOfNone, {refused(1002)}, kOneByOne},
    {"5.11", kLastOfNone, {refused(1002)}, inPiecesOf(1)},
    {"5.12", kMoreOfNone, {refused(1002)}},
    {"5.13", kMoreOfNone, {refused(1002)}, kOneByOne},
    {"5.14", kMoreOfNone, {refused(1002)}, inPiecesOf(1)},
    {"5.15",
     {opening("one, "), last("two"), more("three, "), text("four")},
     {text("one, two"), refused(1002)}},
    {"5.16",
     {more("one, "), opening("two, "), last("three"), more("one, "), opening("two, "),
      last("three")},
     {refused(1002)}},
    {"5.17",
     {last("one, "), opening("two, "), last("three"), last("one, "), opening("two, "),
      last("three")},
     {refused(1002)}},
    {"5.18", {opening("one, "), text("two")}, {refused(1002)}},
};

// The first ping is answered while the message is not there.
const std::vector<Turn> kFiveWithPings = {
    {{opening("one, "), more("two, "), ping("after two")}, {pong("after two")}},
    {{more("three, "), more("four, "), ping("after four"), last("five")},
     {pong("after four"), text("one, two, three, four, five")}},
};

const std::vector<Row> kFiveFragments = {
    {"5.19", kFiveWithPings},
    {"5.20", kFiveWithPings, kOneByOne},
};

const std::vector<Row> kRows =
    joined({kControlFragments, kTwoFragments, kOutOfOrder, kFiveFragments});

INSTANTIATE_TEST_SUITE_P(Server, FragmentationTest, ValuesIn(on(WebSocketSide::kServer, kRows)),
                         nameOf<Row>);
INSTANTIATE_TEST_SUITE_P(Client, FragmentationTest, ValuesIn(on(WebSocketSide::kClient, kRows)),
                         nameOf<Row>);

}  // namespace
}  // namespace couplet::autobahn
