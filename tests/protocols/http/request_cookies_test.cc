// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The Cookie header of a request.
#include <couplet/protocols/http/cookies.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;

/// A line for each cookie, as examples/http/http_echo prints them.
std::vector<std::string> linesOf(std::string_view header) {
  std::vector<std::string> lines;
  for (auto [name, value] : RequestCookies(header)) {
    lines.push_back(std::string(name) + '=' + std::string(value));
  }
  return lines;
}

TEST(RequestCookiesTest, AreNamesAndValuesInOrder) {
  EXPECT_THAT(linesOf("b=1; a=2; c=3"), ElementsAre("b=1", "a=2", "c=3"));
}

TEST(RequestCookiesTest, KeepsThoseOfOneName) {
  EXPECT_THAT(linesOf("a=1; b=2; a=3"), ElementsAre("a=1", "b=2", "a=3"));
}

TEST(RequestCookiesTest, AValueMayBeEmpty) {
  EXPECT_THAT(linesOf("a=; b=1"), ElementsAre("a=", "b=1"));
}

TEST(RequestCookiesTest, AValueMayHaveAnyTextButASemicolon) {
  EXPECT_THAT(linesOf("a=b=c; d=hello world; e=x,y\\z; f=\xc3\xa9; g=%3B"),
              ElementsAre("a=b=c", "d=hello world", "e=x,y\\z", "f=\xc3\xa9", "g=%3B"));
}

TEST(RequestCookiesTest, QuotesBelongToTheValue) {
  EXPECT_THAT(linesOf("a=\"b\"; c=\"d;e\""), ElementsAre("a=\"b\"", "c=\"d"));
}

TEST(RequestCookiesTest, BlanksAroundNamesAndValuesAreDropped) {
  EXPECT_THAT(linesOf("  a \t= 1 \t;b=2;\tc=3  "), ElementsAre("a=1", "b=2", "c=3"));
}

TEST(RequestCookiesTest, NamesAreTakenAsTheyAre) {
  EXPECT_THAT(linesOf("$Version=1; a b=2; \"q\"=3; A=4"),
              ElementsAre("$Version=1", "a b=2", "\"q\"=3", "A=4"));
}

TEST(RequestCookiesTest, WhatHasNoNameIsNone) {
  EXPECT_THAT(linesOf("a; =b; ; a=1;;= ;\t=; ===;"), ElementsAre("a=1"));
}

// A nameless cookie would come back as another one.
TEST(RequestCookiesTest, ANamelessCookieIsNoPrefixedOne) {
  EXPECT_THAT(linesOf("=__Host-id=1"), IsEmpty());
}

TEST(RequestCookiesTest, OfNothingAreNone) {
  EXPECT_THAT(linesOf(""), IsEmpty());
  EXPECT_THAT(linesOf(" \t "), IsEmpty());
  EXPECT_THAT(linesOf(";;;"), IsEmpty());
}

TEST(RequestCookiesTest, AMillionSemicolonsAreNone) {
  EXPECT_THAT(linesOf(std::string(1000000, ';')), IsEmpty());
}

TEST(RequestCookiesTest, ViewTheHeader) {
  const std::string header = "a=1";
  const CookiePair pair = *RequestCookies(header).begin();
  EXPECT_EQ(pair.name.data(), header.data());
  EXPECT_EQ(pair.value.data(), header.data() + 2);
}

TEST(RequestCookiesTest, FindsTheFirstOfAName) {
  const RequestCookies cookies("a=1; b=2; a=3");
  EXPECT_THAT(cookies.find("a"), Optional(Eq("1")));
  EXPECT_THAT(cookies.find("b"), Optional(Eq("2")));
}

TEST(RequestCookiesTest, NamesDifferByCase) {
  EXPECT_EQ(RequestCookies("a=1").find("A"), std::nullopt);
}

TEST(RequestCookiesTest, AnEmptyNameIsNotFound) {
  EXPECT_EQ(RequestCookies("=1; a=2").find(""), std::nullopt);
}

TEST(RequestCookiesTest, AreARange) {
  static_assert(std::forward_iterator<RequestCookies::Iterator>);
  static_assert(std::sentinel_for<std::default_sentinel_t, RequestCookies::Iterator>);
  const RequestCookies cookies("a=1; b=2");
  auto second = cookies.begin();
  EXPECT_EQ((*second++).name, "a");
  EXPECT_EQ((*second).name, "b");
  EXPECT_NE(second, cookies.begin());
  EXPECT_EQ(++second, cookies.end());
}

}  // namespace
}  // namespace couplet
