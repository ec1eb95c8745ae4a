// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/cookie_jar.h>

#include <ctime>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using ::testing::ElementsAre;

class CookieJarTest : public ::testing::Test {
 protected:
  CookieVerdict set(std::string_view url, std::string_view header) {
    return jar.setCookie(Url::parse(url), header, now);
  }
  std::string sent(std::string_view url) { return jar.cookieHeader(Url::parse(url), now); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const StoredCookie& cookie : jar.cookies()) names.push_back(cookie.name);
    return names;
  }

  CookieJar jar;
  std::time_t now = 1731000000;
};

TEST_F(CookieJarTest, SendsWhatWasSet) {
  EXPECT_EQ(set("http://a.example/", "a=1; HttpOnly; SameSite=Strict"), CookieVerdict::kStored);
  EXPECT_EQ(sent("http://a.example/"), "a=1");
}

TEST_F(CookieJarTest, SendsNothingToStrangers) {
  set("http://a.example/", "a=1");
  EXPECT_EQ(sent("http://b.example/"), "");
}

TEST_F(CookieJarTest, PortsShareCookies) {
  set("http://a.example:8080/", "a=1");
  EXPECT_EQ(sent("http://a.example:9090/"), "a=1");
}

TEST_F(CookieJarTest, WhatIsNoCookieIsRefused) {
  EXPECT_EQ(set("http://a.example/", "nothing"), CookieVerdict::kMalformed);
  EXPECT_EQ(set("http://a.example/", "a=1\r\nX: y"), CookieVerdict::kMalformed);
  EXPECT_EQ(jar.size(), 0u);
}

// Replacing: RFC 6265 5.3 step 11.

TEST_F(CookieJarTest, TheSameNameDomainAndPathIsReplaced) {
  set("http://a.example/", "a=1");
  set("http://a.example/", "a=2");
  EXPECT_EQ(sent("http://a.example/"), "a=2");
  EXPECT_EQ(jar.size(), 1u);
}

TEST_F(CookieJarTest, AReplacedCookieKeepsItsPlace) {
  set("http://a.example/", "a=1");
  set("http://a.example/", "b=1");
  set("http://a.example/", "a=2");
  EXPECT_EQ(sent("http://a.example/"), "a=2; b=1");
}

TEST_F(CookieJarTest, AnotherPathIsAnotherCookie) {
  set("http://a.example/", "a=1; Path=/");
  set("http://a.example/", "a=2; Path=/x");
  EXPECT_EQ(jar.size(), 2u);
}

// Expiry: 5.3 step 3.

TEST_F(CookieJarTest, ACookieWithoutDateStays) {
  set("http://a.example/", "a=1");
  now = std::numeric_limits<std::time_t>::max();
  EXPECT_EQ(sent("http://a.example/"), "a=1");
}

TEST_F(CookieJarTest, MaxAgeCountsFromNow) {
  set("http://a.example/", "a=1; Max-Age=10");
  now += 9;
  EXPECT_EQ(sent("http://a.example/"), "a=1");
  now += 1;
  EXPECT_EQ(sent("http://a.example/"), "");
}

