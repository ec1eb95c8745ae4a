// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/utf8.h>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

TEST(UTF8Test, TheFirstCharacterHasItsSizeAndItsPoint) {
  EXPECT_EQ(firstCharacter("a").point, U'a');
  EXPECT_EQ(firstCharacter("éx").size, 2U);
  EXPECT_EQ(firstCharacter("€x").point, U'€');
  EXPECT_EQ(firstCharacter("😀x").point, U'😀');
  EXPECT_EQ(firstCharacter("😀x").size, 4U);
  EXPECT_EQ(firstCharacter("").size, 0U);
}

TEST(UTF8Test, AWrongByteIsFoundWhereverItStands) {
  for (std::size_t size = 1; size < 40; ++size) {
    EXPECT_TRUE(isUTF8(std::string(size, 'a')));
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\x80';
      EXPECT_FALSE(isUTF8(text)) << at << " of " << size;
    }
  }
}

/// RFC 3629 section 4, as a table of what the second byte may be.
bool isCharacter(unsigned first, unsigned second) {
  if (first < 0xc2 || first > 0xf4) return false;
  const unsigned least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most;
}

TEST(UTF8Test, TakesJustThePairsOfTheRFC) {
  for (unsigned first = 0x80; first <= 0xff; ++first) {
    for (unsigned second = 0; second <= 0xff; ++second) {
      std::string text{static_cast<char>(first), static_cast<char>(second)};
      if (first >= 0xe0) text += '\x80';
      if (first >= 0xf0) text += '\x80';
      EXPECT_EQ(isUTF8(text), isCharacter(first, second)) << first << ' ' << second;
    }
  }
}

TEST(UTF8Test, ACharacterThatIsCutShortIsNone) {
  for (const std::string_view text : {"é", "€", "😀"}) {
    EXPECT_TRUE(isUTF8(text));
    for (std::size_t size = 1; size < text.size(); ++size) {
      EXPECT_FALSE(isUTF8(text.substr(0, size)));
      EXPECT_FALSE(isUTF8(std::string(text.substr(0, size)) + "a"));
    }
  }
}

}  // namespace
}  // namespace couplet::detail
