// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/utf8.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace poetry {

using namespace std::string_view_literals;

namespace {

/// Where decoding `text` fails; -1 where it does not.
int offsetOfError(std::string_view text) {
  try {
    decodeUtf8(text);
    return -1;
  } catch (const InvalidUtf8Error& error) {
    int offset = -2;
    std::sscanf(error.what(), "Not UTF-8 at byte %d.", &offset);
    return offset;
  }
}

}  // namespace

TEST(Utf8Test, DecodesEachLength) {
  EXPECT_EQ(decodeUtf8("a\u00e9\u4e2d\U0001F600"), U"a\u00e9\u4e2d\U0001F600");
  EXPECT_EQ(decodeUtf8(""), U"");
  EXPECT_EQ(decodeUtf8("\0"sv), std::u32string(1, U'\0'));
}

TEST(Utf8Test, EncodesWhatItDecodes) {
  std::u32string all;
  for (char32_t c = 0; c <= 0x10FFFF; ++c)
    if (c < 0xD800 || c > 0xDFFF) all += c;
  EXPECT_EQ(decodeUtf8(encodeUtf8(all)), all);
}

TEST(Utf8Test, TakesTheFirstAndTheLastOfEachLength) {
  for (std::string_view text :
       {"\0"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv,
        "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv})
    EXPECT_EQ(decodeUtf8(text).size(), 1u);
}

TEST(Utf8Test, RefusesOverlongForms) {
  for (std::string_view text : {"\xC0\x80"sv, "\xC1\xBF"sv, "\xE0\x80\x80"sv, "\xE0\x9F\xBF"sv,
                                "\xF0\x80\x80\x80"sv, "\xF0\x8F\xBF\xBF"sv})
    EXPECT_EQ(offsetOfError(text), 0);
}

TEST(Utf8Test, RefusesSurrogates) {
  for (std::string_view text : {"\xED\xA0\x80"sv, "\xED\xBF\xBF"sv})
    EXPECT_EQ(offsetOfError(text), 0);
}

TEST(Utf8Test, RefusesWhatIsPastTheLastCharacter) {
  for (std::string_view text :
       {"\xF4\x90\x80\x80"sv, "\xF7\xBF\xBF\xBF"sv, "\xF8\x88\x80\x80\x80"sv, "\xFE"sv, "\xFF"sv})
    EXPECT_EQ(offsetOfError(text), 0);
}

TEST(Utf8Test, RefusesWhatIsCutOff) {
  EXPECT_EQ(offsetOfError("a\xC3"), 1);
  EXPECT_EQ(offsetOfError("ab\xE4\xB8"), 2);
  EXPECT_EQ(offsetOfError("\xF0\x9F\x98"), 0);
}

TEST(Utf8Test, RefusesABrokenOffCharacterBeforeAnother) {
  EXPECT_EQ(offsetOfError("\xC3(x"), 0);
  EXPECT_EQ(offsetOfError("\xE4\xB8(x"), 0);
  EXPECT_EQ(offsetOfError("\xC3\xC3\xA9"), 0);
}

TEST(Utf8Test, RefusesABareContinuation) { EXPECT_EQ(offsetOfError("abc\x80"), 3); }

}  // namespace poetry
