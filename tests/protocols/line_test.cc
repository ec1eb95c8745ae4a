// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/line.h>

#include <stdexcept>
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

/// Records lines as they are and raw bytes as "raw:...", and then calls what it was given for each.
class ModeRecorder : public LineReceiver {
 public:
  void lineReceived(std::string_view line) override {
    heard.emplace_back(line);
    if (onLine) onLine(line);
  }
  void rawDataReceived(std::string_view bytes) override {
    heard.push_back("raw:" + std::string(bytes));
    if (onRaw) onRaw(bytes);
  }
  void connectionLost(const Failure& why) override { reason = why; }

  std::vector<std::string> heard;
  std::function<void(std::string_view)> onLine;
  std::function<void(std::string_view)> onRaw;
  std::optional<Failure> reason;
};

/// Keeps the connection when a line is too long.
template <class Receiver>
class TooLongRecorder : public LineRecorder<Receiver> {
 public:
  void lineLengthExceeded(std::string_view rest) override {
    this->heard.push_back("too long:" + std::string(rest));
  }
};

using Lines = Conversation<LineRecorder<LineReceiver>>;
using OnlyLines = Conversation<LineRecorder<LineOnlyReceiver>>;

void limitToFive(LineProtocol& receiver) { receiver.setMaxLength(5); }

// What a line is.

struct Split {
  std::string name;
  std::string delimiter;
  std::string bytes;
  std::vector<std::string> lines;
};

class LineSplitTest : public TestWithParam<Split> {
 protected:
  static void prepare(LineProtocol& receiver) { receiver.setDelimiter(GetParam().delimiter); }
};

TEST_P(LineSplitTest, LineReceiverDeliversTheLines) {
  Lines with(prepare);
  with.receive(GetParam().bytes);
  EXPECT_EQ(with.heard(), GetParam().lines);
}

TEST_P(LineSplitTest, LineReceiverDeliversTheSameAtEveryCut) {
  EXPECT_TRUE(
      testing::sameAtEveryCut(GetParam().bytes, hearing<LineRecorder<LineReceiver>>(prepare)));
}

TEST_P(LineSplitTest, LineOnlyReceiverDeliversTheLines) {
  OnlyLines with(prepare);
  with.receive(GetParam().bytes);
  EXPECT_EQ(with.heard(), GetParam().lines);
}

TEST_P(LineSplitTest, LineOnlyReceiverDeliversTheSameAtEveryCut) {
  EXPECT_TRUE(
      testing::sameAtEveryCut(GetParam().bytes, hearing<LineRecorder<LineOnlyReceiver>>(prepare)));
}

INSTANTIATE_TEST_SUITE_P(
    Framing, LineSplitTest,
    Values(Split{"Several", "\r\n", "one\r\ntwo\r\n", {"one", "two"}},
           Split{"LoneNewlineIsData", "\r\n", "a\nb\r\n", {"a\nb"}},
           Split{"LoneCarriageReturnIsData", "\r\n", "a\rb\r\n", {"a\rb"}},
           Split{"TwoCarriageReturns", "\r\n", "a\r\r\n\r\n", {"a\r", ""}},
           Split{"EmptyLines", "\r\n", "\r\n\r\na\r\n\r\n", {"", "", "a", ""}},
           Split{"NulIsData", "\r\n", std::string("a\0b\r\n", 5), {std::string("a\0b", 3)}},
           Split{"NoDelimiterYet", "\r\n", "a\r\nbc\r", {"a"}},
           Split{"OneByteDelimiter", "\n", "a\nb\r\n\n", {"a", "b\r", ""}},
           Split{"NulDelimiter", std::string(1, '\0'), std::string("a\0b\0", 4), {"a", "b"}},
           Split{"LongDelimiter",
                 "--boundary--",
                 "a--boundary-b--boundary----boundary--",
                 {"a--boundary-b", ""}},
           Split{"DelimiterThatRepeatsItself", "aab", "aaaabxaabaab", {"aa", "x", ""}},
           Split{"DelimiterOfOneByteRepeated", "..", "a...b....", {"a", ".b", ""}}),
    [](const auto& split) { return split.param.name; });

// Limits. MAX_LENGTH counts the line without its delimiter.

