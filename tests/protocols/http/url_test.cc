// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/url.h>

#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using std::string_literals::operator""s;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::TestWithParam;
using ::testing::Values;

using Pair = std::pair<std::string, std::string>;

std::string refusal(std::string_view text) {
  const Result<Url> url = Url::tryParse(text);
  return url ? "" : url.failure().message();
}

// Parts.

TEST(UrlTest, HasParts) {
  const Url url = Url::parse("https://example.com:8443/poems/1?page=2#verse");
  EXPECT_EQ(url.scheme(), "https");
  EXPECT_TRUE(url.isSecure());
  EXPECT_EQ(url.host(), "example.com");
  EXPECT_EQ(url.port(), 8443);
  EXPECT_EQ(url.path(), "/poems/1");
  EXPECT_THAT(url.query(), Optional("page=2"s));
  EXPECT_THAT(url.fragment(), Optional("verse"s));
}

TEST(UrlTest, APortIsThatOfItsSchemeUnlessGiven) {
  EXPECT_EQ(Url::parse("http://a").port(), 80);
  EXPECT_EQ(Url::parse("https://a").port(), 443);
  EXPECT_FALSE(Url::parse("https://a:80").hasDefaultPort());
}

TEST(UrlTest, AnEmptyQueryIsNotNone) {
  EXPECT_EQ(Url::parse("http://a/").query(), std::nullopt);
  EXPECT_THAT(Url::parse("http://a/?").query(), Optional(""s));
  EXPECT_THAT(Url::parse("http://a/#").fragment(), Optional(""s));
}

TEST(UrlTest, TheHostToConnectToHasNoBrackets) {
  EXPECT_EQ(Url::parse("http://[::1]:8080/").host(), "::1");
  EXPECT_EQ(Url::parse("http://[fe80::1%25eth0]/").host(), "fe80::1%eth0");
}

// One spelling: RFC 3986 6.2.2 and 6.2.3.

class UrlSpellingTest : public TestWithParam<Pair> {};

TEST_P(UrlSpellingTest, IsNormalised) {
  EXPECT_EQ(Url::parse(GetParam().first).toString(), GetParam().second);
}

TEST_P(UrlSpellingTest, ParsesToAnEqualUrl) {
  const Url url = Url::parse(GetParam().first);
  EXPECT_EQ(Url::parse(url.toString()), url);
}

INSTANTIATE_TEST_SUITE_P(
    Urls, UrlSpellingTest,
    Values(Pair{"HTTP://Example.COM", "http://example.com/"},
           Pair{"hTTps://a:443/b", "https://a/b"}, Pair{"http://a:/b", "http://a/b"},
           Pair{"http://a:0080/", "http://a/"}, Pair{"http://a:00000000081/", "http://a:81/"},
           Pair{"http://a:65535/", "http://a:65535/"}, Pair{"http://a?q", "http://a/?q"},
           Pair{"http://a#f", "http://a/#f"}, Pair{"http://a/?#", "http://a/?#"},
           Pair{"http://a/b/../c/./d", "http://a/c/d"}, Pair{"http://a/..", "http://a/"},
           Pair{"http://a/b/%2e%2E/c", "http://a/c"}, Pair{"http://a//b", "http://a//b"},
           Pair{"http://a/%7euser%2f%c3", "http://a/%7euser%2f%c3"},
           Pair{"http://a/?../b#../c", "http://a/?../b#../c"},
           Pair{"http://a/:@;=!$&'()*+,-._~", "http://a/:@;=!$&'()*+,-._~"},
           Pair{"http://a/?a[]=1&b={2}|^`", "http://a/?a[]=1&b={2}|^`"},
           Pair{"http://a/?/?:@#/?:@", "http://a/?/?:@#/?:@"},
           Pair{"http://[0:0::1]:80/", "http://[::1]/"},
           Pair{"http://[fe80::A%25Eth0]:8080/", "http://[fe80::a%25Eth0]:8080/"},
           Pair{"http://127.0.0.1:8000/", "http://127.0.0.1:8000/"}));

// What is refused.

class UrlRefusedTest : public TestWithParam<Pair> {};

TEST_P(UrlRefusedTest, SaysWhy) {
  EXPECT_THAT(refusal(GetParam().first), HasSubstr(GetParam().second));
}

INSTANTIATE_TEST_SUITE_P(
    Schemes, UrlRefusedTest,
    Values(Pair{"", "no scheme"}, Pair{"example.com", "no scheme"}, Pair{"/a", "no scheme"},
           Pair{"//a", "no scheme"}, Pair{"://a", "no scheme"},
           Pair{"ftp://a/", "its scheme is not http or https"},
           Pair{"file:///etc/passwd", "its scheme is not http or https"},
           Pair{"javascript:alert(1)", "its scheme is not http or https"},
           Pair{"httpx://a/", "its scheme is not http or https"},
           Pair{"localhost:8000/a", "its scheme is not http or https"},
           Pair{"http:", "there is no host"}, Pair{"http:a", "there is no host"},
           Pair{"http:/a", "there is no host"}, Pair{"http:///a", "there is no host"},
           Pair{"http://", "there is no host"}, Pair{"http://:80/", "there is no host"},
           Pair{"http://?q", "there is no host"}));
