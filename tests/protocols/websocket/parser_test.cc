// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a WebSocketParser takes, as either side: RFC 6455, 5.
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
using ::testing::IsEmpty;
using ::testing::TestWithParam;
using ::testing::Values;

constexpr WebSocketParser::Limits kLimits;

class WebSocketParserTest : public TestWithParam<WebSocketSide> {
 protected:
  std::string frame(unsigned first, std::string_view payload) const {
    return toSide(GetParam(), first, payload);
  }
  void inflate() { parser.inflateWith(std::make_unique<detail::MessageInflater>(15, true)); }
  std::string deflated(std::string_view text) {
    std::string out;
    deflater.deflate(text, true, out);
    return out;
  }

  WebSocketParser parser{GetParam(), kLimits};
  detail::MessageDeflater deflater{15, true, 6, 8};
};

std::string sideOf(const ::testing::TestParamInfo<WebSocketSide>& info) {
  return info.param == WebSocketSide::kServer ? "Server" : "Client";
}
INSTANTIATE_TEST_SUITE_P(, WebSocketParserTest,
                         Values(WebSocketSide::kServer, WebSocketSide::kClient), sideOf);

TEST(WebSocketParserSideTest, TakesTheExamplesOfTheRFC) {
  WebSocketParser server(WebSocketSide::kServer, kLimits);
  WebSocketParser client(WebSocketSide::kClient, kLimits);
  EXPECT_THAT(hear(client, "\x81\x05Hello\x01\x03Hel\x80\x02lo\x89\x05Hello"sv),
              ElementsAre("text Hello", "text Hello", "ping Hello"));
  EXPECT_THAT(hear(server,
                   "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
                   "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"sv),
              ElementsAre("text Hello", "pong Hello"));
}

TEST_P(WebSocketParserTest, TakesOneEventAtATime) {
  const std::string both = frame(kText, "one") + frame(kBinary, "two");
  std::string_view bytes = both;
  EXPECT_EQ(parser.next(bytes), WebSocketEvent::kText);
  EXPECT_EQ(bytes.size(), frame(kBinary, "two").size());
  EXPECT_EQ(parser.payload(), "one");
  EXPECT_EQ(parser.next(bytes), WebSocketEvent::kBinary);
  EXPECT_EQ(parser.payload(), "two");
  EXPECT_EQ(parser.next(bytes), WebSocketEvent::kNeedMore);
  EXPECT_EQ(parser.payload(), "");
}

TEST_P(WebSocketParserTest, TakesMessagesOfEachLengthFormat) {
  for (const std::size_t size : {0, 1, 125, 126, 127, 128, 65535, 65536, 200000}) {
    const std::string payload(size, 'x');
    EXPECT_THAT(hear(parser, frame(kBinary, payload)), ElementsAre("binary " + payload));
    EXPECT_THAT(hear(parser, frame(kText, payload)), ElementsAre("text " + payload));
  }
}

TEST_P(WebSocketParserTest, JoinsTheFragmentsOfAMessage) {
  EXPECT_THAT(
      hear(parser, frame(unfinished(kText), "one ") + frame(unfinished(kContinuation), "") +
                       frame(unfinished(kContinuation), "two ") + frame(kContinuation, "three")),
      ElementsAre("text one two three"));
  EXPECT_THAT(hear(parser, frame(unfinished(kBinary), "") + frame(kContinuation, "")),
              ElementsAre("binary "));
}

TEST_P(WebSocketParserTest, TakesControlFramesBetweenFragments) {
  EXPECT_THAT(hear(parser, frame(unfinished(kText), "one ") + frame(kPing, "?") + frame(kPong, "") +
                               frame(kContinuation, "two")),
              ElementsAre("ping ?", "pong ", "text one two"));
}

TEST_P(WebSocketParserTest, TakesControlFramesOf125Bytes) {
  const std::string payload(125, 'p');
  const std::string text(CloseReason::kMaxText, 't');
  EXPECT_THAT(hear(parser, frame(kPing, payload) + frame(kClose, closing(1000, text))),
              ElementsAre("ping " + payload, "close 1000: " + text));
}

TEST_P(WebSocketParserTest, SaysWhatACloseFrameSaid) {
  EXPECT_EQ(parser.closeReason().code(), CloseReason::kNoCode);
  EXPECT_THAT(hear(parser, frame(kClose, closing(4711, "g\u00f6"))),
              ElementsAre("close 4711: g\u00f6"));
  EXPECT_EQ(parser.closeReason(), CloseReason(4711, "g\u00f6"));
}

