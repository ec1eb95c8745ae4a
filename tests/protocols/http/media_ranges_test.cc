// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What an Accept field asks for: RFC 9110 section 12.5.1.
#include <couplet/protocols/http/detail/media_ranges.h>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

constexpr std::string_view kBrowser =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

int htmlIn(std::string_view accept) { return qualityOf("text/html", {{"Accept", accept}}); }

bool prefers(std::string_view accept) { return prefersHTML({{"Accept", accept}}); }

TEST(MediaRangesTest, WithoutAcceptEverythingIsFine) {
  EXPECT_EQ(qualityOf("text/html", {}), 1000);
  EXPECT_FALSE(prefersHTML({}));
}

TEST(MediaRangesTest, ABrowserPrefersHTMLAndCurlDoesNot) {
  EXPECT_TRUE(prefers(kBrowser));
  EXPECT_FALSE(prefers("*/*"));
  EXPECT_FALSE(prefers("application/json, text/plain, */*"));
}

TEST(MediaRangesTest, WhatIsWantedAsMuchIsJSON) {
  EXPECT_FALSE(prefers("text/html, application/json"));
  EXPECT_FALSE(prefers("image/png"));
  EXPECT_FALSE(prefers(""));
}

TEST(MediaRangesTest, TheWeightDecides) {
  EXPECT_TRUE(prefers("application/json;q=0.5, text/html;q=0.501"));
  EXPECT_FALSE(prefers("application/json;q=0.501, text/html;q=0.5"));
  EXPECT_TRUE(prefers("application/json;q=0, */*;q=0.001"));
}

TEST(MediaRangesTest, TheMostExactRangeDecidesWhateverTheOrder) {
  EXPECT_EQ(htmlIn("text/html;q=0.2, text/*;q=0.7, */*"), 200);
  EXPECT_EQ(htmlIn("*/*, text/*;q=0.7"), 700);
  EXPECT_EQ(htmlIn("text/*;q=0.7, */*;q=0.9"), 700);
  EXPECT_EQ(htmlIn("application/*"), 0);
}

TEST(MediaRangesTest, AWeightHasThreeDigitsAtMost) {
  EXPECT_EQ(htmlIn("text/html;q=1.000"), 1000);
  EXPECT_EQ(htmlIn("text/html ; Q=0.25"), 250);
  EXPECT_EQ(htmlIn("text/html;q=1."), 1000);
  for (const std::string_view wrong : {"1.5", "2", "0.1234", ".5", "-1", "0,5", "", "0.x", "00"}) {
    EXPECT_EQ(htmlIn(std::string("text/html;q=") += wrong), 0) << wrong;
  }
}

TEST(MediaRangesTest, ParametersAreAnotherTypesButForTheCharset) {
  EXPECT_EQ(htmlIn("text/html;level=1"), 0);
  EXPECT_EQ(htmlIn("text/html;level=1, text/html;q=0.3"), 300);
  EXPECT_EQ(htmlIn("text/html; charset=UTF-8"), 1000);
  EXPECT_EQ(htmlIn("text/html;charset=\"utf-8\";q=0.4"), 400);
  EXPECT_EQ(htmlIn("text/html;charset=latin1"), 0);
}

TEST(MediaRangesTest, LettersMayBeCapitals) {
  EXPECT_EQ(htmlIn("Text/HTML"), 1000);
  EXPECT_EQ(htmlIn("TEXT/*"), 1000);
}

TEST(MediaRangesTest, SeveralFieldsAreOneList) {
  EXPECT_TRUE(prefersHTML({{"Accept", "application/json;q=0.1"}, {"Accept", "text/html"}}));
}

TEST(MediaRangesTest, WhatIsNoRangeIsNone) {
  for (const std::string_view wrong :
       {"*", "text", "/", "*/html", "text/", "te*/*", ";q=1", ",,"}) {
    EXPECT_EQ(htmlIn(wrong), 0) << wrong;
  }
}

}  // namespace
}  // namespace couplet::detail
