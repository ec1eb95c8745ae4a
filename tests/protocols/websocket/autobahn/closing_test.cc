// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Group 7: the closing handshake, what a Close frame may carry, and its codes. RFC 6455, 5.5.1, 7.
#include "tests/protocols/websocket/autobahn/dialogue.h"

namespace couplet::autobahn {
namespace {

using namespace std::literals;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

class ClosingTest : public TestWithParam<OnSide<Row>> {};

TEST_P(ClosingTest, EndsAsTheCloseFrameSays) { converse(GetParam()); }

Frame closeWith(std::string_view payload) { return {frames::kClose, std::string(payload)}; }

const std::string kLong = repeated("a rather long one. ", 256 * 1024);

// 5.5.1: nothing follows a Close frame. What came whole before it is answered before it.
const std::vector<Row> kHandshakes = {
    {"7.1.1", {text("a message")}, {text("a message")}},
    {"7.1.2", {closing(1000), closeWith("")}, {closing(1000)}},
    {"7.1.3", {closing(1000), ping("")}, {closing(1000)}},
    {"7.1.4", {closing(1000), text("too late")}, {closing(1000)}},
    {"7.1.5", {opening("not all"), closing(1000), last(" of it")}, {closing(1000)}},
    {"7.1.6",
     {text(kLong), text("a short one"), closing(1000), ping("")},
     {text(kLong), text("a short one"), closing(1000)}},
};

// 5.5.1: no payload, or a code of two bytes and a text in UTF-8, of up to 125 bytes in all. What
// came is the answer, but for the text.
const std::vector<Row> kPayloads = {
    {"7.3.1", {closeWith("")}, {closeWith("")}},
    {"7.3.2", {closeWith("\x03")}, {refused(1002)}},
    {"7.3.3", {closing(1000)}, {closing(1000)}},
    {"7.3.4", {closing(1000, "that is all")}, {closing(1000, "that is all")}},
    {"7.3.5", {closing(1000, repeated("*", 123))}, {closing(1000, repeated("*", 123))}},
    {"7.3.6", {closing(1000, repeated("*", 124))}, {refused(1002)}},
    {"7.5.1", {closing(1000, "all is \xed\xa0\x80 done")}, {refused(1007)}},
};

Row saying(const char* number, std::uint16_t code) {
  return {number, {closing(code)}, {closing(code)}};
}

// 7.4.1, 7.4.2: what may be said is answered with the same.
const std::vector<Row> kCodes = {
    saying("7.7.1", 1000),  saying("7.7.2", 1001),  saying("7.7.3", 1002),  saying("7.7.4", 1003),
    saying("7.7.5", 1007),  saying("7.7.6", 1008),  saying("7.7.7", 1009),  saying("7.7.8", 1010),
    saying("7.7.9", 1011),  saying("7.7.10", 3000), saying("7.7.11", 3999), saying("7.7.12", 4000),
    saying("7.7.13", 4999),
};

Row refusing(const char* number, std::uint16_t code) {
  return {number, {closing(code)}, {refused(1002)}};
}

// 7.4.1, 7.4.2: what is reserved, never sent, not defined, or out of all ranges.
const std::vector<Row> kNoCodes = {
    refusing("7.9.1", 0),     refusing("7.9.2", 999),    refusing("7.9.3", 1004),
    refusing("7.9.4", 1005),  refusing("7.9.5", 1006),   refusing("7.9.6", 1016),
    refusing("7.9.7", 1100),  refusing("7.9.8", 2000),   refusing("7.9.9", 2999),
    refusing("7.13.1", 5000), refusing("7.13.2", 65535),
};

const std::vector<Row> kRows = joined({kHandshakes, kPayloads, kCodes, kNoCodes});

INSTANTIATE_TEST_SUITE_P(Server, ClosingTest, ValuesIn(on(WebSocketSide::kServer, kRows)),
                         nameOf<Row>);
INSTANTIATE_TEST_SUITE_P(Client, ClosingTest, ValuesIn(on(WebSocketSide::kClient, kRows)),
                         nameOf<Row>);

}  // namespace
}  // namespace couplet::autobahn