TEST_P(WebSocketParserTest, ACloseFrameMayHaveNoCode) {
  EXPECT_THAT(hear(parser, frame(kClose, "")), ElementsAre("close 1005: "));
}

TEST_P(WebSocketParserTest, ACloseFrameMayHaveEachCodeThatMayBeSent) {
  for (const std::uint16_t code : {1000, 1001, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999}) {
    WebSocketParser another(GetParam(), kLimits);
    EXPECT_THAT(hear(another, frame(kClose, closing(code))),
                ElementsAre("close " + std::to_string(code) + ": "));
  }
}

TEST_P(WebSocketParserTest, DropsWhatFollowsACloseFrame) {
  const std::string all = frame(kClose, closing(1000)) + frame(kText, "more") + "\xff\xff";
  EXPECT_THAT(hear(parser, all), ElementsAre("close 1000: "));
  EXPECT_THAT(hear(parser, frame(kText, "more")), IsEmpty());
  EXPECT_EQ(parser.closeReason().code(), CloseReason::kNormal);
  EXPECT_TRUE(parser.idle());
}

TEST_P(WebSocketParserTest, ACloseFrameEndsAMessageThatIsNotWhole) {
  EXPECT_THAT(hear(parser, frame(unfinished(kText), "half") + frame(kClose, "")),
              ElementsAre("close 1005: "));
  EXPECT_EQ(parser.unfinished(), "");
}

TEST_P(WebSocketParserTest, ATextMayBeCutInTheMiddleOfACharacter) {
  EXPECT_THAT(hear(parser, frame(unfinished(kText), "\xe2\x82") + frame(kContinuation, "\xac")),
              ElementsAre("text \u20ac"));
}

TEST_P(WebSocketParserTest, ABinaryMessageHasAnyBytes) {
  EXPECT_THAT(hear(parser, frame(kBinary, "\xff\x00\xfe"sv)), ElementsAre("binary \xff\x00\xfe"s));
}

TEST_P(WebSocketParserTest, AMessageMayBeAsLongAsTheLimit) {
  WebSocketParser tight(GetParam(), {.message = 10, .frame = 6});
  EXPECT_THAT(hear(tight, frame(unfinished(kText), "123456") + frame(kContinuation, "7890")),
              ElementsAre("text 1234567890"));
  EXPECT_THAT(hear(tight, frame(kPing, "control frames are not bounded by it")),
              ElementsAre("ping control frames are not bounded by it"));
}

TEST_P(WebSocketParserTest, InflatesMessages) {
  inflate();
  const std::string first = deflated("hello hello hello"), second = deflated("hello hello hello");
  EXPECT_LT(second.size(), first.size());
  EXPECT_THAT(hear(parser, frame(compressed(kText), first) + frame(kText, "as it is") +
                               frame(compressed(kBinary), second)),
              ElementsAre("text hello hello hello", "text as it is", "binary hello hello hello"));
}

TEST_P(WebSocketParserTest, InflatesFragments) {
  inflate();
  const std::string whole = deflated("one two three one two three");
  EXPECT_THAT(hear(parser, frame(unfinished(compressed(kText)), whole.substr(0, 3)) +
                               frame(kPing, "?") + frame(unfinished(kContinuation), "") +
                               frame(kContinuation, whole.substr(3))),
              ElementsAre("ping ?", "text one two three one two three"));
}

TEST_P(WebSocketParserTest, InflatesTheNextMessageAfterARest) {
  inflate();
  EXPECT_THAT(hear(parser, frame(compressed(kText), deflated("hello hello"))),
              ElementsAre("text hello hello"));
  parser.rest();
  EXPECT_THAT(hear(parser, frame(compressed(kText), deflated("hello hello"))),
              ElementsAre("text hello hello"));
}

TEST_P(WebSocketParserTest, DoesNotRestInTheMiddleOfAMessage) {
  inflate();
  const std::string whole = deflated("one two three one two three");
  hear(parser, frame(unfinished(compressed(kText)), whole.substr(0, 9)));
  parser.rest();
  EXPECT_THAT(hear(parser, frame(kContinuation, whole.substr(9))),
              ElementsAre("text one two three one two three"));
}

