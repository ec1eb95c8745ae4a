// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/percent.h>

#include <optional>
#include <string>
#include <string_view>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using std::string_literals::operator""s;
using ::testing::Eq;
using ::testing::Optional;

std::string allBytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

// Decoding.

TEST(PercentTest, DecodesHexOfEitherCase) {
  EXPECT_THAT(percentDecode("%4A%4a%c3%A9"), Optional("JJ\xc3\xa9"s));
}

TEST(PercentTest, LeavesAPlusInAPath) { EXPECT_THAT(percentDecode("a+b"), Optional("a+b"s)); }

TEST(PercentTest, DecodesAPlusInAFormToASpace) {
  EXPECT_THAT(formDecode("a+b%2B"), Optional("a b+"s));
}

TEST(PercentTest, DecodesOnce) { EXPECT_THAT(percentDecode("%252e"), Optional("%2e"s)); }

TEST(PercentTest, DecodesToAnyByte) {
  EXPECT_THAT(percentDecode("%00%0d%0a%ff"), Optional("\0\r\n\xff"s));
}

class BadPercentTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BadPercentTest, IsRefused) {
  std::string storage;
  EXPECT_EQ(percentDecode(GetParam()), std::nullopt);
  EXPECT_EQ(percentDecode(GetParam(), storage), std::nullopt);
  EXPECT_EQ(formDecode(GetParam()), std::nullopt);
}

TEST_P(BadPercentTest, IsKeptWhenAsked) {
  EXPECT_THAT(percentDecode(GetParam(), BadPercent::kKeep), Optional(GetParam()));
  EXPECT_THAT(formDecode(GetParam(), BadPercent::kKeep), Optional(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Texts, BadPercentTest,
                         ::testing::Values("%", "a%", "%4", "%4g", "%g4", "%%1", "%-1", "%0x41",
                                           "%u0041", "%\xc3\xa9"));

TEST(PercentTest, KeepsABadPercentAndDecodesTheOthers) {
  EXPECT_THAT(percentDecode("%41%%42", BadPercent::kKeep), Optional("A%B"s));
}

TEST(PercentTest, ReadsNoFurtherThanItsText) {
  const std::string_view text = std::string_view("%4142").substr(0, 2);
  EXPECT_EQ(percentDecode(text), std::nullopt);
}

TEST(PercentTest, GivesTheTextItselfWhereNothingIsEncoded) {
  std::string storage = "untouched";
  const std::string_view text = "poems";
  EXPECT_EQ(percentDecode(text, storage)->data(), text.data());
  EXPECT_EQ(storage, "untouched");
}

TEST(PercentTest, GivesAViewOfTheStorageWhereSomethingIs) {
  std::string storage = "old";
  const auto decoded = percentDecode("a%2Fb", storage);
  EXPECT_THAT(decoded, Optional("a/b"s));
  EXPECT_EQ(decoded->data(), storage.data());
}

// Paths are looked at after they were decoded: cpp-httplib's CVE-2026-45372.

class PlainSegmentTest : public ::testing::TestWithParam<std::string> {};

TEST_P(PlainSegmentTest, IsNotWhatDecodesToAWayOut) {
  EXPECT_FALSE(isPlainSegment(percentDecode(GetParam()).value()));
}

INSTANTIATE_TEST_SUITE_P(Encoded, PlainSegmentTest,
                         ::testing::Values("", ".", "..", "%2e", "%2E%2e", ".%2e", "..%2f", "%2f",
                                           "a%2Fb", "..%5c", "a%00.txt", "a%0d%0ab", "%7f"));

TEST(PercentTest, PlainSegmentsMayHaveDotsAndAnyText) {
  for (const char* segment : {"a", "...", ".profile", "a..b", "a b", "\xc3\xa9", "%2e"}) {
    EXPECT_TRUE(isPlainSegment(segment)) << segment;
  }
}

// Encoding.

TEST(PercentTest, EncodesAllButTheUnreserved) {
  EXPECT_EQ(percentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percentEncode("/?#[]@!$&'()*+,;= %"),
            "%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%20%25");
}

TEST(PercentTest, EncodesBytesAsUnsigned) { EXPECT_EQ(percentEncode("\xc3\xa9\x7f"), "%C3%A9%7F"); }

TEST(PercentTest, LeavesTheDelimitersOfAPath) {
  EXPECT_EQ(percentEncodePath("/a;b=1/c:@!$&'()*+,"), "/a;b=1/c:@!$&'()*+,");
}

TEST(PercentTest, EncodesWhatEndsAPath) {
  EXPECT_EQ(percentEncodePath("/what? 100%#1\r\n"), "/what%3F%20100%25%231%0D%0A");
}

TEST(PercentTest, EncodesFormsAsBrowsersDo) {
  EXPECT_EQ(formEncode("a b+c~*-._&=%"), "a+b%2Bc%7E*-._%26%3D%25");
}

TEST(PercentTest, DecodesWhatItEncodes) {
  const std::string bytes = allBytes();
  EXPECT_THAT(percentDecode(percentEncode(bytes)), Optional(bytes));
  EXPECT_THAT(percentDecode(percentEncodePath(bytes)), Optional(bytes));
  EXPECT_THAT(formDecode(formEncode(bytes)), Optional(bytes));
}

}  // namespace
}  // namespace couplet
