// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/query.h>

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using std::string_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

QueryField field(std::string name, std::string value) {
  return {std::move(name), std::move(value)};
}

std::string manyFields(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "a&";
  return text;
}

// Parsing.

TEST(QueryFieldsTest, KeepsTheOrderAndRepeatedNames) {
  EXPECT_THAT(QueryFields::parse("b=1&a=2&b=3"),
              ElementsAre(field("b", "1"), field("a", "2"), field("b", "3")));
}

TEST(QueryFieldsTest, DecodesNamesAndValues) {
  EXPECT_THAT(QueryFields::parse("a%3Db=c+d%26"), ElementsAre(field("a=b", "c d&")));
}

TEST(QueryFieldsTest, DecodesAfterItSeparates) {
  EXPECT_THAT(QueryFields::parse("a=1%26b%3D2"), ElementsAre(field("a", "1&b=2")));
}

TEST(QueryFieldsTest, KeepsBlankValues) {
  EXPECT_THAT(QueryFields::parse("a=&b=1"), ElementsAre(field("a", ""), field("b", "1")));
}

TEST(QueryFieldsTest, KeepsANameWithoutEquals) {
  EXPECT_THAT(QueryFields::parse("a&b"), ElementsAre(field("a", ""), field("b", "")));
}

TEST(QueryFieldsTest, KeepsAValueWithoutName) {
  EXPECT_THAT(QueryFields::parse("=1"), ElementsAre(field("", "1")));
}

TEST(QueryFieldsTest, TheFirstEqualsSeparates) {
  EXPECT_THAT(QueryFields::parse("a=b=c"), ElementsAre(field("a", "b=c")));
}

TEST(QueryFieldsTest, SkipsEmptyFields) {
  EXPECT_THAT(QueryFields::parse("&&a=1&&b=2&"), ElementsAre(field("a", "1"), field("b", "2")));
}

TEST(QueryFieldsTest, OfNothingIsEmpty) { EXPECT_TRUE(QueryFields::parse("").empty()); }

// CVE-2021-23336.
TEST(QueryFieldsTest, ASemicolonDoesNotSeparate) {
  EXPECT_THAT(QueryFields::parse("a=1;b=2"), ElementsAre(field("a", "1;b=2")));
}

TEST(QueryFieldsTest, TakesAnyBytes) {
  EXPECT_THAT(QueryFields::parse("a=%00%0D%0A\xff"), ElementsAre(field("a", "\0\r\n\xff"s)));
}

TEST(QueryFieldsTest, RefusesABadPercentInNameOrValue) {
  EXPECT_THROW(QueryFields::parse("a=%zz"), InvalidQueryError);
  EXPECT_THROW(QueryFields::parse("%=1"), InvalidQueryError);
  EXPECT_TRUE(QueryFields::tryParse("b=1&a=%4").failure().check<InvalidQueryError>());
}

TEST(QueryFieldsTest, TakesAThousandFieldsAndNoMore) {
  EXPECT_EQ(QueryFields::parse(manyFields(1000)).size(), 1000u);
  EXPECT_THROW(QueryFields::parse(manyFields(1001)), TooManyFieldsError);
}

TEST(QueryFieldsTest, TheLimitMayBeSet) {
  EXPECT_EQ(QueryFields::parse("a&b", 2).size(), 2u);
  EXPECT_TRUE(QueryFields::tryParse("a&b", 1).failure().check<TooManyFieldsError>());
}

// A million separators are no fields: there is nothing to hold.
TEST(QueryFieldsTest, EmptyFieldsDoNotCount) {
  EXPECT_TRUE(QueryFields::parse(std::string(1000000, '&'), 0).empty());
}

// Asking.

TEST(QueryFieldsTest, GivesTheFirstOfAName) {
  EXPECT_THAT(QueryFields::parse("a=1&a=2").first("a"), Optional("1"s));
}

TEST(QueryFieldsTest, GivesNothingWhereThereIsNone) {
  EXPECT_EQ(QueryFields::parse("a=1").first("A"), std::nullopt);
}

TEST(QueryFieldsTest, GivesAllOfAName) {
  const QueryFields fields = QueryFields::parse("a=1&b=2&a=3");
  EXPECT_THAT(fields.all("a"), ElementsAre("1", "3"));
  EXPECT_THAT(fields.all("c"), IsEmpty());
}

// Building.

TEST(QueryFieldsTest, WritesFieldsInOrder) {
  QueryFields fields;
  fields.add("q", "a b&c");
  fields.add("q", "");
  fields.add("\xc3\xa9", "=");
  EXPECT_EQ(fields.toString(), "q=a+b%26c&q=&%C3%A9=%3D");
}

TEST(QueryFieldsTest, ParsesWhatItWrites) {
  QueryFields fields;
  fields.add("", "");
  fields.add("a&b=c;d+e", "\r\n%\0"s);
  fields.add("", "x");
  EXPECT_EQ(QueryFields::parse(fields.toString()), fields);
}

}  // namespace
}  // namespace couplet