TEST_P(WebSocketParserTest, HearsTheSameAtEveryCut) {
  const std::string whole = deflated("one two three one two three \u20ac\u20ac");
  const std::string transcript =
      frame(kText, "gr\u00fc\u00df dich") + frame(kPing, "") + frame(kBinary, "\0\xff"s) +
      frame(unfinished(kText), "one \xf0\x9f") + frame(kPong, "between") +
      frame(unfinished(kContinuation), "\x98") + frame(kContinuation, "\x80 two") +
      frame(kText, "") + frame(kBinary, std::string(130, 'w')) +
      frame(unfinished(compressed(kText)), whole.substr(0, 5)) + frame(kPing, "inside") +
      frame(kContinuation, whole.substr(5)) + frame(kClose, closing(1001, "b\u00fcrgerlich")) +
      frame(kText, "dropped");
  EXPECT_TRUE(testing::sameAtEveryCut(transcript, [&](const testing::Chunks& chunks) {
    WebSocketParser afresh(GetParam(), kLimits);
    afresh.inflateWith(std::make_unique<detail::MessageInflater>(15, true));
    return hear(afresh, chunks);
  }));
}

TEST_P(WebSocketParserTest, IsIdleBetweenMessages) {
  EXPECT_TRUE(parser.idle());
  const std::string text = frame(kText, "hello");
  hear(parser, text.substr(0, 1));
  EXPECT_FALSE(parser.idle());
  hear(parser, text.substr(1));
  EXPECT_TRUE(parser.idle());
  hear(parser, frame(unfinished(kText), "") + frame(kPing, ""));
  EXPECT_FALSE(parser.idle());
  hear(parser, frame(kContinuation, ""));
  EXPECT_TRUE(parser.idle());
}

TEST_P(WebSocketParserTest, SaysWhatIsUnfinished) {
  const auto unfinishedAfter = [](const std::string& bytes) {
    WebSocketParser another(GetParam(), kLimits);
    hear(another, bytes);
    return another.unfinished();
  };
  EXPECT_EQ(unfinishedAfter(frame(kText, "hello")), "");
  EXPECT_EQ(unfinishedAfter("\x81"), "1 bytes of the head of a frame");
  const std::string text = frame(kText, std::string(300, 'x'));
  EXPECT_EQ(unfinishedAfter(text.substr(0, text.size() - 295)), "5 of 300 bytes of a text message");
  EXPECT_EQ(unfinishedAfter(frame(unfinished(kBinary), "1234567")), "7 bytes of a binary message");
  EXPECT_EQ(unfinishedAfter(frame(unfinished(kBinary), "1234567") + "\x80"),
            "7 bytes of a binary message");
  const std::string ping = frame(kPing, "12345");
  EXPECT_EQ(unfinishedAfter(ping.substr(0, ping.size() - 2)), "3 of 5 bytes of a ping");
}

TEST_P(WebSocketParserTest, GoesOnInAnotherPlace) {
  const std::string text = frame(kText, "hello");
  hear(parser, text.substr(0, text.size() - 1));
  WebSocketParser moved = std::move(parser);
  EXPECT_THAT(hear(moved, text.substr(text.size() - 1)), ElementsAre("text hello"));
}

TEST_P(WebSocketParserTest, APayloadStaysWhileAnotherParserReads) {
  const std::string text = frame(kText, "hello"), other = frame(kText, "other");
  std::string_view bytes = text, otherBytes = other;
  WebSocketParser another(GetParam(), kLimits);
  EXPECT_EQ(parser.next(bytes), WebSocketEvent::kText);
  EXPECT_EQ(another.next(otherBytes), WebSocketEvent::kText);
  EXPECT_EQ(parser.payload(), "hello");
  EXPECT_EQ(another.payload(), "other");
}

TEST_P(WebSocketParserTest, ReleaseInTheMiddleOfAMessageForgetsNothing) {
  const std::string start = frame(unfinished(kText), "one ") + frame(kPing, "?");
  std::string_view bytes = start;
  EXPECT_EQ(parser.next(bytes), WebSocketEvent::kPing);
  parser.release();
  EXPECT_EQ(parser.payload(), "");
  EXPECT_THAT(hear(parser, frame(kContinuation, "two")), ElementsAre("text one two"));
}

TEST(WebSocketParserSideTest, AClientsPayloadIsAViewOfTheBytes) {
  WebSocketParser client(WebSocketSide::kClient, kLimits);
  const std::string text = fromServer(kText, "hello");
  std::string_view bytes = text;
  EXPECT_EQ(client.next(bytes), WebSocketEvent::kText);
  EXPECT_EQ(client.payload().data(), text.data() + 2);
}

}  // namespace
}  // namespace couplet
