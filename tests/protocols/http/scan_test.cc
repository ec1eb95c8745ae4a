// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// That the scanner finds what the tables say, wherever it is in a text of any length: where a
// processor looks at sixteen bytes at a time, this compares both ways.
#include <couplet/protocols/http/detail/scan.h>

#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

template <class End>
std::size_t findByTable(std::string_view text, std::size_t from) {
  while (from < text.size() && !End::is(text[from])) ++from;
  return from;
}

template <class End>
std::size_t findByScanner(std::string_view text, std::size_t from) {
  const Scanner scanner(text);
  return static_cast<std::size_t>(scanner.find<End>(text.data() + from) - text.data());
}

template <class End>
class ScannerTest : public ::testing::Test {};

using Ends = ::testing::Types<TextEnd, TargetEnd, PlainEnd, NameEnd>;
TYPED_TEST_SUITE(ScannerTest, Ends);

TYPED_TEST(ScannerTest, EveryByteIsWhatTheTableSays) {
  for (int byte = 0; byte < 256; ++byte) {
    std::string text(16, 'a');
    text[5] = static_cast<char>(byte);
    EXPECT_EQ(findByScanner<TypeParam>(text, 0), findByTable<TypeParam>(text, 0)) << byte;
  }
}

TYPED_TEST(ScannerTest, FindsTheEndWhereverItIs) {
  for (std::size_t size = 1; size <= 70; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      std::string text(size, 'a');
      text[place] = '\n';
      for (std::size_t from = 0; from < size; ++from) {
        ASSERT_EQ(findByScanner<TypeParam>(text, from), findByTable<TypeParam>(text, from))
            << size << " bytes, end at " << place << ", from " << from;
      }
    }
  }
}

TYPED_TEST(ScannerTest, FindsTheFirstOfSeveral) {
  std::string text(64, 'a');
  text[40] = text[21] = text[20] = '\0';
  EXPECT_EQ(findByScanner<TypeParam>(text, 3), 20u);
  EXPECT_EQ(findByScanner<TypeParam>(text, 21), 21u);
  EXPECT_EQ(findByScanner<TypeParam>(text, 22), 40u);
}

TYPED_TEST(ScannerTest, FindsNothingInWhatHasNone) {
  for (std::size_t size = 1; size <= 70; ++size) {
    const std::string text(size, 'a');
    EXPECT_EQ(findByScanner<TypeParam>(text, 0), size);
    EXPECT_EQ(findByScanner<TypeParam>(text, size), size);
  }
}

TYPED_TEST(ScannerTest, KnowsWhetherThereIsNone) {
  for (std::size_t size = 0; size <= 70; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(hasNone<TypeParam>(text)) << size;
    for (char& c : text) {
      c = '\x7f';
      EXPECT_FALSE(hasNone<TypeParam>(text)) << size << " bytes, at " << &c - text.data();
      c = 'a';
    }
  }
}

template <class End>
void expectNear(std::string_view text, std::size_t from) {
  const Scanner scanner(text);
  const char* const found = scanner.findNear<End>(text.data() + from);
  const std::size_t end = findByTable<End>(text, from);
  if (end < text.size() && end < from + 16) {
    ASSERT_EQ(found, text.data() + end) << text.size() << " bytes, from " << from;
  } else if (from + 16 <= text.size()) {
    ASSERT_EQ(found, text.data() + from + 16) << text.size() << " bytes, from " << from;
  } else {
    ASSERT_EQ(std::string_view(found, 2), std::string_view("\0\0", 2));
  }
}

TYPED_TEST(ScannerTest, FindsWhatIsNearOrWhereToGoOn) {
  for (std::size_t size = 16; size <= 40; ++size) {
    std::string text(size, 'a');
    for (std::size_t from = 0; from <= size + 3; ++from) expectNear<TypeParam>(text, from);
    for (std::size_t place = 0; place < size; ++place) {
      text[place] = '\n';
      for (std::size_t from = 0; from < size; ++from) expectNear<TypeParam>(text, from);
      text[place] = 'a';
    }
  }
}

TEST(ScannerControlTest, ATabAnd8BitsAreNoControl) {
  const std::string text = "a\tb\x80\xff and so on until here\x01 and behind\x7f";
  const Scanner scanner(text);
  const char* const found = scanner.findControl(text.data());
  EXPECT_EQ(found, text.data() + text.find('\x01'));
  EXPECT_EQ(scanner.findControl(found + 1), text.data() + text.find('\x7f'));
  EXPECT_EQ(scanner.findControl(scanner.end()), scanner.end());
}

// Which bytes they are: RFC 9110 5.6.2, RFC 9112 3.2, and both where 0x7f and more end.

TEST(ScannerControlTest, PlainBytesAreLettersDigitsHyphenAndDot) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool plain = isLetter(c) || isDigit(c) || c == '-' || c == '.';
    EXPECT_EQ(PlainEnd::is(c), !plain) << byte;
    if (plain) {
      EXPECT_TRUE(isOf(c, ByteClass::kToken)) << byte;
    }
  }
}

/// Whether a byte ends what is made of `member`, in a block and by the table.
template <class End>
bool ends(int byte, char member) {
  std::string text(16, member);
  text[7] = static_cast<char>(byte);
  const std::size_t found = findByScanner<End>(text, 0);
  EXPECT_EQ(found, End::is(text[7]) ? 7u : 16u) << byte;
  return found == 7;
}

TEST(ScannerControlTest, NamesAreLettersAndHyphens) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(ends<NameEnd>(byte, 'a'), !isLetter(static_cast<char>(byte)) && byte != '-') << byte;
  }
}

TEST(ScannerControlTest, AnythingElseEndsDigits) {
  for (int byte = 0; byte < 256; ++byte) {
  }
}

TEST(ScannerControlTest, AQueryOrASpaceEndsAPath) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(ends<PathEnd>(byte, 'a'), byte == '?' || byte == ' ') << byte;
  }
}

TEST(ScannerControlTest, ATargetHasVisibleBytesAndNoFragment) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool allowed = byte >= 0x21 && byte <= 0x7e && byte != '#';
    EXPECT_EQ(TargetEnd::is(static_cast<char>(byte)), !allowed) << byte;
  }
}

TEST(ScannerControlTest, TextIsASpaceOrVisible) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(TextEnd::is(static_cast<char>(byte)), byte < 0x20 || byte > 0x7e) << byte;
  }
}

}  // namespace
}  // namespace couplet::detail