TEST(LineReceiverTest, ALineOfJustTheLimitIsDelivered) {
  Lines with(limitToFive);
  with.receive("12345\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("12345"));
}

TEST(LineReceiverTest, ALineOfJustTheLimitMayBeCutInsideItsDelimiter) {
  Lines with(limitToFive);
  with.receive("12345\r");
  EXPECT_FALSE(with.disconnecting());
  with.receive("\n");
  EXPECT_THAT(with.heard(), ElementsAre("12345"));
}

TEST(LineReceiverTest, OneByteMoreThanTheLimitStillWaitsForADelimiter) {
  Lines with(limitToFive);
  with.receive("123456");
  EXPECT_FALSE(with.disconnecting());
  with.receive("7");
  EXPECT_TRUE(with.disconnecting());
}

TEST(LineReceiverTest, ALineThatIsTooLongIsRefused) {
  Lines with(limitToFive);
  with.receive("123456\r\n");
  EXPECT_THAT(with.heard(), IsEmpty());
  EXPECT_TRUE(with.lostWith<LineLengthExceededError>());
  EXPECT_EQ(with.lostBecause(), "line is longer than the limit of 5 bytes");
}

TEST(LineReceiverTest, LinesBeforeOneThatIsTooLongAreDeliveredAndNoneAfterIt) {
  EXPECT_TRUE(testing::sameAtEveryCut("a\r\n123456789\r\nb\r\n",
                                      hearing<LineRecorder<LineReceiver>>(limitToFive)));
  Lines with(limitToFive);
  with.receive("a\r\n123456789\r\nb\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("a"));
}

TEST(LineReceiverTest, TheLimitIs16384UnlessItIsSet) {
  Lines with;
  with.receive(std::string(16384, 'x') + "\r\n");
  EXPECT_EQ(with.heard().size(), 1);
  with.receive(std::string(16385, 'x') + "\r\n");
  EXPECT_TRUE(with.disconnecting());
}

TEST(LineReceiverTest, AnEndlessLineIsRefused) {
  Lines with;
  with.receive(std::string(1'000'000, 'x'));
  EXPECT_TRUE(with.disconnecting());
}

TEST(LineReceiverTest, ALimitOfZeroAllowsEmptyLines) {
  Lines with([](auto& receiver) { receiver.setMaxLength(0); });
  with.receiveOneByOne("\r\n\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("", ""));
  with.receive("x\r\n");
  EXPECT_TRUE(with.disconnecting());
}

TEST(LineReceiverTest, TheLargestLimitThereIsDoesNotOverflow) {
  Lines with([](auto& receiver) { receiver.setMaxLength(SIZE_MAX); });
  with.receive("123456");
  with.receive("\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("123456"));
}

TEST(LineReceiverTest, LineLengthExceededGetsTheLineItsDelimiterAndTheRest) {
  Conversation<TooLongRecorder<LineReceiver>> with(limitToFive);
  with.receive("a\r\n123456\r\nrest\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("a", "too long:123456\r\nrest\r\n"));
}

TEST(LineReceiverTest, LineLengthExceededGetsWhatCameInEarlierReads) {
  Conversation<TooLongRecorder<LineReceiver>> with(limitToFive);
  with.receive("1234");
  with.receive("56\r\nrest");
  EXPECT_THAT(with.heard(), ElementsAre("too long:123456\r\nrest"));
}

TEST(LineReceiverTest, TheByteAfterALineThatWasTooLongBeginsALine) {
  Conversation<TooLongRecorder<LineReceiver>> with(limitToFive);
  with.receive("1234567");
  with.receive("8\r\nb\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("too long:1234567", "8", "b"));
}

// Found by fuzzing: only what came before the pause was taken for the line and its rest.
TEST(LineReceiverTest, ALineThatIsTooLongAfterAPauseTakesWhatThePauseHeldBack) {
  Conversation<TooLongRecorder<LineReceiver>> with;
  with.receive("12345");
  with.transport.pauseProducing();
  with.receive("6\r\nb\r\n");
  with.protocol.setMaxLength(3);
  with.resume();
  with.receive("c\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("too long:123456\r\nb\r\n", "c"));
}

TEST(LineOnlyReceiverTest, ALineOfJustTheLimitIsDelivered) {
  OnlyLines with(limitToFive);
  with.receive("12345\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("12345"));
}

TEST(LineOnlyReceiverTest, MoreBytesThanTheLimitWithoutADelimiterAreTooManyAtOnce) {
  OnlyLines with(limitToFive);
  with.receive("12345\r");
  EXPECT_TRUE(with.disconnecting());
  EXPECT_TRUE(with.lostWith<LineLengthExceededError>());
}

TEST(LineOnlyReceiverTest, AShorterLineMayBeCutAnywhere) {
  EXPECT_TRUE(testing::sameAtEveryCut("1234\r\n123\r\n123456\r\n",
                                      hearing<LineRecorder<LineOnlyReceiver>>(limitToFive)));
}

TEST(LineOnlyReceiverTest, LinesBeforeOneThatIsTooLongAreDeliveredAndNoneAfterIt) {
  OnlyLines with(limitToFive);
  with.receive("a\r\n123456\r\nb\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("a"));
  EXPECT_TRUE(with.disconnecting());
}

// Delimiters and sending.

TEST(LineReceiverTest, SendsALineAndTheDelimiter) {
  Lines with;
  with.protocol.sendLine("hello");
  with.protocol.setDelimiter("|");
  with.protocol.sendLine("");
  EXPECT_EQ(with.transport.value(), "hello\r\n|");
}

TEST(LineReceiverTest, AnEmptyDelimiterIsAnError) {
  Lines with;
  EXPECT_THROW(with.protocol.setDelimiter(""), std::invalid_argument);
  EXPECT_EQ(with.protocol.delimiter(), "\r\n");
}

TEST(LineReceiverTest, ADelimiterThatALineSetsEndsTheNext) {
  Lines with;
  with.protocol.then = [&] { with.protocol.setDelimiter("\n"); };
  with.receive("a\r\nb\nc\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("a", "b", "c\r"));
}

TEST(LineReceiverTest, InputThatEndsInMidLineIsAnError) {
  Lines with;
  with.receive("a\r\nhalf");
  with.endInput();
  EXPECT_EQ(with.lostBecause(), "connection ended after 4 bytes of a line, without its delimiter");
}

// Raw mode.

TEST(LineReceiverTest, SetRawModeSendsTheRestToRawDataReceived) {
  Conversation<ModeRecorder> with;
  with.protocol.onLine = [&](std::string_view) { with.protocol.setRawMode(); };
  with.receive("go\r\nraw\r\nbytes");
  with.receive("more");
  EXPECT_THAT(with.heard(), ElementsAre("go", "raw:raw\r\nbytes", "raw:more"));
}

TEST(LineReceiverTest, RawDataHasNoLimit) {
  Conversation<ModeRecorder> with([](auto& receiver) { receiver.setRawMode(); });
  with.receive(std::string(100'000, 'x'));
  EXPECT_FALSE(with.disconnecting());
  EXPECT_EQ(with.heard().front().size(), 100'004);
}

TEST(LineReceiverTest, SetLineModeParsesTheExtraBytes) {
  Conversation<ModeRecorder> with([](auto& receiver) { receiver.setRawMode(); });
  with.protocol.onRaw = [&](std::string_view bytes) { with.protocol.setLineMode(bytes.substr(4)); };
  with.receive("bodyone\r\ntwo\r\nthr");
  with.receive("ee\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("raw:bodyone\r\ntwo\r\nthr", "one", "two", "three"));
}

TEST(LineReceiverTest, TheExtraBytesMayBeACopy) {
  Conversation<ModeRecorder> with([](auto& receiver) { receiver.setRawMode(); });
  with.protocol.onRaw = [&](std::string_view) {
    with.protocol.dataReceived("last\r\n");
    with.protocol.setLineMode(std::string("first\r\n"));
  };
  with.receive("raw");
  EXPECT_THAT(with.heard(), ElementsAre("raw:raw", "first", "last"));
}

TEST(LineReceiverTest, SetLineModeFromElsewhereDeliversAtOnce) {
  Conversation<ModeRecorder> with([](auto& receiver) { receiver.setRawMode(); });
  with.receive("raw");
  with.protocol.setLineMode("a\r\nb");
  with.receive("c\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("raw:raw", "a", "bc"));
}

TEST(LineReceiverTest, SetLineModeInAPauseDeliversAfterIt) {
  Conversation<ModeRecorder> with([](auto& receiver) { receiver.setRawMode(); });
  with.receive("raw");
  with.transport.pauseProducing();
  with.receive("b\r\n");
  with.protocol.setLineMode("a\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("raw:raw"));
  with.resume();
  EXPECT_THAT(with.heard(), ElementsAre("raw:raw", "a", "b"));
}

TEST(LineReceiverTest, SetRawModeFromElsewhereTakesAnIncompleteLineToo) {
  Conversation<ModeRecorder> with;
  with.receive("begun");
  with.protocol.setRawMode();
  with.receive(" and more");
  EXPECT_THAT(with.heard(), ElementsAre("raw:begun", "raw: and more"));
}

TEST(LineReceiverTest, RawDataReceivedMayPause) {
  Conversation<ModeRecorder> with([](auto& receiver) { receiver.setRawMode(); });
  with.protocol.onRaw = [&](std::string_view bytes) {
    with.transport.pauseProducing();
    if (bytes.size() > 1) with.protocol.setLineMode(bytes.substr(1));
  };
  with.receive("xline\r\n");
  EXPECT_THAT(with.heard(), ElementsAre("raw:xline\r\n"));
  with.resume();
  EXPECT_THAT(with.heard(), ElementsAre("raw:xline\r\n", "line"));
}

// Found by fuzzing: they were kept, and the end of input waited for them for ever.
TEST(LineReceiverTest, ExtraBytesAfterAnExceptionAreDropped) {
  Conversation<ModeRecorder> with([](auto& receiver) { receiver.setRawMode(); });
  with.protocol.onRaw = [](std::string_view) { throw std::runtime_error("no"); };
  EXPECT_THROW(with.receive("raw"), std::runtime_error);
  with.protocol.setLineMode("raw");
  with.endInput();
  EXPECT_TRUE(with.disconnecting());
}

TEST(LineReceiverTest, ClearLineBufferTakesWhatIsLeft) {
  Conversation<ModeRecorder> with;
  std::string left;
  with.protocol.onLine = [&](std::string_view) { left = with.protocol.clearLineBuffer(); };
  with.receive("a\r\nb\r\nc");
  EXPECT_EQ(left, "b\r\nc");
  EXPECT_THAT(with.heard(), ElementsAre("a"));
}

TEST(LineReceiverTest, RawModeNeedsAnOverride) {
  Lines with([](auto& receiver) { receiver.setRawMode(); });
  EXPECT_THROW(with.receive("data"), std::logic_error);
}

/// Lines of a length, then that many raw bytes, over and over: "3\r\nabc".
class LengthPrefixed : public ModeRecorder {
 public:
  void lineReceived(std::string_view line) override {
    missing_ = std::stoul(std::string(line));
    heard.emplace_back();
    setRawMode();
  }
  void rawDataReceived(std::string_view bytes) override {
    const std::string_view taken = bytes.substr(0, missing_);
    heard.back().append(taken);
    missing_ -= taken.size();
    if (missing_ == 0) setLineMode(bytes.substr(taken.size()));
  }

 private:
  std::size_t missing_ = 0;
};

TEST(LineReceiverTest, ModesChangeTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut("3\r\nabc5\r\na\r\nbc1\r\nx", hearing<LengthPrefixed>()));
}

// Twisted's test_stackRecursion; in one read, which takes neither stack nor quadratic time.
TEST(LineReceiverTest, ManyChangesOfModeDoNotRecurse) {
  constexpr std::size_t kMany = 200'000;
  std::string bytes;
  for (std::size_t i = 0; i < kMany; ++i) bytes += "1\r\nx";
  Conversation<LengthPrefixed> with;
  with.receive(bytes);
  EXPECT_EQ(with.heard().size(), kMany);
}

// No byte is looked at twice.

TEST(LineReceiverTest, ALongLineThatComesByteByByteTakesNoQuadraticTime) {
  constexpr std::size_t kLong = 2'000'000;
  Lines with([](auto& receiver) { receiver.setMaxLength(kLong); });
  with.receiveOneByOne(std::string(kLong, '\r') + "\r\n");
  ASSERT_EQ(with.heard().size(), 1);
  EXPECT_EQ(with.heard().front().size(), kLong);
}

TEST(LineParserTest, ALineThatIsWholeInTheBytesIsAViewOfThem) {
  LineParser parser("\r\n", 100, LineParser::Patience::kForDelimiter);
  const std::string read = "hello\r\nwor";
  std::string_view bytes = read;
  const auto line = parser.next(bytes);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->data(), read.data());
  EXPECT_EQ(bytes, "wor");
}

TEST(LineParserTest, GivesBackTheBytesOfAnIncompleteLine) {
  LineParser parser("\r\n", 100, LineParser::Patience::kForDelimiter);
  std::string_view bytes = "wor\r";
  EXPECT_FALSE(parser.next(bytes));
  EXPECT_EQ(parser.kept(), 4);
  EXPECT_EQ(parser.takeUnfinished(), "wor\r");
  EXPECT_EQ(parser.kept(), 0);
}

}  // namespace
}  // namespace couplet
