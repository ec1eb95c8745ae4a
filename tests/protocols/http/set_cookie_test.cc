// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The Set-Cookie header of a response: as a server writes it, as a client reads it.
#include <couplet/protocols/http/cookies.h>

#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::TestWithParam;
using ::testing::Values;

// Writing: RFC 6265 4.1.

TEST(SetCookieTest, IsANameAndAValue) {
  EXPECT_EQ((SetCookie{"a", "b"}.toHeader()), "a=b");
  EXPECT_EQ((SetCookie{"a", ""}.toHeader()), "a=");
  EXPECT_EQ((SetCookie{"a", "\"b\""}.toHeader()), "a=\"b\"");
}

TEST(SetCookieTest, HasAttributes) {
  const SetCookie cookie{.name = "id",
                         .value = "31d4d96e407aad42",
                         .domain = "example.com",
                         .path = "/poems",
                         .maxAge = seconds(3600),
                         .expires = 784111777,
                         .secure = true,
                         .httpOnly = true,
                         .sameSite = SameSite::kStrict};
  EXPECT_EQ(cookie.toHeader(),
            "id=31d4d96e407aad42; Domain=example.com; Path=/poems; Max-Age=3600; "
            "Expires=Sun, 06 Nov 1994 08:49:37 GMT; Secure; HttpOnly; SameSite=Strict");
}

TEST(SetCookieTest, AnAgeOfZeroDeletes) {
  EXPECT_EQ((SetCookie{.name = "a", .value = "", .maxAge = seconds(0)}.toHeader()),
            "a=; Max-Age=0");
}

TEST(SetCookieTest, SameSiteIsStrictLaxOrNone) {
  SetCookie cookie{.name = "a", .value = "b", .secure = true};
  const auto with = [&](SameSite sameSite) {
    cookie.sameSite = sameSite;
    return cookie.toHeader();
  };
  EXPECT_EQ(with(SameSite::kStrict), "a=b; Secure; SameSite=Strict");
  EXPECT_EQ(with(SameSite::kLax), "a=b; Secure; SameSite=Lax");
  EXPECT_EQ(with(SameSite::kNone), "a=b; Secure; SameSite=None");
}

TEST(SetCookieTest, SameSiteNoneNeedsSecure) {
  const SetCookie cookie{.name = "a", .value = "b", .sameSite = SameSite::kNone};
  EXPECT_THROW(cookie.toHeader(), InvalidCookieError);
}

TEST(SetCookieTest, ASecurePrefixNeedsSecure) {
  EXPECT_THROW((SetCookie{"__Secure-a", "b"}.toHeader()), InvalidCookieError);
  EXPECT_THROW((SetCookie{"__secure-a", "b"}.toHeader()), InvalidCookieError);
  EXPECT_EQ((SetCookie{.name = "__Secure-a", .value = "b", .secure = true}.toHeader()),
            "__Secure-a=b; Secure");
}

TEST(SetCookieTest, AHostPrefixNeedsSecureTheRootAndNoDomain) {
  SetCookie cookie{.name = "__Host-a", .value = "b", .path = "/", .secure = true};
  EXPECT_EQ(cookie.toHeader(), "__Host-a=b; Path=/; Secure");
  cookie.domain = "example.com";
  EXPECT_THROW(cookie.toHeader(), InvalidCookieError);
  cookie.domain = "";
  cookie.path = "/a";
  EXPECT_THROW(cookie.toHeader(), InvalidCookieError);
  cookie.path = "/";
  cookie.secure = false;
  EXPECT_THROW(cookie.toHeader(), InvalidCookieError);
}

class CookieNameTest : public TestWithParam<std::string> {};

TEST_P(CookieNameTest, IsRefused) {
  EXPECT_THROW((SetCookie{GetParam(), "v"}.toHeader()), InvalidCookieError);
}

INSTANTIATE_TEST_SUITE_P(Names, CookieNameTest,
                         Values("", "a b", "a=b", "a;b", "a,b", "a\r\nX: y", "a\n", "a\t",
                                std::string("a\0", 2), "\"a\"", "a@b", "(a)", "a\x7f", "\xc3\xa9"));

// Twisted's #9420: a cookie's value with CR LF became a header of its own.
class CookieValueTest : public TestWithParam<std::string> {};

TEST_P(CookieValueTest, IsRefused) {
  EXPECT_THROW((SetCookie{"a", GetParam()}.toHeader()), InvalidCookieError);
}

