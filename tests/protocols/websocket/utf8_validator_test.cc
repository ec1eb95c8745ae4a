// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// UTF8Validator against the ranges of RFC 3629, 4, written as the RFC has them.
#include <couplet/protocols/websocket/detail/utf8_validator.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

struct Range {
  unsigned char least;
  unsigned char most;
};

/// The bytes of a character, of each of the nine kinds.
const std::vector<std::vector<Range>> kCharacters = {
    {{0x00, 0x7f}},
    {{0xc2, 0xdf}, {0x80, 0xbf}},
    {{0xe0, 0xe0}, {0xa0, 0xbf}, {0x80, 0xbf}},
    {{0xe1, 0xec}, {0x80, 0xbf}, {0x80, 0xbf}},
    {{0xed, 0xed}, {0x80, 0x9f}, {0x80, 0xbf}},
    {{0xee, 0xef}, {0x80, 0xbf}, {0x80, 0xbf}},
    {{0xf0, 0xf0}, {0x90, 0xbf}, {0x80, 0xbf}, {0x80, 0xbf}},
    {{0xf1, 0xf3}, {0x80, 0xbf}, {0x80, 0xbf}, {0x80, 0xbf}},
    {{0xf4, 0xf4}, {0x80, 0x8f}, {0x80, 0xbf}, {0x80, 0xbf}},
};

/// How many bytes at the beginning are of `character`; all of them, at most.
std::size_t fits(const std::vector<Range>& character, std::string_view text) {
  std::size_t at = 0;
  for (; at < std::min(character.size(), text.size()); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < character[at].least || byte > character[at].most) break;
  }
  return at;
}

/// What a validator should say after each byte.
struct Verdict {
  std::size_t good = 0;  // bytes; the next one, where there is one, is refused
  bool complete = true;
};

Verdict judge(std::string_view text) {
  Verdict verdict;
  while (verdict.good < text.size()) {
    const std::string_view rest = text.substr(verdict.good);
    std::size_t longest = 0;
    bool whole = false;
    for (const auto& character : kCharacters) {
      const std::size_t fit = fits(character, rest);
      longest = std::max(longest, fit);
      whole |= fit == character.size();
    }
    verdict.good += longest;
    verdict.complete = whole;
    if (!whole) break;
  }
  return verdict;
}

/// What it says to the pieces before and behind `cut`; nothing where it is as it should be.
std::optional<std::string> differsAt(std::size_t cut, std::string_view text,
                                     const Verdict& verdict) {
  UTF8Validator validator;
  const bool first = validator.take(text.substr(0, cut));
  if (first != (cut <= verdict.good)) return "the first piece";
  if (!first) return std::nullopt;
  const bool second = validator.take(text.substr(cut));
  if (second != (verdict.good == text.size())) return "the second piece";
  if (second && validator.complete() != verdict.complete) return "the end";
  return std::nullopt;
}

void expectRightAtEveryCut(const std::string& text) {
  const Verdict verdict = judge(text);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const auto differs = differsAt(cut, text, verdict);
    ASSERT_FALSE(differs) << ::testing::PrintToString(text) << " cut at " << cut << ": "
                          << *differs;
  }
}

TEST(UTF8ValidatorTest, IsRightAboutAllTextsOfOneAndTwoBytes) {
  for (unsigned first = 0; first < 256; ++first) {
    expectRightAtEveryCut({static_cast<char>(first)});
    for (unsigned second = 0; second < 256; ++second) {
      expectRightAtEveryCut({static_cast<char>(first), static_cast<char>(second)});
    }
  }
}

/// With the bytes at which any range begins or ends, and their neighbours.
std::vector<char> edges() {
  std::vector<char> all;
  for (const unsigned edge :
       {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
        0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xfb, 0xfc, 0xfe, 0xff}) {
    all.push_back(static_cast<char>(edge));
  }
  return all;
}

TEST(UTF8ValidatorTest, IsRightAboutAllTextsOfThreeBytesWhoseFirstIsAnEdge) {
  for (const char first : edges()) {
    for (unsigned second = 0; second < 256; ++second) {
      for (unsigned third = 0; third < 256; ++third) {
        const std::string text{first, static_cast<char>(second), static_cast<char>(third)};
        const Verdict verdict = judge(text);
        ASSERT_FALSE(differsAt(3, text, verdict)) << ::testing::PrintToString(text);
        ASSERT_FALSE(differsAt(2, text, verdict)) << ::testing::PrintToString(text);
      }
    }
  }
}

TEST(UTF8ValidatorTest, IsRightAboutAllTextsOfFourEdges) {
  const std::vector<char> all = edges();
  for (const char first : {'\xf0', '\xf1', '\xf3', '\xf4', '\xf5', '\xe0', '\xed'}) {
    for (const char second : all) {
      for (const char third : all) {
        for (const char fourth : all) expectRightAtEveryCut({first, second, third, fourth});
      }
    }
  }
}

/// Well-known ones: what is too short, too long, a surrogate, no character, or overlong.
TEST(UTF8ValidatorTest, RefusesTheWellKnownBadTextsBetweenGoodOnes) {
  for (const std::string bad :
       {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf",
        "\xf0\x8f\xbf\xbf", "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xa0\x80\xed\xb0\x80", "\xf4\x90\x80\x80", "\xc3(",
        "\xe2\x82(", "\xf0\x9f\x98("}) {
    for (const std::size_t before : {0, 1, 7, 15, 16, 17, 31, 40}) {
      const std::string text = std::string(before, 'a') + bad + std::string(20, 'b');
      EXPECT_LT(judge(text).good, text.size());
      expectRightAtEveryCut(text);
    }
  }
}

TEST(UTF8ValidatorTest, TakesTheFirstAndLastCharactersOfEachLength) {
  for (const std::string_view good :
       {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbd", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    UTF8Validator validator;
    EXPECT_TRUE(validator.take(good));
    EXPECT_TRUE(validator.complete());
  }
}

TEST(UTF8ValidatorTest, TakesALongTextInThreePieces) {
  const std::string_view text =
      "gr\u00fc\u00dfe, \u043f\u0440\u0438\u0432\u0435\u0442, \u4f60\u597d \U0001f600 ascii";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      UTF8Validator validator;
      EXPECT_TRUE(validator.take(text.substr(0, first)));
      EXPECT_TRUE(validator.take(text.substr(first, second - first)));
      EXPECT_TRUE(validator.take(text.substr(second)));
      EXPECT_TRUE(validator.complete());
    }
  }
}

TEST(UTF8ValidatorTest, StartsAnewWhenItIsReset) {
  UTF8Validator validator;
  EXPECT_TRUE(validator.take("\xe2\x82"));
  EXPECT_FALSE(validator.complete());
  validator.reset();
  EXPECT_TRUE(validator.complete());
  EXPECT_TRUE(validator.take("a"));
}

}  // namespace
}  // namespace couplet::detail
