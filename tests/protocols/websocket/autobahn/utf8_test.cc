// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Group 6: texts are UTF-8, wherever they are cut; what is none is refused with 1007 at the byte
// that shows it. RFC 6455, 5.6, 8.1; RFC 3629.
#include <gmock/gmock.h>

#include "tests/protocols/websocket/autobahn/code_points.h"
#include "tests/protocols/websocket/autobahn/dialogue.h"

namespace couplet::autobahn {
namespace {

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

class UTF8Test : public TestWithParam<OnSide<Row>> {};

TEST_P(UTF8Test, TakesTextsAndNothingElse) { converse(GetParam()); }

const std::string kGreeting = "Grüß Gott, dzień dobry, 你好 𝄞!";
const std::string kWorld = "κ\xe1\xbd\xb9σμε";  // its second letter takes three bytes

// Empty ones, whole ones, and one that is cut between and within its characters.
const std::vector<Row> kValid = {
    {"6.1.1", {text("")}, {text("")}},
    {"6.1.2", {opening(""), more(""), last("")}, {text("")}},
    {"6.1.3", {opening(""), more("only here"), last("")}, {text("only here")}},
    {"6.2.1", {text(kGreeting)}, {text(kGreeting)}},
    {"6.2.2", {opening("Grüß Gott, dzień "), last("dobry, 你好 𝄞!")}, {text(kGreeting)}},
    {"6.2.3", fragmented(frames::kText, kGreeting, 1), {text(kGreeting)}},
    {"6.2.4", fragmented(frames::kText, kWorld, 1), {text(kWorld)}},
    {"6.3.1", {text(kWorld + "\xed\xa0\x80" + "edited")}, {refused(1007)}},
};

Row taken(const char* number, const std::string& bytes) {
  return {number, {text(bytes)}, {text(bytes)}};
}

Row noText(const char* number, const std::string& bytes) {
  return {number, {text(bytes)}, {refused(1007)}};
}

// Characters of one to four bytes; a word, cut off after each of its bytes.
const std::vector<Row> kCutOff = {
    taken("6.5.1", "two $ each"),
    taken("6.5.2", "two ¢ each"),
    taken("6.5.3", "two € each"),
    taken("6.5.4", "two " + utf8(0x24b62) + " each"),
    taken("6.5.5", kWorld),
    noText("6.6.1", kWorld.substr(0, 1)),
    taken("6.6.2", kWorld.substr(0, 2)),
    noText("6.6.3", kWorld.substr(0, 3)),
    noText("6.6.4", kWorld.substr(0, 4)),
    taken("6.6.5", kWorld.substr(0, 5)),
    noText("6.6.6", kWorld.substr(0, 6)),
    taken("6.6.7", kWorld.substr(0, 7)),
    noText("6.6.8", kWorld.substr(0, 8)),
    taken("6.6.9", kWorld.substr(0, 9)),
    noText("6.6.10", kWorld.substr(0, 10)),
    taken("6.6.11", kWorld),
};

// The first and the last of each length; those around the surrogates and the end of Unicode.
const std::vector<Row> kBounds = {
    taken("6.7.1", utf8(0)),
    taken("6.7.2", utf8(0x80)),
    taken("6.7.3", utf8(0x800)),
    taken("6.7.4", utf8(0x10000)),
    noText("6.8.1", utf8(0x200000)),
    noText("6.8.2", utf8(0x4000000)),
    taken("6.9.1", utf8(0x7f)),
    taken("6.9.2", utf8(0x7ff)),
    taken("6.9.3", utf8(0xffff)),
    taken("6.9.4", utf8(0x10ffff)),
    noText("6.10.1", utf8(0x1fffff)),
    noText("6.10.2", utf8(0x3ffffff)),
    noText("6.10.3", utf8(0x7fffffff)),
    taken("6.11.1", utf8(0xd7ff)),
    taken("6.11.2", utf8(0xe000)),
    taken("6.11.3", utf8(0xfffd)),
    taken("6.11.4", utf8(0x10ffff)),
    noText("6.11.5", utf8(0x110000)),
};

/// The bytes from `least` to `most`, a blank after each.
std::string lonely(unsigned least, unsigned most) {
  std::string all;
  for (unsigned byte = least; byte <= most; ++byte) all += std::string(1, char(byte)) + " ";
  return all;
}

/// All bytes that go on with a character, but for the last one.
std::string everyContinuation() {
  std::string all;
  for (unsigned byte = 0x80; byte < 0xbf; ++byte) all += static_cast<char>(byte);
  return all;
}

std::string withoutLastByte(std::string bytes) {
  bytes.pop_back();
  return bytes;
}

std::string cutOffInAllWays() {
  std::string all;
  for (int size = 2; size <= 6; ++size) all += withoutLastByte(utf8(0, size));
  for (int size = 2; size <= 6; ++size) all += withoutLastByte(utf8(mostOf(size), size));
  return all;
}

// Bytes that go on with nothing, begin something that does not come, or are never there.
const std::vector<Row> kBroken = {
    noText("6.12.1", "\x80"),
    noText("6.12.2", "\xbf"),
    noText("6.12.3", repeated("\x80\xbf", 2)),
    noText("6.12.4", repeated("\x80\xbf", 3)),
    noText("6.12.5", repeated("\x80\xbf", 4)),
    noText("6.12.6", repeated("\x80\xbf", 5)),
    noText("6.12.7", repeated("\x80\xbf", 6)),
    noText("6.12.8", everyContinuation()),
    noText("6.13.1", lonely(0xc0, 0xde)),
    noText("6.13.2", lonely(0xe0, 0xee)),
    noText("6.13.3", lonely(0xf0, 0xf6)),
    noText("6.13.4", lonely(0xf8, 0xfa)),
    noText("6.13.5", lonely(0xfc, 0xfc)),
    noText("6.14.1", withoutLastByte(utf8(0, 2))),
    noText("6.14.2", withoutLastByte(utf8(0, 3))),
    noText("6.14.3", withoutLastByte(utf8(0, 4))),
    noText("6.14.4", withoutLastByte(utf8(0, 5))),
    noText("6.14.5", withoutLastByte(utf8(0, 6))),
    noText("6.14.6", withoutLastByte(utf8(mostOf(2), 2))),
    noText("6.14.7", withoutLastByte(utf8(mostOf(3), 3))),
    noText("6.14.8", withoutLastByte(utf8(mostOf(4), 4))),
    noText("6.14.9", withoutLastByte(utf8(mostOf(5), 5))),
    noText("6.14.10", withoutLastByte(utf8(mostOf(6), 6))),
    noText("6.15.1", cutOffInAllWays()),
    noText("6.16.1", "\xfe"),
    noText("6.16.2", "\xff"),
    noText("6.16.3", "\xfe\xfe\xff\xff"),
};

// RFC 3629, 3: a character has one form only.
const std::vector<Row> kOverlong = {
    noText("6.17.1", utf8('/', 2)),       noText("6.17.2", utf8('/', 3)),
    noText("6.17.3", utf8('/', 4)),       noText("6.17.4", utf8('/', 5)),
    noText("6.17.5", utf8('/', 6)),       noText("6.18.1", utf8(mostOf(1), 2)),
    noText("6.18.2", utf8(mostOf(2), 3)), noText("6.18.3", utf8(mostOf(3), 4)),
    noText("6.18.4", utf8(mostOf(4), 5)), noText("6.18.5", utf8(mostOf(5), 6)),
    noText("6.19.1", utf8(0, 2)),         noText("6.19.2", utf8(0, 3)),
    noText("6.19.3", utf8(0, 4)),         noText("6.19.4", utf8(0, 5)),
    noText("6.19.5", utf8(0, 6)),
};

// RFC 3629, 3: surrogates are no characters, alone or in pairs.
const std::vector<Row> kSurrogates = {
    noText("6.20.1", utf8(0xd800)),
    noText("6.20.2", utf8(0xdb7f)),
    noText("6.20.3", utf8(0xdb80)),
    noText("6.20.4", utf8(0xdbff)),
    noText("6.20.5", utf8(0xdc00)),
    noText("6.20.6", utf8(0xdf80)),
    noText("6.20.7", utf8(0xdfff)),
    noText("6.21.1", utf8(0xd800) + utf8(0xdc00)),
    noText("6.21.2", utf8(0xd800) + utf8(0xdfff)),
    noText("6.21.3", utf8(0xdb7f) + utf8(0xdc00)),
    noText("6.21.4", utf8(0xdb7f) + utf8(0xdfff)),
    noText("6.21.5", utf8(0xdb80) + utf8(0xdc00)),
    noText("6.21.6", utf8(0xdb80) + utf8(0xdfff)),
    noText("6.21.7", utf8(0xdbff) + utf8(0xdc00)),
    noText("6.21.8", utf8(0xdbff) + utf8(0xdfff)),
};

// What no character will ever be is text all the same; so are the specials.
const std::vector<Row> kNonCharacters = {
    taken("6.22.1", utf8(0xfffe)),    taken("6.22.2", utf8(0xffff)),
    taken("6.22.3", utf8(0x1fffe)),   taken("6.22.4", utf8(0x1ffff)),
    taken("6.22.5", utf8(0x2fffe)),   taken("6.22.6", utf8(0x2ffff)),
    taken("6.22.7", utf8(0x3fffe)),   taken("6.22.8", utf8(0x3ffff)),
    taken("6.22.9", utf8(0x4fffe)),   taken("6.22.10", utf8(0x4ffff)),
    taken("6.22.11", utf8(0x5fffe)),  taken("6.22.12", utf8(0x5ffff)),
    taken("6.22.13", utf8(0x6fffe)),  taken("6.22.14", utf8(0x6ffff)),
    taken("6.22.15", utf8(0x7fffe)),  taken("6.22.16", utf8(0x7ffff)),
    taken("6.22.17", utf8(0x8fffe)),  taken("6.22.18", utf8(0x8ffff)),
    taken("6.22.19", utf8(0x9fffe)),  taken("6.22.20", utf8(0x9ffff)),
    taken("6.22.21", utf8(0xafffe)),  taken("6.22.22", utf8(0xaffff)),
    taken("6.22.23", utf8(0xbfffe)),  taken("6.22.24", utf8(0xbffff)),
    taken("6.22.25", utf8(0xcfffe)),  taken("6.22.26", utf8(0xcffff)),
    taken("6.22.27", utf8(0xdfffe)),  taken("6.22.28", utf8(0xdffff)),
    taken("6.22.29", utf8(0xefffe)),  taken("6.22.30", utf8(0xeffff)),
    taken("6.22.31", utf8(0xffffe)),  taken("6.22.32", utf8(0xfffff)),
    taken("6.22.33", utf8(0x10fffe)), taken("6.22.34", utf8(0x10ffff)),
    taken("6.23.1", utf8(0xfff9)),    taken("6.23.2", utf8(0xfffa)),
    taken("6.23.3", utf8(0xfffb)),    taken("6.23.4", utf8(0xfffc)),
    taken("6.23.5", utf8(0xfffd)),    taken("6.23.6", utf8(0xfffe)),
    taken("6.23.7", utf8(0xffff)),
};

const std::vector<Row> kRows =
    joined({kValid, kCutOff, kBounds, kBroken, kOverlong, kSurrogates, kNonCharacters});

INSTANTIATE_TEST_SUITE_P(Server, UTF8Test, ValuesIn(on(WebSocketSide::kServer, kRows)),
                         nameOf<Row>);
INSTANTIATE_TEST_SUITE_P(Client, UTF8Test, ValuesIn(on(WebSocketSide::kClient, kRows)),
                         nameOf<Row>);

/// A text in three writes, the second of which cannot be.
struct BrokenText {
  std::string number;
  std::vector<std::string> writes;
  std::size_t frameSize;  // 0 for one frame in three pieces
};

class UTF8FailFastTest : public TestWithParam<OnSide<BrokenText>> {};

/// One frame, cut where the writes are.
std::vector<std::string> inOneFrame(const Peer& peer, const std::vector<std::string>& writes) {
  std::string all;
  for (const std::string& write : writes) all += write;
  std::string rest = peer.bytesOf(opening(all));
  const std::size_t head = rest.size() - all.size();
  std::vector<std::string> bytes;
  for (const std::string& write : writes) {
    const std::size_t size = write.size() + (bytes.empty() ? head : 0);
    bytes.push_back(rest.substr(0, size));
    rest.erase(0, size);
  }
  return bytes;
}

/// Each write in frames of its own.
std::vector<std::string> inFrames(const Peer& peer, const BrokenText& broken) {
  std::vector<std::string> bytes;
  for (const std::string& write : broken.writes) {
    const unsigned kind = bytes.empty() ? frames::kText : frames::kContinuation;
    auto made = fragmented(kind, write, broken.frameSize);
    const bool isLast = bytes.size() + 1 == broken.writes.size();
    if (!isLast) made.back().first = frames::unfinished(made.back().first);
    bytes.emplace_back();
    for (const Frame& frame : made) bytes.back() += peer.bytesOf(frame);
  }
  return bytes;
}

TEST_P(UTF8FailFastTest, RefusesTheByteThatShowsIt) {
  const BrokenText& broken = GetParam().row;
  Peer peer(GetParam().side, roomy());
  peer.shakeHands();
  const auto writes =
      broken.frameSize == 0 ? inOneFrame(peer, broken.writes) : inFrames(peer, broken);
  peer.sendBytes(writes[0]);
  ASSERT_THAT(peer.hear(), ElementsAre());
  ASSERT_FALSE(peer.itHungUp());
  peer.sendBytes(writes[1]);
  ASSERT_THAT(peer.hear(), ElementsAre(refused(1007)));
  peer.sendBytes(writes[2]);
  expectEnd(peer, refused(1007));
}

const std::vector<std::string> kBeyondUnicode = {kWorld, "\xf4\x90\x80\x80", "edited"};
const std::vector<std::string> kWithinIt = {kWorld + "\xf4", "\x90",
                                            "\x80\x80"
                                            "edited"};

const std::vector<BrokenText> kBrokenTexts = {
    {"6.3.2",
     {kWorld + "\xed", "\xa0",
      "\x80"
      "edited"},
     1},
    {"6.4.1", kBeyondUnicode, 100},
    {"6.4.2", kWithinIt, 100},
    {"6.4.3", kBeyondUnicode, 0},
    {"6.4.4", kWithinIt, 0},
};

INSTANTIATE_TEST_SUITE_P(Server, UTF8FailFastTest,
                         ValuesIn(on(WebSocketSide::kServer, kBrokenTexts)), nameOf<BrokenText>);
INSTANTIATE_TEST_SUITE_P(Client, UTF8FailFastTest,
                         ValuesIn(on(WebSocketSide::kClient, kBrokenTexts)), nameOf<BrokenText>);

}  // namespace
}  // namespace couplet::autobahn