INSTANTIATE_TEST_SUITE_P(Values, CookieValueTest,
                         Values("v\r\nInjected: 1", "v\n", "v\r", std::string("v\0", 2),
                                "v; Domain=evil", "v;", "a b", " v", "v\t", "a,b", "a\\b", "\"",
                                "\"a", "a\"", "\"a\"b\"", "\"a;b\"", "\xc3\xa9", "\x7f"));

class CookieDomainTest : public TestWithParam<std::string> {};

TEST_P(CookieDomainTest, IsRefused) {
  const SetCookie cookie{.name = "a", .value = "b", .domain = GetParam()};
  EXPECT_THROW(cookie.toHeader(), InvalidCookieError);
}

INSTANTIATE_TEST_SUITE_P(Domains, CookieDomainTest,
                         Values(".example.com", "example.com.", "example..com", "a;b", "a b",
                                "a\r\nX: y", "http://a", "a:80", "127.0.0.1", "[::1]"));

class CookiePathTest : public TestWithParam<std::string> {};

TEST_P(CookiePathTest, IsRefused) {
  const SetCookie cookie{.name = "a", .value = "b", .path = GetParam()};
  EXPECT_THROW(cookie.toHeader(), InvalidCookieError);
}

INSTANTIATE_TEST_SUITE_P(Paths, CookiePathTest,
                         Values("a", "a/", " /", "/;Domain=evil", "/\r\nX: y", "/\x7f",
                                std::string("/\0", 2), '/' + std::string(1024, 'a')));

TEST(SetCookieTest, AnAgeBelowZeroIsRefused) {
  EXPECT_THROW((SetCookie{.name = "a", .value = "b", .maxAge = seconds(-1)}.toHeader()),
               InvalidCookieError);
}

TEST(SetCookieTest, ADateThatCannotBeWrittenIsRefused) {
  SetCookie cookie{.name = "a", .value = "b", .expires = 253402300800};
  EXPECT_THROW(cookie.toHeader(), InvalidCookieError);
  cookie.expires = -11644473601;
  EXPECT_THROW(cookie.toHeader(), InvalidCookieError);
}

TEST(SetCookieTest, NameAndValueHave4096BytesAtMost) {
  EXPECT_EQ((SetCookie{"a", std::string(4095, 'b')}.toHeader().size()), 4097u);
  EXPECT_THROW((SetCookie{"a", std::string(4096, 'b')}.toHeader()), InvalidCookieError);
}

TEST(SetCookieTest, TheErrorSaysWhatIsWrong) {
  try {
    SetCookie{"a", "b;"}.toHeader();
    FAIL();
  } catch (const InvalidCookieError& error) {
    EXPECT_STREQ(error.what(),
                 "A cookie was not set: its value has a byte that a cookie cannot have.");
  }
}

// Reading: RFC 6265 5.2.

SetCookie parsed(std::string_view header) { return parseSetCookie(header).value(); }

TEST(ParseSetCookieTest, ReadsWhatIsWritten) {
  const SetCookie cookie{.name = "__Host-a",
                         .value = "b=c",
                         .path = "/",
                         .maxAge = seconds(1),
                         .expires = 784111777,
                         .secure = true,
                         .httpOnly = true,
                         .sameSite = SameSite::kNone};
  EXPECT_EQ(parsed(cookie.toHeader()), cookie);
}

TEST(ParseSetCookieTest, NamesOfAttributesHaveNoCase) {
  const SetCookie cookie =
      parsed("a=b; dOMAIN=x.y; pATH=/p; mAX-aGE=1; sECURE; hTTPoNLY; sAMEsITE=lAX");
  EXPECT_EQ(cookie, (SetCookie{.name = "a",
                               .value = "b",
                               .domain = "x.y",
                               .path = "/p",
                               .maxAge = seconds(1),
                               .secure = true,
                               .httpOnly = true,
                               .sameSite = SameSite::kLax}));
}

TEST(ParseSetCookieTest, BlanksAreDropped) {
  EXPECT_EQ(parsed(" \ta = b c ;\tPath\t=\t/p ; Secure "),
            (SetCookie{.name = "a", .value = "b c", .path = "/p", .secure = true}));
}

TEST(ParseSetCookieTest, TheFirstEqualsEndsTheName) { EXPECT_EQ(parsed("a=b=c").value, "b=c"); }

TEST(ParseSetCookieTest, QuotesStayAndKeepNothingTogether) {
  EXPECT_EQ(parsed("a=\"b;c\"").value, "\"b");
}

class NoSetCookieTest : public TestWithParam<std::string> {};