TEST_F(CookieJarTest, ExpiresIsADate) {
  now = 784111776;
  set("http://a.example/", "a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(sent("http://a.example/"), "a=1");
  now += 1;
  EXPECT_EQ(sent("http://a.example/"), "");
}

TEST_F(CookieJarTest, MaxAgeWinsOverExpires) {
  set("http://a.example/", "a=1; Max-Age=10; Expires=Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(sent("http://a.example/"), "a=1");
  EXPECT_EQ(set("http://a.example/", "a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=0"),
            CookieVerdict::kDeleted);
}

TEST_F(CookieJarTest, ADateInThePastDeletes) {
  set("http://a.example/", "a=1");
  EXPECT_EQ(set("http://a.example/", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
            CookieVerdict::kDeleted);
  EXPECT_EQ(jar.size(), 0u);
}

TEST_F(CookieJarTest, AnAgeOfZeroOrLessDeletes) {
  set("http://a.example/", "a=1");
  EXPECT_EQ(set("http://a.example/", "a=; Max-Age=0"), CookieVerdict::kDeleted);
  set("http://a.example/", "a=1");
  EXPECT_EQ(set("http://a.example/", "a=; Max-Age=-1"), CookieVerdict::kDeleted);
  EXPECT_EQ(jar.size(), 0u);
}

TEST_F(CookieJarTest, DeletingWhatIsNotThereDoesNothing) {
  EXPECT_EQ(set("http://a.example/", "a=; Max-Age=0"), CookieVerdict::kDeleted);
  EXPECT_EQ(jar.size(), 0u);
}

TEST_F(CookieJarTest, OnlyTheSamePathIsDeleted) {
  set("http://a.example/", "a=1; Path=/x");
  set("http://a.example/", "a=; Path=/; Max-Age=0");
  EXPECT_EQ(sent("http://a.example/x"), "a=1");
}

TEST_F(CookieJarTest, TheLongestAgeDoesNotOverflow) {
  set("http://a.example/", "a=1; Max-Age=9223372036854775807");
  EXPECT_EQ(sent("http://a.example/"), "a=1");
}

// Domains: 5.1.3, 5.3 steps 4 to 6.

TEST_F(CookieJarTest, WithoutDomainItIsForTheHostAlone) {
  set("http://a.example/", "a=1");
  EXPECT_EQ(sent("http://www.a.example/"), "");
  EXPECT_TRUE(jar.cookies().at(0).hostOnly);
}

TEST_F(CookieJarTest, ADomainIsForAllHostsBelow) {
  set("http://www.a.example/", "a=1; Domain=a.example");
  EXPECT_EQ(sent("http://a.example/"), "a=1");
  EXPECT_EQ(sent("http://x.y.a.example/"), "a=1");
  EXPECT_EQ(sent("http://ba.example/"), "");
  EXPECT_EQ(sent("http://a.example.evil.example/"), "");
}

TEST_F(CookieJarTest, ADomainMayBeginWithADot) {
  EXPECT_EQ(set("http://a.example/", "a=1; Domain=.A.example"), CookieVerdict::kStored);
  EXPECT_EQ(sent("http://www.a.example/"), "a=1");
}

TEST_F(CookieJarTest, AnEmptyDomainIsNone) {
  set("http://a.example/", "a=1; Domain=");
  EXPECT_EQ(sent("http://www.a.example/"), "");
}

TEST_F(CookieJarTest, AnotherDomainIsRefused) {
  for (const char* domain : {"b.example", "www.a.example", "xa.example", "a.example.",
                             "a.example:80", "a.example/", "..a.example"}) {
    EXPECT_EQ(set("http://a.example/", std::string("a=1; Domain=") + domain),
              CookieVerdict::kWrongDomain)
        << domain;
  }
  EXPECT_EQ(jar.size(), 0u);
}

TEST_F(CookieJarTest, ANameOfOneLabelIsForNoDomain) {
  EXPECT_EQ(set("http://a.example/", "a=1; Domain=example"), CookieVerdict::kPublicSuffix);
  EXPECT_EQ(set("http://a.example./", "a=1; Domain=example."), CookieVerdict::kPublicSuffix);
  EXPECT_EQ(set("http://a.example./", "a=1; Domain=.."), CookieVerdict::kPublicSuffix);
}

TEST_F(CookieJarTest, AHostOfOneLabelMayNameItself) {
  EXPECT_EQ(set("http://localhost/", "a=1; Domain=localhost"), CookieVerdict::kStored);
  EXPECT_EQ(sent("http://localhost/"), "a=1");
  EXPECT_EQ(sent("http://x.localhost/"), "");
}

TEST_F(CookieJarTest, AnAddressIsForItselfOnly) {
  EXPECT_EQ(set("http://127.0.0.1/", "a=1; Domain=0.0.1"), CookieVerdict::kWrongDomain);
  EXPECT_EQ(set("http://127.0.0.1/", "a=1; Domain=1"), CookieVerdict::kPublicSuffix);
  EXPECT_EQ(set("http://127.0.0.1/", "a=1; Domain=127.0.0.1"), CookieVerdict::kStored);
  EXPECT_EQ(sent("http://127.0.0.1/"), "a=1");
}

TEST_F(CookieJarTest, AnIPv6AddressIsAHost) {
  EXPECT_EQ(set("http://[::1]/", "a=1"), CookieVerdict::kStored);
  EXPECT_EQ(sent("http://[0:0::1]:8080/"), "a=1");
}

TEST_F(CookieJarTest, PublicSuffixesMayBeKnown) {
  jar = CookieJar({.isPublicSuffix = [](std::string_view domain) { return domain == "co.uk"; }});
  EXPECT_EQ(set("http://a.co.uk/", "a=1; Domain=co.uk"), CookieVerdict::kPublicSuffix);
  EXPECT_EQ(set("http://a.co.uk/", "a=1; Domain=a.co.uk"), CookieVerdict::kStored);
  EXPECT_EQ(set("http://co.uk/", "b=1; Domain=co.uk"), CookieVerdict::kStored);
  EXPECT_EQ(sent("http://b.co.uk/"), "");
}

TEST(DomainMatchesTest, IsTheHostOrANameAboveIt) {
  EXPECT_TRUE(domainMatches("a.b", "a.b"));
  EXPECT_TRUE(domainMatches("x.a.b", "a.b"));
  EXPECT_FALSE(domainMatches("xa.b", "a.b"));
  EXPECT_FALSE(domainMatches("a.b", "x.a.b"));
  EXPECT_FALSE(domainMatches("a.b", ""));
  EXPECT_FALSE(domainMatches("1.2.3.4", "3.4"));
}

// Paths: 5.1.4.

TEST(PathMatchesTest, IsTheSameOrADirectoryAbove) {
  EXPECT_TRUE(pathMatches("/", "/"));
  EXPECT_TRUE(pathMatches("/a", "/"));
  EXPECT_TRUE(pathMatches("/a", "/a"));
  EXPECT_TRUE(pathMatches("/a/", "/a"));
  EXPECT_TRUE(pathMatches("/a/b", "/a"));
  EXPECT_TRUE(pathMatches("/a/b", "/a/"));
  EXPECT_FALSE(pathMatches("/ab", "/a"));
  EXPECT_FALSE(pathMatches("/a", "/a/"));
  EXPECT_FALSE(pathMatches("/", "/a"));
  EXPECT_FALSE(pathMatches("/A", "/a"));
}

TEST(DefaultCookiePathTest, EndsBeforeTheLastSlash) {
  EXPECT_EQ(defaultCookiePath("/"), "/");
  EXPECT_EQ(defaultCookiePath("/a"), "/");
  EXPECT_EQ(defaultCookiePath("/a/"), "/a");
  EXPECT_EQ(defaultCookiePath("/a/b"), "/a");
  EXPECT_EQ(defaultCookiePath("/a/b/c"), "/a/b");
  EXPECT_EQ(defaultCookiePath(""), "/");
  EXPECT_EQ(defaultCookiePath("a/b"), "/");
}

TEST_F(CookieJarTest, WithoutPathItIsForTheDirectory) {
  set("http://a.example/poems/1", "a=1");
  EXPECT_EQ(sent("http://a.example/poems/2"), "a=1");
  EXPECT_EQ(sent("http://a.example/poems"), "a=1");
  EXPECT_EQ(sent("http://a.example/poemsX"), "");
  EXPECT_EQ(sent("http://a.example/"), "");
}

TEST_F(CookieJarTest, APathMayBeElsewhere) {
  EXPECT_EQ(set("http://a.example/x", "a=1; Path=/y"), CookieVerdict::kStored);
  EXPECT_EQ(sent("http://a.example/y"), "a=1");
}

TEST_F(CookieJarTest, ADirectoryIsNoLongerThanAPath) {
  const std::string url = "http://a.example/" + std::string(1024, 'a') + '/';
  EXPECT_EQ(set(url, "a=1"), CookieVerdict::kMalformed);
  EXPECT_EQ(set(url, "a=1; Path=/"), CookieVerdict::kStored);
}

// Secure cookies: RFC 6265 5.4; RFC 6265bis 5.7 for who may set them.

TEST_F(CookieJarTest, ASecureCookieIsSentByHttpsOnly) {
  set("https://a.example/", "a=1; Secure");
  EXPECT_EQ(sent("https://a.example/"), "a=1");
  EXPECT_EQ(sent("http://a.example/"), "");
}

TEST_F(CookieJarTest, ASecureCookieIsSetByHttpsOnly) {
  EXPECT_EQ(set("http://a.example/", "a=1; Secure"), CookieVerdict::kNotSecure);
}

TEST_F(CookieJarTest, HttpPushesNoSecureCookieOut) {
  set("https://a.example/", "a=1; Secure");
  for (int i = 0; i < 1000; ++i) set("http://a.example/", "b" + std::to_string(i) + "=1");
  EXPECT_EQ(set("http://a.example/", "a=2"), CookieVerdict::kNotSecure);
}

TEST_F(CookieJarTest, HttpDoesNotReplaceASecureCookie) {
  set("https://a.example/", "a=1; Secure");
  EXPECT_EQ(set("http://a.example/", "a=2"), CookieVerdict::kNotSecure);
  EXPECT_EQ(set("http://a.example/", "a=; Max-Age=0"), CookieVerdict::kNotSecure);
  EXPECT_EQ(sent("https://a.example/"), "a=1");
}

TEST_F(CookieJarTest, HttpDoesNotHideASecureCookieOfADomainAboveOrBelow) {
  set("https://a.example/", "a=1; Secure; Domain=a.example");
  EXPECT_EQ(set("http://www.a.example/x/y", "a=2; Path=/x"), CookieVerdict::kNotSecure);
  set("https://www.a.example/", "b=1; Secure");
  EXPECT_EQ(set("http://a.example/", "b=2; Domain=a.example"), CookieVerdict::kNotSecure);
}

TEST_F(CookieJarTest, HttpMaySetItsNameForAnotherPathOrHost) {
  set("https://a.example/", "a=1; Secure; Path=/x");
  EXPECT_EQ(set("http://a.example/", "a=2; Path=/y"), CookieVerdict::kStored);
  EXPECT_EQ(set("http://b.example/", "a=2; Path=/x"), CookieVerdict::kStored);
}

TEST_F(CookieJarTest, HttpsReplacesASecureCookieByAnyOther) {
  set("https://a.example/", "a=1; Secure");
  EXPECT_EQ(set("https://a.example/", "a=2"), CookieVerdict::kStored);
  EXPECT_EQ(sent("http://a.example/"), "a=2");
}

// Prefixes: RFC 6265bis 4.1.3.

TEST_F(CookieJarTest, ASecurePrefixNeedsSecure) {
  EXPECT_EQ(set("https://a.example/", "__Secure-a=1"), CookieVerdict::kWrongPrefix);
  EXPECT_EQ(set("http://a.example/", "__Secure-a=1; Secure"), CookieVerdict::kNotSecure);
  EXPECT_EQ(set("https://a.example/", "__SECURE-a=1"), CookieVerdict::kWrongPrefix);
  EXPECT_EQ(set("https://a.example/", "__Secure-a=1; Secure"), CookieVerdict::kStored);
}

TEST_F(CookieJarTest, AHostPrefixNeedsSecureTheRootAndNoDomain) {
  for (const char* attributes :
       {"", "; Path=/", "; Secure", "; Secure; Path=/x", "; Secure; Path=/; Domain=a.example"}) {
    EXPECT_EQ(set("https://a.example/", std::string("__Host-a=1") + attributes),
              CookieVerdict::kWrongPrefix)
        << attributes;
  }
  EXPECT_EQ(set("https://a.example/", "__Host-a=1; Secure; Path=/"), CookieVerdict::kStored);
}

// Order: RFC 6265 5.4 step 2.

TEST_F(CookieJarTest, LongerPathsComeFirst) {
  set("http://a.example/", "a=1; Path=/");
  set("http://a.example/", "a=2; Path=/x/y");
  set("http://a.example/", "a=3; Path=/x");
  EXPECT_EQ(sent("http://a.example/x/y"), "a=2; a=3; a=1");
}

TEST_F(CookieJarTest, OfEqualPathsTheEarlierComesFirst) {
  set("http://www.a.example/", "c=1");
  set("http://www.a.example/", "b=2; Domain=a.example");
  set("http://www.a.example/", "a=3");
  EXPECT_EQ(sent("http://www.a.example/"), "c=1; b=2; a=3");
}

// Bounds: 5.3, its end, and 6.1.

TEST_F(CookieJarTest, KeepsAtLeastWhatTheRFCAsksFor) {
  for (int i = 0; i < 60 * 50; ++i) {
    set("http://h" + std::to_string(i / 50) + ".example/", "c" + std::to_string(i) + "=1");
  }
  EXPECT_EQ(jar.size(), 3000u);
}

TEST_F(CookieJarTest, DropsTheLeastUsedOfAFullDomain) {
  jar = CookieJar({.maxPerDomain = 2});
  set("http://other.example/", "o=1");
  set("http://a.example/x", "x=1; Path=/x");
  set("http://a.example/y", "y=1; Path=/y");
  sent("http://a.example/x");
  set("http://a.example/", "z=1");
  EXPECT_THAT(names(), ElementsAre("o", "x", "z"));
}

TEST_F(CookieJarTest, DropsTheLeastUsedOfAFullJar) {
  jar = CookieJar({.maxTotal = 3});
  set("http://a.example/", "a=1");
  set("http://b.example/", "b=1");
  set("http://c.example/", "c=1");
  sent("http://a.example/");
  set("http://d.example/", "d=1");
  EXPECT_THAT(names(), ElementsAre("a", "c", "d"));
  EXPECT_EQ(jar.size(), 3u);
}

TEST_F(CookieJarTest, DropsTheExpiredFirst) {
  jar = CookieJar({.maxTotal = 3});
  set("http://a.example/", "a=1");
  set("http://b.example/", "b=1; Max-Age=10");
  set("http://b.example/", "c=1; Max-Age=10");
  now += 10;
  set("http://d.example/", "d=1");
  EXPECT_THAT(names(), ElementsAre("a", "d"));
}

TEST_F(CookieJarTest, ReplacingDropsNone) {
  jar = CookieJar({.maxPerDomain = 1, .maxTotal = 2});
  set("http://a.example/", "a=1");
  set("http://b.example/", "b=1");
  set("http://b.example/", "b=2");
  EXPECT_THAT(names(), ElementsAre("a", "b"));
}

TEST_F(CookieJarTest, ALimitOfNoneIsOne) {
  jar = CookieJar({.maxPerDomain = 0, .maxTotal = 0});
  set("http://a.example/", "a=1");
  set("http://b.example/", "b=1");
  EXPECT_THAT(names(), ElementsAre("b"));
}

TEST_F(CookieJarTest, AHeaderIsNoLongerThanServersTake) {
  jar = CookieJar({.maxHeader = 8});
  set("http://a.example/", "c=3; Path=/");
  set("http://a.example/", "a=1; Path=/x");
  set("http://a.example/", "b=2; Path=/x");
  EXPECT_EQ(sent("http://a.example/x"), "a=1; b=2");
  EXPECT_EQ(sent("http://a.example/"), "c=3");
}

TEST_F(CookieJarTest, ClearForgetsAll) {
  set("http://a.example/", "a=1");
  jar.clear();
  EXPECT_EQ(jar.size(), 0u);
  EXPECT_EQ(sent("http://a.example/"), "");
}

}  // namespace
}  // namespace couplet
