// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/netstring.h>

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

#include "receivers.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::TestWithParam;
using ::testing::Values;

// What is accepted.

struct Accepted {
  std::string name;
  std::string bytes;
  std::vector<std::string> strings;
};

class NetstringAcceptedTest : public TestWithParam<Accepted> {};

TEST_P(NetstringAcceptedTest, IsDelivered) {
  Conversation<NetstringRecorder> with;
  with.receive(GetParam().bytes);
  EXPECT_EQ(with.heard(), GetParam().strings);
  EXPECT_FALSE(with.disconnecting());
}

TEST_P(NetstringAcceptedTest, IsTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut(GetParam().bytes, hearing<NetstringRecorder>()));
}

INSTANTIATE_TEST_SUITE_P(
    Framing, NetstringAcceptedTest,
    Values(Accepted{"Empty", "0:,", {""}}, Accepted{"JustAComma", "1:,,", {","}},
           Accepted{"OneInAnother", "4:1:a,,", {"1:a,"}},
           Accepted{"TwoDigits", "10:0123456789,", {"0123456789"}},
           Accepted{"AnyByte", std::string("5:\0\r\n\xff:,", 8), {std::string("\0\r\n\xff:", 5)}},
           Accepted{"Several", "1:a,0:,2:bc,", {"a", "", "bc"}},
           Accepted{
               "TheLongest", "99999:" + std::string(99999, 'x') + ",", {std::string(99999, 'x')}}),
    [](const auto& accepted) { return accepted.param.name; });

// What is refused, and the first byte at which it is.

struct Refused {
  std::string name;
  std::string bytes;  // the last one is too much
  std::string more;   // the rest of what the peer sent
  std::string why;
  std::vector<std::string> before = {};

  std::string all() const { return bytes + more; }
};

class NetstringRefusedTest : public TestWithParam<Refused> {};

TEST_P(NetstringRefusedTest, LosesTheConnectionAndSaysWhy) {
  Conversation<NetstringRecorder> with;
  with.receive(GetParam().all());
  EXPECT_TRUE(with.disconnecting());
  EXPECT_TRUE(with.protocol.brokenPeer());
  EXPECT_EQ(with.heard(), GetParam().before);
  EXPECT_TRUE(with.lostWith<NetstringParseError>());
  EXPECT_EQ(with.lostBecause(), GetParam().why);
}

TEST_P(NetstringRefusedTest, WaitsForTheByteThatDecides) {
  Conversation<NetstringRecorder> with;
  const std::string_view bytes = GetParam().bytes;
  with.receive(bytes.substr(0, bytes.size() - 1));
  EXPECT_FALSE(with.disconnecting());
  with.receive(bytes.substr(bytes.size() - 1));
  EXPECT_TRUE(with.disconnecting());
}

TEST_P(NetstringRefusedTest, IsTheSameAtEveryCutAndWithMoreBehind) {
  EXPECT_TRUE(testing::sameAtEveryCut(GetParam().all() + "1:z,", hearing<NetstringRecorder>()));
}

constexpr char kNoDigit[] = "netstring does not begin with a digit";
constexpr char kNoColon[] = "netstring length is not digits and a colon";
constexpr char kLeadingZero[] = "netstring length has a leading zero";
constexpr char kTooLong[] = "netstring is longer than is allowed";
constexpr char kNoComma[] = "netstring does not end with a comma";

std::string nameOf(const ::testing::TestParamInfo<Refused>& refused) { return refused.param.name; }