TEST_P(NoSetCookieTest, IsNone) { EXPECT_EQ(parseSetCookie(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Headers, NoSetCookieTest,
                         Values("", "a", "=b", " =b", "=", ";", "; a=b", "Secure", "a\r\n=b",
                                "a=b\n", "a=b; Path=/\x01", "a=b\x7f", std::string("a=b\0", 4),
                                "a=" + std::string(4096, 'b')));

TEST(ParseSetCookieTest, OfADoubledAttributeTheLastCounts) {
  EXPECT_EQ(parsed("a=b; Path=/1; Path=/2").path, "/2");
  EXPECT_EQ(parsed("a=b; Domain=a.b; Domain=c.d").domain, "c.d");
  EXPECT_EQ(parsed("a=b; Max-Age=1; Max-Age=2").maxAge, seconds(2));
}

TEST(ParseSetCookieTest, UnknownAttributesArePassedOver) {
  EXPECT_EQ(parsed("a=b; Version=1; Partitioned; ; =; Comment=c"), (SetCookie{"a", "b"}));
}

TEST(ParseSetCookieTest, ValuesOfFlagsArePassedOver) {
  EXPECT_TRUE(parsed("a=b; Secure=false").secure);
  EXPECT_TRUE(parsed("a=b; HttpOnly=0").httpOnly);
}

TEST(ParseSetCookieTest, TooLongAttributesArePassedOver) {
  EXPECT_EQ(parsed("a=b; Path=/" + std::string(1023, 'p')).path.size(), 1024u);
  EXPECT_EQ(parsed("a=b; Path=/" + std::string(1024, 'p')).path, "");
}

// 5.2.1.
TEST(ParseSetCookieTest, ExpiresIsACookieDate) {
  EXPECT_THAT(parsed("a=b; Expires=Sunday, 06-Nov-94 08:49:37 GMT").expires, Optional(784111777));
  EXPECT_EQ(parsed("a=b; Expires=tomorrow").expires, std::nullopt);
}

// 5.2.2.
TEST(ParseSetCookieTest, MaxAgeIsDigitsAfterAMinusPerhaps) {
  EXPECT_EQ(parsed("a=b; Max-Age=0").maxAge, seconds(0));
  EXPECT_EQ(parsed("a=b; Max-Age=-5").maxAge, seconds(-5));
  for (const char* none : {"", "-", "+1", "1.5", "0x1", "1 2", "--1", "1-"}) {
    EXPECT_EQ(parsed(std::string("a=b; Max-Age=") + none).maxAge, std::nullopt) << none;
  }
}

TEST(ParseSetCookieTest, AMaxAgeThatOverflowsIsTheLongest) {
  constexpr auto kLongest = seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parsed("a=b; Max-Age=9223372036854775807").maxAge, kLongest);
  EXPECT_EQ(parsed("a=b; Max-Age=9223372036854775808").maxAge, kLongest);
  EXPECT_EQ(parsed("a=b; Max-Age=" + std::string(1000, '9')).maxAge, kLongest);
  EXPECT_EQ(parsed("a=b; Max-Age=-" + std::string(1000, '9')).maxAge, -kLongest);
}

// 5.2.3.
TEST(ParseSetCookieTest, ADomainLosesItsDotAndItsCase) {
  EXPECT_EQ(parsed("a=b; Domain=.Example.COM").domain, "example.com");
  EXPECT_EQ(parsed("a=b; Domain=..a").domain, ".a");
  EXPECT_EQ(parsed("a=b; Domain=").domain, "");
  EXPECT_EQ(parsed("a=b; Domain=.").domain, "");
}

// 5.2.4.
TEST(ParseSetCookieTest, APathWithoutASlashIsTheDefault) {
  EXPECT_EQ(parsed("a=b; Path=p").path, "");
  EXPECT_EQ(parsed("a=b; Path=/p; Path=").path, "");
}

// RFC 6265bis 5.6.7.
TEST(ParseSetCookieTest, AnUnknownSameSiteIsNone) {
  EXPECT_EQ(parsed("a=b; SameSite=Lax; SameSite=maybe").sameSite, std::nullopt);
}

TEST(CookiePrefixTest, HasNoCase) {
  EXPECT_EQ(cookiePrefix("__Secure-a"), CookiePrefix::kSecure);
  EXPECT_EQ(cookiePrefix("__HOST-a"), CookiePrefix::kHost);
  EXPECT_EQ(cookiePrefix("__Host"), CookiePrefix::kNone);
  EXPECT_EQ(cookiePrefix("a__Host-"), CookiePrefix::kNone);
}

}  // namespace
}  // namespace couplet