INSTANTIATE_TEST_SUITE_P(
    Authorities, UrlRefusedTest,
    Values(Pair{"http://user@a/", "names a user"}, Pair{"http://user:password@a/", "names a user"},
           Pair{"http://@a/", "names a user"}, Pair{"http://a@b@c/", "names a user"},
           Pair{"http://trusted.example:80@evil.example/", "names a user"},
           Pair{"http://a:0/", "port"}, Pair{"http://a:65536/", "port"},
           Pair{"http://a:18446744073709551696/", "port"}, Pair{"http://a:-1/", "port"},
           Pair{"http://a:+80/", "port"}, Pair{"http://a:80a/", "port"},
           Pair{"http://a:0x50/", "port"}, Pair{"http://a:80:80/", "port"},
           Pair{"http://[::1]80/", "bracket"}, Pair{"http://[::1/", "bracket"},
           Pair{"http://::1/", "there is no host"}, Pair{"http://[::1]:x/", "port"},
           Pair{"http://127.1/", "ends in a number"}, Pair{"http://a%2eb/", "host"},
           Pair{"http://a,b/", "host"}, Pair{"http://[fe80::1%eth0]/", "zone"}));
INSTANTIATE_TEST_SUITE_P(
    Bytes, UrlRefusedTest,
    Values(Pair{"http://a/b c", "the byte 0x20, which is written %20"}, Pair{" http://a/", "0x20"},
           Pair{"http://a/ ", "0x20"}, Pair{"http://a\t/", "0x09"},
           Pair{"http://a/ HTTP/1.1\r\nX: y", "0x20"}, Pair{"http://a/\r\nX:y", "0x0D"},
           Pair{"http://a\n/", "0x0A"}, Pair{"http://a/\x7f", "0x7F"},
           Pair{"http://a/\0b"s, "0x00"}, Pair{"http://a/\xc3\xa9", "0xC3, which is written %C3"},
           Pair{"http://ex\xc3\xa4mple/", "0xC3; write the name in Punycode"},
           Pair{"http://a b/", "its host has the byte 0x20, which no"},
           Pair{"http://a/?//\xc3", "0xC3, which is written %C3"}, Pair{"http://a?\x80", "0x80"},
           Pair{"http://a#\xff", "0xFF"}, Pair{"http:\\\\a/", "'\\'"},
           Pair{"http://a\\@b/", "'\\'"}, Pair{"http://a/?\\", "'\\'"}));
INSTANTIATE_TEST_SUITE_P(
    Characters, UrlRefusedTest,
    Values(Pair{"http://a/<b>", "its path has '<', which is written %3C"},
           Pair{"http://a/\"", "its path has"}, Pair{"http://a/[b]", "its path has"},
           Pair{"http://a/b|c", "its path has"}, Pair{"http://a/{b}", "its path has"},
           Pair{"http://a/?\"", "its query has '\"'"}, Pair{"http://a/?<", "its query has"},
           Pair{"http://a/#a#b", "its fragment has '#'"}, Pair{"http://a/%", "its path has a '%'"},
           Pair{"http://a/%4", "its path has a '%'"}, Pair{"http://a/%zz", "its path has a '%'"},
           Pair{"http://a/?%4", "its query has a '%'"},
           Pair{"http://a/#%", "its fragment has a '%'"},
           Pair{"http://a/.%/..", "its path has a '%'"}));

TEST(UrlTest, ParseThrowsWhatTryParseFailsWith) {
  EXPECT_THROW(Url::parse("example.com"), InvalidUrlError);
  EXPECT_TRUE(Url::tryParse("example.com").failure().check<InvalidUrlError>());
}

// References: RFC 3986 5.4; those of uri_reference_test.cc that are no http URL are refused.

TEST(UrlTest, ResolvesAReference) {
  const Url base = Url::parse("http://a/b/c/d;p?q");
  EXPECT_EQ(base.resolve("../g?y#s").toString(), "http://a/b/g?y#s");
  EXPECT_EQ(base.resolve("//g").toString(), "http://g/");
  EXPECT_EQ(base.resolve("https://B/").toString(), "https://b/");
  EXPECT_EQ(base.resolve("").toString(), "http://a/b/c/d;p?q");
}

TEST(UrlTest, AReferenceKeepsThePort) {
  EXPECT_EQ(Url::parse("http://[::1]:8080/a").resolve("/b").toString(), "http://[::1]:8080/b");
}