INSTANTIATE_TEST_SUITE_P(LeadingZero, NetstringRefusedTest,
                         Values(Refused{"TwoZeros", "00", ":,", kLeadingZero},
                                Refused{"ZeroAndOne", "01", ":a,", kLeadingZero}),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(
    NotDigitsThenColon, NetstringRefusedTest,
    Values(Refused{"Minus", "-", "1:", kNoDigit}, Refused{"Plus", "+", "1:", kNoDigit},
           Refused{"SpaceBefore", " ", "1:", kNoDigit}, Refused{"SpaceAfter", "1 ", ":", kNoColon},
           Refused{"Hexadecimal", "0x", "5:", kNoColon}, Refused{"NoDigits", ":", "aaa,", kNoDigit},
           Refused{"CommaAlone", ",", "", kNoDigit}, Refused{"NewlineAlone", "\n", "", kNoDigit},
           Refused{"Letters", "a", "bc", kNoDigit}, Refused{"NoColon", "3a", "aa,", kNoColon},
           Refused{"DigitOfAnotherScript", "\xd9", "\xa1:a,", kNoDigit},
           // Quirk (a): Twisted notices this one at the next byte only.
           Refused{"NewlineAfterDigit", "5\n", "", kNoColon}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(MissingComma, NetstringRefusedTest,
                         Values(Refused{"Semicolon", "1:a;", "", kNoComma},
                                Refused{"LongerThanItSays", "2:aaa", ",", kNoComma},
                                Refused{"AfterNothing", "0:a", ",", kNoComma},
                                Refused{"AnotherByte", "3:abX?", "", kNoComma}),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(TooLong, NetstringRefusedTest,
                         Values(Refused{"OneTooMany", "100000", ":", kTooLong},
                                Refused{"SevenDigits", "999999", "9", kTooLong}),
                         nameOf);

INSTANTIATE_TEST_SUITE_P(AfterAGoodOne, NetstringRefusedTest,
                         Values(Refused{"LineEnd", "1:a,\r", "\n", kNoDigit, {"a"}},
                                Refused{"Space", "1:a, ", "1:b,", kNoDigit, {"a"}},
                                Refused{"Garbage", "5:hello,g", "arbage", kNoDigit, {"hello"}}),
                         nameOf);

// The limit.

TEST(NetstringReceiverTest, WaitsForMoreOfALengthThatIsAllowed) {
  Conversation<NetstringRecorder> with;
  with.receive("99999");
  EXPECT_FALSE(with.disconnecting());
}

TEST(NetstringReceiverTest, WaitsForTheCommaBeforeItDecides) {
  Conversation<NetstringRecorder> with;
  with.receive("3:ab");
  with.receive("c");
  EXPECT_FALSE(with.disconnecting());
  with.receive("!");
  EXPECT_EQ(with.lostBecause(), kNoComma);
}

// Quirk (b): Twisted raises a math domain error.
TEST(NetstringReceiverTest, ALimitOfZeroAllowsTheEmptyString) {
  Conversation<NetstringRecorder> with([](auto& receiver) { receiver.setMaxLength(0); });
  with.receive("0:,");
  EXPECT_THAT(with.heard(), ElementsAre(""));
  with.receive("1");
  EXPECT_EQ(with.lostBecause(), kTooLong);
}

TEST(NetstringReceiverTest, AnyLimitMayBeSet) {
  Conversation<NetstringRecorder> with([](auto& receiver) { receiver.setMaxLength(12); });
  with.receive("12:Hello world!,");
  EXPECT_THAT(with.heard(), ElementsAre("Hello world!"));
  with.receive("13");
  EXPECT_TRUE(with.disconnecting());
}

TEST(NetstringReceiverTest, TheLargestLimitThereIsDoesNotOverflow) {
  Conversation<NetstringRecorder> with([](auto& receiver) { receiver.setMaxLength(SIZE_MAX); });
  with.receive(std::to_string(SIZE_MAX - 1) + ":abc");
  EXPECT_FALSE(with.disconnecting());
  Conversation<NetstringRecorder> another([](auto& receiver) { receiver.setMaxLength(SIZE_MAX); });
  another.receive(std::to_string(SIZE_MAX));
  EXPECT_EQ(another.lostBecause(), kTooLong);
}

TEST(NetstringReceiverTest, EndlessDigitsAreRefusedAtTheSixth) {
  Conversation<NetstringRecorder> with;
  with.receive(std::string(1'000'000, '1'));
  EXPECT_EQ(with.lostBecause(), kTooLong);
}

// After an error.

// Quirk (c): Twisted parses and keeps it without bound.
TEST(NetstringReceiverTest, DropsWhatComesAfterAnError) {
  Conversation<NetstringRecorder> with;
  with.receive("x");
  with.receive("1:a,");
  EXPECT_THAT(with.heard(), IsEmpty());
  EXPECT_THAT(with.protocol.takeUnparsed(), IsEmpty());
}

TEST(NetstringReceiverTest, SendsTheAnswersToEarlierStringsBeforeItCloses) {
  Conversation<NetstringRecorder> with;
  with.protocol.then = [&] { with.protocol.sendString("answer"); };
  with.receive("1:a,garbage");
  EXPECT_EQ(with.transport.value(), "6:answer,");
  EXPECT_FALSE(with.transport.aborted());
  EXPECT_TRUE(with.disconnecting());
}

class Forgiving : public NetstringRecorder {
 public:
  void netstringRefused(const NetstringParseError& error) override {
    told.emplace_back(error.what());
  }
  std::vector<std::string> told;
};

TEST(NetstringReceiverTest, AnOverrideIsToldOnceAndMayKeepTheConnection) {
  Conversation<Forgiving> with;
  with.receive("1:a,x1:b,");
  with.receive("1:c,");
  EXPECT_THAT(with.protocol.told, ElementsAre(kNoDigit));
  EXPECT_THAT(with.heard(), ElementsAre("a"));
  EXPECT_FALSE(with.disconnecting());
}

// The end of input. Quirk (h): in Twisted it is silent.

TEST(NetstringReceiverTest, InputThatEndsInMidStringIsAnError) {
  Conversation<NetstringRecorder> with;
  with.receive("15:here");
  with.endInput();
  EXPECT_TRUE(with.lostWith<IncompleteStringError>());
  EXPECT_EQ(with.lostBecause(), "connection ended after 4 of 15 bytes of a netstring");
}

TEST(NetstringReceiverTest, InputThatEndsInALengthIsAnError) {
  Conversation<NetstringRecorder> with;
  with.receive("15");
  with.endInput();
  EXPECT_EQ(with.lostBecause(), "connection ended after part of a netstring's length");
}

TEST(NetstringReceiverTest, InputThatEndsBeforeACommaIsAnError) {
  Conversation<NetstringRecorder> with;
  with.receive("1:a,2:bc");
  with.endInput();
  EXPECT_EQ(with.lostBecause(),
            "connection ended after all 2 bytes of a netstring, without its comma");
}

TEST(NetstringReceiverTest, InputThatEndsBetweenStringsIsACleanClose) {
  Conversation<NetstringRecorder> with;
  with.receive("1:a,");
  with.endInput();
  EXPECT_TRUE(with.lostWith<ConnectionDone>());
}

// Sending.

TEST(NetstringReceiverTest, SendsAString) {
  Conversation<NetstringRecorder> with;
  with.protocol.sendString("HERE IS MY POEM");
  with.protocol.sendString("");
  EXPECT_EQ(with.transport.value(), "15:HERE IS MY POEM,0:,");
}

// Quirk (g): Twisted sends it.
TEST(NetstringReceiverTest, SendingMoreThanTheLimitThrowsAndWritesNothing) {
  Conversation<NetstringRecorder> with;
  EXPECT_THROW(with.protocol.sendString(std::string(100'000, 'x')), StringTooLongError);
  EXPECT_EQ(with.transport.value(), "");
}

TEST(NetstringReceiverTest, SendsAStringOfJustTheLimit) {
  Conversation<NetstringRecorder> with;
  with.protocol.sendString(std::string(99'999, 'x'));
  EXPECT_EQ(with.transport.value().size(), 6 + 99'999 + 1);
}

// The parser alone.

TEST(NetstringParserTest, AStringThatIsWholeInTheBytesIsAViewOfThem) {
  NetstringParser parser(100);
  const std::string read = "5:hello,5:wor";
  std::string_view bytes = read;
  const auto string = parser.next(bytes);
  ASSERT_TRUE(string);
  EXPECT_EQ(string->data(), read.data() + 2);
  EXPECT_EQ(bytes, "5:wor");
}

TEST(NetstringParserTest, TakesAllBytesWhereThereIsNoWholeString) {
  NetstringParser parser(100);
  std::string_view bytes = "5:wor";
  EXPECT_FALSE(parser.next(bytes));
  EXPECT_EQ(bytes, "");
  EXPECT_EQ(parser.unfinished(), "3 of 5 bytes of a netstring");
}

TEST(NetstringParserTest, GivesBackTheBytesOfAnIncompleteString) {
  for (const std::string part : {"", "1", "12", "12:", "12:Hello worl", "12:Hello world!"}) {
    NetstringParser parser(100);
    std::string_view bytes = part;
    EXPECT_FALSE(parser.next(bytes));
    EXPECT_EQ(parser.takeUnfinished(), part);
    EXPECT_EQ(parser.unfinished(), "");
  }
}

}  // namespace
}  // namespace couplet
