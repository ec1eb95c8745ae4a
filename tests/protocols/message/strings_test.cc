// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Strings, bytes, enumerations and other texts in JSON.
#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <couplet/protocols/message/bytes.h>
#include <couplet/protocols/message/enumeration.h>
#include <couplet/protocols/message/uuid.h>

#include "messages.h"

namespace couplet {
namespace {

using std::string_literals::operator""s;

enum class Colour { kRed, kGreen, kNameless };
constexpr auto enumerators(Colour) {
  return named<Colour>({{"red", Colour::kRed}, {"green", Colour::kGreen}, {"rouge", Colour::kRed}});
}

// Crunch 1: Strings: empty, huge, and of every plane.
TEST(MessageStringTest, RoundTripsStrings) {
  for (const std::string& text :
       {""s, "a"s, std::string(1 << 20, 'x'), "\0"s, "\x7f"s, "é€😀"s, "\u0080\u07ff\u0800\uffff"s,
        "\U00010000\U0010fffd"s, "\ufdd0\ufffe"s, "\"\\/\b\f\n\r\t"s}) {
    EXPECT_EQ(roundTrip(text), text);
  }
}

TEST(MessageStringTest, RoundTripsAllCharacters) {
  std::string all;
  for (char32_t point = 0; point <= 0x10ffff; point += point < 0x3000 ? 1 : 251) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    if (point < 0x80) {
      all += static_cast<char>(point);
      continue;
    }
    const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    all += static_cast<char>((0xff00 >> (more + 1)) | (point >> (6 * more)));
    for (int i = more; i-- > 0;) all += static_cast<char>(0x80 | (point >> (6 * i) & 0x3f));
  }
  EXPECT_EQ(roundTrip(all), all);
}

TEST(MessageStringTest, EscapesWhatJSONCannotHave) {
  EXPECT_EQ(toValue("\0\x1f\"\\\n/é"s), R"("\u0000\u001F\"\\\n/é")");
}

TEST(MessageStringTest, ReadsEveryEscape) {
  EXPECT_EQ(fromValue<std::string>(R"("\u0000\u00e9\u20AC\ud83d\ude00\/\"\\\b\f\n\r\t")"),
            "\0é€😀/\"\\\b\f\n\r\t"s);
}

TEST(MessageStringTest, RefusesBadEscapes) {
  for (const char* text : {R"("\x41")", R"("\u12")", R"("\u12g4")", R"("\U00010000")", R"("\")",
                           R"("\a")", R"("\'")", "\"\\\n\""}) {
    EXPECT_NE(whyNoValue<std::string>(text), "") << text;
  }
}

TEST(MessageStringTest, RefusesHalfACharacter) {
  for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800\u0041")",
                           R"("\ud800x")", R"("\udfff\ud800")", R"("\uDBFF")"}) {
    EXPECT_NE(whyNoValue<std::string>(text), "") << text;
  }
}

TEST(MessageStringTest, RefusesControlCharacters) {
  for (char c = 0; c < ' '; ++c) {
    EXPECT_NE(whyNoValue<std::string>("\"a" + std::string(1, c) + "b\""), "") << int(c);
  }
}

TEST(MessageStringTest, RefusesBytesThatAreNoUTF8) {
  for (const char* bytes :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe",
        "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3("}) {
    EXPECT_EQ(whyNoValue<std::string>("\"" + std::string(bytes) + "\""),
              "a string that is no UTF-8 for member \"value\" of \"Holder\"");
  }
}

TEST(MessageStringTest, WritesNoStringThatIsNoUTF8) {
  EXPECT_EQ(whyNot([] { return toValue("a\xff\n"s); }),
            "\"a??\" is no UTF-8, and no Bytes, for member \"value\" of \"Holder\"");
}

TEST(MessageStringTest, ANumberIsNoString) {
  EXPECT_EQ(whyNoValue<std::string>("1"), "1 is not a string for member \"value\" of \"Holder\"");
}

// Crunch 1: bytes (base64).
TEST(MessageBytesTest, RoundTripsBytesOfEveryLength) {
  std::string data;
  for (int size = 0; size < 260; ++size) {
    EXPECT_EQ(roundTrip(Bytes{data}), Bytes{data});
    data += static_cast<char>(size * 7);
  }
  EXPECT_EQ(toValue(Bytes{"\xff\0"s}), R"("/wA=")");
}

TEST(MessageBytesTest, TakesOneSpellingOfBase64) {
  for (const char* text : {R"("/wA")", R"("/wB=")", R"("/w A=")", R"("_wA=")", R"("====")"}) {
    EXPECT_NE(whyNoValue<Bytes>(text).find("is not base64 for member"), std::string::npos) << text;
  }
}

// Crunch 1: UUID text.
TEST(MessageUUIDTest, RoundTripsAUUID) {
  const UUID uuid = UUID::random();
  EXPECT_EQ(roundTrip(uuid), uuid);
  EXPECT_EQ(toValue(UUID()), "\"00000000-0000-0000-0000-000000000000\"");
}

TEST(MessageUUIDTest, RefusesAnotherText) {
  EXPECT_EQ(whyNoValue<UUID>(R"("f81d4fae")"),
            "\"f81d4fae\" is not a UUID for member \"value\" of \"Holder\"");
}

// Crunch 1: enum (by name).
TEST(MessageEnumTest, RoundTripsByName) {
  EXPECT_EQ(toValue(Colour::kGreen), "\"green\"");
  EXPECT_EQ(roundTrip(Colour::kGreen), Colour::kGreen);
}

TEST(MessageEnumTest, OfTwoNamesTheFirstIsWrittenAndBothAreRead) {
  EXPECT_EQ(toValue(Colour::kRed), "\"red\"");
  EXPECT_EQ(fromValue<Colour>("\"rouge\""), Colour::kRed);
}

TEST(MessageEnumTest, RefusesAnUnknownNameAndSaysWhichThereAre) {
  EXPECT_EQ(whyNoValue<Colour>(R"("Red")"),
            R"("Red" is not one of "red", "green", "rouge" for member "value" of "Holder")");
  EXPECT_NE(whyNoValue<Colour>("0"), "");
}

TEST(MessageEnumTest, WritesNoValueWithoutAName) {
  EXPECT_EQ(whyNot([] { return toValue(Colour::kNameless); }),
            "a value that has no name for member \"value\" of \"Holder\"");
}

}  // namespace
}  // namespace couplet