TEST(UrlTest, AReferenceOfAnotherSchemeIsRefused) {
  EXPECT_THROW(Url::parse("http://a/").resolve("g:h"), InvalidUrlError);
  EXPECT_THROW(Url::parse("http://a/").resolve("javascript:alert(1)"), InvalidUrlError);
}

TEST(UrlTest, AReferenceOfASchemeAloneIsRefused) {
  EXPECT_THROW(Url::parse("http://a/b").resolve("http:g"), InvalidUrlError);
}

TEST(UrlTest, AReferenceThatBeginsWithAColonIsAPath) {
  EXPECT_EQ(Url::parse("http://a/b").resolve(":c").toString(), "http://a/:c");
}

TEST(UrlTest, AReferenceDoesNotInject) {
  const Url base = Url::parse("http://a/");
  EXPECT_TRUE(base.tryResolve("/ HTTP/1.1\r\nX: y").failure().check<InvalidUrlError>());
  EXPECT_TRUE(base.tryResolve("//user@evil").failure().check<InvalidUrlError>());
  EXPECT_TRUE(base.tryResolve("http:/..//evil").failure().check<InvalidUrlError>());
  EXPECT_TRUE(base.tryResolve("/\\evil").failure().check<InvalidUrlError>());
}

TEST(UrlTest, NothingWrongInAReferenceIsTakenAwayByDots) {
  const Url base = Url::parse("http://a/b");
  for (const char* reference : {"http://h/ /..", "/\r\n/../c", "%zz/../c", "<d>/.."}) {
    EXPECT_TRUE(base.tryResolve(reference).failure().check<InvalidUrlError>()) << reference;
  }
}

// Origins. Twisted's CVE-2022-21712: credentials went to another host, port or scheme.

TEST(UrlTest, AnOriginIsSchemeHostAndPort) {
  const Url url = Url::parse("http://example.com/a");
  EXPECT_TRUE(url.sameOrigin(Url::parse("HTTP://EXAMPLE.com:80/b?c#d")));
  EXPECT_FALSE(url.sameOrigin(Url::parse("https://example.com/a")));
  EXPECT_FALSE(url.sameOrigin(Url::parse("http://example.org/a")));
  EXPECT_FALSE(url.sameOrigin(Url::parse("http://example.com:8080/a")));
  EXPECT_FALSE(url.sameOrigin(Url::parse("http://www.example.com/a")));
  EXPECT_FALSE(url.sameOrigin(Url::parse("http://example.com./a")));
}

TEST(UrlTest, AnOriginOfTheSamePortAndAnotherSchemeIsAnother) {
  EXPECT_FALSE(Url::parse("http://a:443/").sameOrigin(Url::parse("https://a/")));
}

TEST(UrlTest, AnAddressHasOneOrigin) {
  EXPECT_TRUE(Url::parse("http://[::1]/").sameOrigin(Url::parse("http://[0:0:0:0:0:0:0:1]/")));
  EXPECT_FALSE(Url::parse("http://[fe80::1%25a]/").sameOrigin(Url::parse("http://[fe80::1%25b]/")));
}

TEST(UrlTest, WritesItsOrigin) {
  EXPECT_EQ(Url::parse("http://A:80/b?c").origin(), "http://a");
  EXPECT_EQ(Url::parse("https://[::1]:80/").origin(), "https://[::1]:80");
}

// What a request says.

TEST(UrlTest, WritesAHostHeader) {
  EXPECT_EQ(Url::parse("http://Example.com:80/").hostHeader(), "example.com");
  EXPECT_EQ(Url::parse("https://example.com:80/").hostHeader(), "example.com:80");
  EXPECT_EQ(Url::parse("http://[::1]:8080/").hostHeader(), "[::1]:8080");
}

TEST(UrlTest, AHostHeaderHasNoZone) {
  EXPECT_EQ(Url::parse("http://[fe80::1%25eth0]:81/").hostHeader(), "[fe80::1]:81");
}

TEST(UrlTest, WritesTheOriginForm) {
  EXPECT_EQ(Url::parse("http://a").originForm(), "/");
  EXPECT_EQ(Url::parse("http://a?q#f").originForm(), "/?q");
  EXPECT_EQ(Url::parse("http://a//evil/?").originForm(), "//evil/?");
}

TEST(UrlTest, WritesTheAbsoluteFormForAProxy) {
  EXPECT_EQ(Url::parse("HTTP://A:80/b?q#f").absoluteForm(), "http://a/b?q");
  EXPECT_EQ(Url::parse("http://[fe80::1%25eth0]/").absoluteForm(), "http://[fe80::1]/");
}

TEST(UrlTest, WritesTheAuthorityFormForConnect) {
  EXPECT_EQ(Url::parse("https://a/").authorityForm(), "a:443");
  EXPECT_EQ(Url::parse("http://[fe80::1%25eth0]/").authorityForm(), "[fe80::1]:80");
}

}  // namespace
}  // namespace couplet
