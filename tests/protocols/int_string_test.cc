// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/int_string.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/gtest_every_cut.h>

#include "receivers.h"

namespace couplet {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Keeps the connection when a string is too long.
class TooLongRecorder : public Int16Recorder {
 public:
  void lengthLimitExceeded(std::size_t length) override { told.push_back(length); }
  std::vector<std::size_t> told;
};

// The prefix.

TEST(IntNStringReceiverTest, PrefixesAreBigEndian) {
  Conversation<Int8Recorder> one;
  one.receive("\x05hello");
  EXPECT_THAT(one.heard(), ElementsAre("hello"));
  Conversation<Int16Recorder> two;
  two.receive("\x00\x05hello"s);
  EXPECT_THAT(two.heard(), ElementsAre("hello"));
  Conversation<Int32Recorder> four;
  four.receive("\x00\x00\x00\x05hello"s);
  EXPECT_THAT(four.heard(), ElementsAre("hello"));
}

TEST(IntNStringReceiverTest, PrefixesAreUnsigned) {
  Conversation<Int8Recorder> with;
  with.receive("\xff" + std::string(255, 'x'));
  EXPECT_THAT(with.heard(), ElementsAre(std::string(255, 'x')));
}

TEST(IntNStringReceiverTest, LengthZeroDeliversTheEmptyString) {
  Conversation<Int16Recorder> with;
  with.receive("\x00\x00\x00\x00"s);
  EXPECT_THAT(with.heard(), ElementsAre("", ""));
}

TEST(IntNStringReceiverTest, DeliversTheSameAtEveryCut) {
  EXPECT_TRUE(
      testing::sameAtEveryCut("\x03"
                              "abc\x00\x01x\x02"s,
                              hearing<Int8Recorder>()));
  EXPECT_TRUE(
      testing::sameAtEveryCut("\x00\x03"
                              "abc\x00\x00\x00\x01x\x00"s,
                              hearing<Int16Recorder>()));
  EXPECT_TRUE(
      testing::sameAtEveryCut("\x00\x00\x00\x03"
                              "abc\x00\x00\x00\x00\x00\x00\x00\x01x"s,
                              hearing<Int32Recorder>()));
}

// The limit.

TEST(IntNStringReceiverTest, TheLimitIs99999ForAllThree) {
  EXPECT_EQ(Int8Recorder().maxLength(), 99999);
  EXPECT_EQ(Int16Recorder().maxLength(), 99999);
  EXPECT_EQ(Int32Recorder().maxLength(), 99999);
}

TEST(IntNStringReceiverTest, AStringOfJustTheLimitIsDelivered) {
  Conversation<Int32Recorder> with;
  with.receive("\x00\x01\x86\x9f"s + std::string(99999, 'x'));
  ASSERT_EQ(with.heard().size(), 1);
  EXPECT_EQ(with.heard().front().size(), 99999);
}

TEST(IntNStringReceiverTest, OneByteMoreThanTheLimitIsRefusedBeforeItComes) {
  Conversation<Int32Recorder> with;
  with.receive("\x00\x01\x86\xa0"s);
  EXPECT_TRUE(with.disconnecting());
  EXPECT_TRUE(with.lostWith<LengthLimitExceededError>());
  EXPECT_EQ(with.lostBecause(), "string of 100000 bytes is longer than the limit of 99999");
}

TEST(IntNStringReceiverTest, TheLargestLengthIsRefused) {
  Conversation<Int32Recorder> with;
  with.receive("\xff\xff\xff\xff"s);
  EXPECT_EQ(with.lostBecause(), "string of 4294967295 bytes is longer than the limit of 99999");
}

TEST(IntNStringReceiverTest, StringsBeforeOneThatIsTooLongAreDeliveredAndNoneAfterIt) {
  const auto prepare = [](auto& receiver) { receiver.setMaxLength(2); };
  const std::string bytes =
      "\x00\x01"
      "a\x00\x03xyz\x00\x01"
      "b"s;
  EXPECT_TRUE(testing::sameAtEveryCut(bytes, hearing<Int16Recorder>(prepare)));
  Conversation<Int16Recorder> with(prepare);
  with.receive(bytes);
  EXPECT_THAT(with.heard(), ElementsAre("a"));
}

// Twisted delivers them again.
TEST(IntNStringReceiverTest, DataAfterAStringThatWasTooLongDeliversNothing) {
  Conversation<TooLongRecorder> with([](auto& receiver) { receiver.setMaxLength(2); });
  with.receive(
      "\x00\x01"
      "a\x00\x03"s);
  with.receive(
      "xyz\x00\x01"
      "b"s);
  EXPECT_THAT(with.heard(), ElementsAre("a"));
  EXPECT_THAT(with.protocol.told, ElementsAre(3));
  EXPECT_FALSE(with.disconnecting());
}

TEST(IntNStringReceiverTest, ALimitOfZeroAllowsTheEmptyString) {
  Conversation<Int8Recorder> with([](auto& receiver) { receiver.setMaxLength(0); });
  with.receive("\x00\x01"s);
  EXPECT_THAT(with.heard(), ElementsAre(""));
  EXPECT_TRUE(with.disconnecting());
}

// Sending.

TEST(IntNStringReceiverTest, SendsAString) {
  Conversation<Int8Recorder> one;
  one.protocol.sendString("hello");
  EXPECT_EQ(one.transport.value(), "\x05hello");
  Conversation<Int16Recorder> two;
  two.protocol.sendString(std::string(258, 'x'));
  EXPECT_EQ(two.transport.value(), "\x01\x02" + std::string(258, 'x'));
  Conversation<Int32Recorder> four;
  four.protocol.sendString("");
  EXPECT_EQ(four.transport.value(), "\x00\x00\x00\x00"s);
}

TEST(IntNStringReceiverTest, AStringThatItsPrefixCannotSayIsAnErrorAndWritesNothing) {
  Conversation<Int8Recorder> one;
  EXPECT_THROW(one.protocol.sendString(std::string(256, 'x')), StringTooLongError);
  EXPECT_EQ(one.transport.value(), "");
  Conversation<Int16Recorder> two;
  EXPECT_THROW(two.protocol.sendString(std::string(65536, 'x')), StringTooLongError);
  EXPECT_EQ(two.transport.value(), "");
}

TEST(IntNStringReceiverTest, TheLongestStringThatItsPrefixCanSayIsSent) {
  Conversation<Int8Recorder> one;
  one.protocol.sendString(std::string(255, 'x'));
  EXPECT_EQ(one.transport.value().size(), 256);
  Conversation<Int16Recorder> two;
  two.protocol.sendString(std::string(65535, 'x'));
  EXPECT_EQ(two.transport.value().size(), 65537);
}

TEST(IntNStringReceiverTest, TheLimitIsNotEnforcedOnWhatIsSent) {
  Conversation<Int32Recorder> with;
  with.protocol.sendString(std::string(100'000, 'x'));
  EXPECT_EQ(with.transport.value().size(), 100'004);
}

// The end of input.

TEST(IntNStringReceiverTest, InputThatEndsInMidStringIsAnError) {
  Conversation<Int16Recorder> with;
  with.receive(
      "\x00\x05"
      "abc"s);
  with.endInput();
  EXPECT_EQ(with.lostBecause(), "connection ended after 3 of 5 bytes of a string");
}

TEST(IntNStringReceiverTest, InputThatEndsInAPrefixIsAnError) {
  Conversation<Int16Recorder> with;
  with.receive("\x00"s);
  with.endInput();
  EXPECT_EQ(with.lostBecause(), "connection ended after part of a string's length");
}

TEST(IntStringParserTest, AStringThatIsWholeInTheBytesIsAViewOfThem) {
  IntStringParser parser(1, 100);
  const std::string read = "\x05hello\x05wor";
  std::string_view bytes = read;
  const auto string = parser.next(bytes);
  ASSERT_TRUE(string);
  EXPECT_EQ(string->data(), read.data() + 1);
  EXPECT_EQ(bytes, "\x05wor");
}

}  // namespace
}  // namespace couplet
