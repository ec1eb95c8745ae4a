// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a WebSocketParser refuses, each for one reason, and how early.
#include <couplet/protocols/websocket/websocket_parser.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/gtest_every_cut.h>
#include <couplet/protocols/websocket/detail/message_deflater.h>
#include <couplet/protocols/websocket/detail/message_inflater.h>

#include "frames.h"

namespace couplet {
namespace {

using namespace frames;
using ::testing::ElementsAre;
using ::testing::TestWithParam;
using ::testing::Values;
using ::testing::ValuesIn;

constexpr auto kServer = WebSocketSide::kServer;
constexpr auto kClient = WebSocketSide::kClient;
constexpr WebSocketParser::Limits kLimits{.message = 70'000, .frame = 66'000};

std::string deflated(std::string_view text) {
  std::string out;
  detail::MessageDeflater(15, false, 6, 8).deflate(text, true, out);
  return out;
}

struct Refused {
  std::string name;
  WebSocketSide side;
  std::string bytes;  // the last one is that which is refused
  std::string why;
  std::vector<std::string> before = {};
  bool inflates = false;
};

std::vector<std::string> hearAll(const Refused& refused, const Pieces& pieces) {
  WebSocketParser parser(refused.side, kLimits);
  if (refused.inflates) {
    parser.inflateWith(std::make_unique<detail::MessageInflater>(15, false));
  }
  return hear(parser, pieces);
}

class WebSocketRefusedTest : public TestWithParam<Refused> {};

TEST_P(WebSocketRefusedTest, SaysWhy) {
  std::vector<std::string> expected = GetParam().before;
  expected.push_back("refused " + GetParam().why);
  EXPECT_EQ(hearAll(GetParam(), {GetParam().bytes}), expected);
}

TEST_P(WebSocketRefusedTest, AtTheFirstByteThatShowsIt) {
  const std::string_view bytes = GetParam().bytes;
  EXPECT_EQ(hearAll(GetParam(), {bytes.substr(0, bytes.size() - 1)}), GetParam().before);
}

TEST_P(WebSocketRefusedTest, IsTheSameAtEveryCutAndWithMoreBehind) {
  const std::string more = GetParam().bytes + toSide(GetParam().side, kText, "more");
  EXPECT_TRUE(testing::sameAtEveryCut(
      more, [](const testing::Chunks& chunks) { return hearAll(GetParam(), chunks); }));
}

constexpr char kReservedBits[] = "1002: a reserved bit of a frame is set";
constexpr char kNotCompressible[] =
    "1002: a frame that cannot be compressed, or not alone, says that it is";
constexpr char kReservedOpcode[] = "1002: the opcode of a frame is a reserved one";
constexpr char kFragmentedControl[] = "1002: a control frame is fragmented";
constexpr char kLongControl[] = "1002: a control frame is longer than 125 bytes";
constexpr char kNothingToContinue[] = "1002: a frame continues a message, and none has begun";
constexpr char kNotContinued[] = "1002: a message begins in the middle of another";
constexpr char kUnmasked[] = "1002: a frame from a client is not masked";
constexpr char kMasked[] = "1002: a frame from a server is masked";
constexpr char kLengthTooWide[] = "1002: the length of a frame is not in its shortest form";
constexpr char kLengthTooLarge[] = "1002: the length of a frame is 2^63 or more";
constexpr char kShortClose[] = "1002: a Close frame has half of a code";
constexpr char kBadCode[] = "1002: a Close frame has a code that may not be sent";
constexpr char kBadCloseText[] = "1007: the text of a Close frame is not UTF-8";
constexpr char kBadText[] = "1007: a text message is not UTF-8";
constexpr char kBroken[] = "1007: a compressed message cannot be inflated";
constexpr char kFrameTooLong[] = "1009: a frame is longer than the limit";
constexpr char kMessageTooLong[] = "1009: a message is longer than the limit";

const std::string kBegun = fromClient(unfinished(frames::kText), "begun");

std::vector<Refused> refusedHeads() {
  return {
      {"RSV1", kServer, "\xc1", kReservedBits},
      {"RSV2", kServer, "\xa1", kReservedBits},
      {"RSV3", kClient, "\x91", kReservedBits},
      {"RSV2BesidesRSV1", kServer, "\xe1", kReservedBits, {}, true},
      {"ReservedBitOfAControlFrame", kClient, "\xc9", kReservedBits},
      {"ReservedDataOpcode", kServer, "\x83", kReservedOpcode},
      {"LastReservedDataOpcode", kClient, "\x87", kReservedOpcode},
      {"ReservedControlOpcode", kServer, "\x8b", kReservedOpcode},
      {"LastReservedControlOpcode", kServer, "\x8f", kReservedOpcode},
      {"FragmentedPing", kServer, "\x09", kFragmentedControl},
      {"FragmentedClose", kClient, "\x08", kFragmentedControl},
      {"NothingToContinue", kServer, "\x80", kNothingToContinue},
      {"NothingToContinueAfterAMessage",
       kServer,
       fromClient(frames::kText, "whole") + '\0',
       kNothingToContinue,
       {"text whole"}},
      {"NotContinued", kServer, kBegun + "\x81", kNotContinued},
      {"NotContinuedBinary", kServer, kBegun + "\x02", kNotContinued},
      {"CompressedPing", kServer, "\xc9", kNotCompressible, {}, true},
      {"CompressedContinuation", kServer, kBegun + "\xc0", kNotCompressible, {}, true},
      {"Unmasked", kServer, "\x81\x05"s, kUnmasked},
      {"UnmaskedControl", kServer, "\x89\x7e"s, kUnmasked},
      {"Masked", kClient, "\x82\x80"s, kMasked},
      {"LongPing", kServer, "\x89\xfe"s, kLongControl},
      {"LongClose", kClient, "\x88\x7f"s, kLongControl},
      {"ShortClose", kServer, "\x88\x81"s, kShortClose},
      {"LengthOf16BitsThatNeeds7", kServer, "\x81\xfe\x00\x7d"s, kLengthTooWide},
      {"LengthOf64BitsThatNeeds16", kServer, "\x81\xff\0\0\0\0\0\0"s, kLengthTooWide},
      {"LengthOf64Bits", kClient, "\x82\x7f\x80"s, kLengthTooLarge},
  };
}

std::vector<Refused> refusedLengths() {
  return {
      {"HugeFrame", kServer, "\x82\xff\x7f"s, kFrameTooLong},
      {"FrameAboveTheLimit", kServer, "\x82\xff\0\0\0\0\0\1\1\xd1"s, kFrameTooLong},
      {"FirstFrameAboveTheLimit", kServer, "\x02\xff\0\0\0\0\0\1\1\xd1"s, kFrameTooLong},
      {"CompressedFrameAboveTheLimit",
       kServer,
       "\xc2\xff\0\0\0\0\0\1\1\xd1"s,
       kFrameTooLong,
       {},
       true},
      {"MessageAboveTheLimit", kServer,
       fromClient(unfinished(kBinary), std::string(66'000, 'x')) + "\x00\xfe\x0f\xa1"s,
       kMessageTooLong},
      {"MessageFarAboveTheLimit", kServer,
       fromClient(unfinished(kBinary), std::string(66'000, 'x')) + "\x80\xfe\x10"s,
       kMessageTooLong},
  };
}

std::vector<Refused> refusedPayloads() {
  return {
      {"CodeThatIsNone", kServer, fromClient(kClose, closing(0)), kBadCode},
      {"CodeBelow1000", kServer, fromClient(kClose, closing(999)), kBadCode},
      {"ReservedCode", kClient, fromServer(kClose, closing(1004)), kBadCode},
      {"CodeThatSaysNoCode", kServer, fromClient(kClose, closing(1005)), kBadCode},
      {"CodeThatSaysAbnormal", kServer, fromClient(kClose, closing(1006)), kBadCode},
      {"CodeThatSaysTLS", kServer, fromClient(kClose, closing(1015)), kBadCode},
      {"CodeOfExtensions", kClient, fromServer(kClose, closing(2999)), kBadCode},
      {"CodeAbove4999", kServer, fromClient(kClose, closing(5000)), kBadCode},
      {"CloseText", kServer, fromClient(kClose, closing(1000, "a\xff")), kBadCloseText},
      {"CloseTextThatEndsEarly", kClient, fromServer(kClose, closing(1000, "\xe2\x82")),
       kBadCloseText},
      {"CloseTextInTheMiddle", kClient, head(kClose, 100, false) + closing(1000, "\xc3("),
       kBadCloseText},
      {"Text", kServer, fromClient(kText, "a\xc0"), kBadText},
      {"TextThatEndsEarly", kClient, fromServer(kText, "a\xf0\x9f\x98"), kBadText},
      {"TextInTheMiddle", kClient, head(kText, 60'000, false) + "a\xed\xa0", kBadText},
      {"TextOfTheRFCs", kClient,
       fromServer(unfinished(kText), "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5") +
           head(kContinuation, 9, false) + "\xf4\x90",
       kBadText},
      {"TextAcrossFragments", kServer,
       fromClient(unfinished(kText), "\xe2\x82") + fromClient(kContinuation, "("), kBadText},
      {"TextWhoseLastFragmentIsEmpty", kServer,
       fromClient(unfinished(kText), "\xe2\x82") + fromClient(kContinuation, ""), kBadText},
      {"NoDeflate", kServer, fromClient(compressed(kBinary), "\xff"), kBroken, {}, true},
  };
}

class WebSocketInflatedTest : public TestWithParam<WebSocketSide> {
 protected:
  std::string compressedText(std::string_view text) const {
    return toSide(GetParam(), compressed(kText), deflated(text));
  }
  std::vector<std::string> hearInflated(const Pieces& pieces) const {
    return hearAll({"", GetParam(), "", "", {}, true}, pieces);
  }
};
INSTANTIATE_TEST_SUITE_P(, WebSocketInflatedTest, Values(kServer, kClient));

TEST_P(WebSocketInflatedTest, IsTextToo) {
  EXPECT_THAT(hearInflated({compressedText("a\xff")}), ElementsAre("refused "s + kBadText));
  EXPECT_THAT(hearInflated({compressedText("a\xe2\x82")}), ElementsAre("refused "s + kBadText));
}

TEST_P(WebSocketInflatedTest, IsRefusedInTheMiddleOfItsFrame) {
  const std::string text = "a\xff" + std::string(1000, 'b') + "c d e f g";
  const std::string frame = compressedText(text);
  const std::string_view most = std::string_view(frame).substr(0, frame.size() - 2);
  EXPECT_THAT(hearInflated({most}), ElementsAre("refused "s + kBadText));
}

TEST_P(WebSocketInflatedTest, MayBeAsLongAsTheLimit) {
  const std::string most(kLimits.message, 'x');
  EXPECT_THAT(hearInflated({compressedText(most)}), ElementsAre("text " + most));
  EXPECT_THAT(hearInflated({compressedText(most + 'x')}),
              ElementsAre("refused "s + kMessageTooLong));
}

TEST_P(WebSocketInflatedTest, IsBoundedOverItsFragments) {
  const std::string whole = deflated(std::string(kLimits.message + 1, 'x'));
  const std::string frames =
      toSide(GetParam(), unfinished(compressed(kBinary)), whole.substr(0, 20)) +
      toSide(GetParam(), kContinuation, whole.substr(20));
  EXPECT_THAT(hearInflated({frames}), ElementsAre("refused "s + kMessageTooLong));
}

TEST_P(WebSocketInflatedTest, IsRefusedForTheFirstThingThatIsWrong) {
  const std::string frame =
      compressedText(std::string(69'000, 'x') + '\xff' + std::string(2000, 'x'));
  EXPECT_TRUE(testing::sameAtEveryCut(
      frame, [this](const testing::Chunks& chunks) { return hearInflated(chunks); }));
}

std::string nameOf(const ::testing::TestParamInfo<Refused>& refused) { return refused.param.name; }
INSTANTIATE_TEST_SUITE_P(Heads, WebSocketRefusedTest, ValuesIn(refusedHeads()), nameOf);
INSTANTIATE_TEST_SUITE_P(Lengths, WebSocketRefusedTest, ValuesIn(refusedLengths()), nameOf);
INSTANTIATE_TEST_SUITE_P(Payloads, WebSocketRefusedTest, ValuesIn(refusedPayloads()), nameOf);

}  // namespace
}  // namespace couplet
