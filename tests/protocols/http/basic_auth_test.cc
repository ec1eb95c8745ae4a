// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/basic_auth.h>

#include <optional>
#include <string>

#include <gmock/gmock.h>

#include <couplet/protocols/http/base64.h>

namespace couplet {
namespace {

std::string headerOf(const std::string& decoded) { return "Basic " + base64Encode(decoded); }

// Parsing: RFC 7617 section 2.

TEST(BasicAuthTest, ReadsTheExampleOfTheRFC) {
  const auto credentials = parseBasicCredentials("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->user, "Aladdin");
  EXPECT_EQ(credentials->password, "open sesame");
}

TEST(BasicAuthTest, TheSchemeHasNoCase) {
  EXPECT_TRUE(parseBasicCredentials("basic YTpi"));
  EXPECT_TRUE(parseBasicCredentials("BASIC YTpi"));
}

TEST(BasicAuthTest, SeveralSpacesMayFollowTheScheme) {
  EXPECT_TRUE(parseBasicCredentials("Basic   YTpi"));
}

TEST(BasicAuthTest, APasswordMayHaveColons) {
  EXPECT_EQ(parseBasicCredentials(headerOf("a:b:c"))->password, "b:c");
}

TEST(BasicAuthTest, UserAndPasswordMayBeEmpty) {
  const auto credentials = parseBasicCredentials(headerOf(":"));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->user + credentials->password, "");
}

TEST(BasicAuthTest, TakesBytesThatAreNotASCII) {
  EXPECT_EQ(parseBasicCredentials("Basic dGVzdDoxMjPCow==")->password, "123\xc2\xa3");
}

class BasicAuthRefusedTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BasicAuthRefusedTest, HasNoCredentials) { EXPECT_FALSE(parseBasicCredentials(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Headers, BasicAuthRefusedTest,
                         ::testing::Values("", "Basic", "Basic ", "BasicYTpi", "Basic\tYTpi",
                                           "Bearer YTpi", "Digest username=\"a\"", " Basic YTpi",
                                           "Basic YTpi ", "Basic YTpi, Basic YTpi", "Basic YTp",
                                           "Basic YT pi", "Basic a:b"));
INSTANTIATE_TEST_SUITE_P(Decoded, BasicAuthRefusedTest,
                         ::testing::Values(headerOf(""), headerOf("nocolon"), headerOf("a\r\n:b"),
                                           headerOf("a:b\x7f"), headerOf(std::string("a:\0", 3))));

// Writing.

TEST(BasicAuthTest, WritesWhatItReads) {
  const BasicCredentials credentials{"Aladdin", "open sesame"};
  EXPECT_EQ(credentials.toHeader(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST(BasicAuthTest, ThrowsForAColonInTheUserName) {
  EXPECT_THROW((BasicCredentials{"a:b", "c"}.toHeader()), InvalidCredentialsError);
}

TEST(BasicAuthTest, ThrowsForControlBytes) {
  EXPECT_THROW((BasicCredentials{"a\n", "c"}.toHeader()), InvalidCredentialsError);
  EXPECT_THROW((BasicCredentials{"a", std::string("c\0", 2)}.toHeader()), InvalidCredentialsError);
}

TEST(BasicAuthTest, ChallengesWithAQuotedRealm) {
  EXPECT_EQ(basicChallenge("poems \"and\" \\"),
            "Basic realm=\"poems \\\"and\\\" \\\\\", charset=\"UTF-8\"");
}

TEST(BasicAuthTest, ThrowsForAControlByteInTheRealm) {
  EXPECT_THROW(basicChallenge("a\r\nX: y"), InvalidCredentialsError);
}

// Comparing.

TEST(BasicAuthTest, MatchesWhenBothAreRight) {
  const BasicCredentials credentials{"user", "secret"};
  EXPECT_TRUE(credentials.match("user", "secret"));
  EXPECT_FALSE(credentials.match("user", "Secret"));
  EXPECT_FALSE(credentials.match("root", "secret"));
  EXPECT_FALSE(credentials.match("secret", "user"));
}

TEST(EqualsInConstantTimeTest, IsEquality) {
  EXPECT_TRUE(equalsInConstantTime("", ""));
  EXPECT_TRUE(equalsInConstantTime("secret", "secret"));
  EXPECT_FALSE(equalsInConstantTime("Xecret", "secret"));
  EXPECT_FALSE(equalsInConstantTime("secreX", "secret"));
}

TEST(EqualsInConstantTimeTest, ComparesLengthsToo) {
  EXPECT_FALSE(equalsInConstantTime("", "secret"));
  EXPECT_FALSE(equalsInConstantTime("secret", ""));
  EXPECT_FALSE(equalsInConstantTime("secre", "secret"));
  EXPECT_FALSE(equalsInConstantTime("secrett", "secret"));
  EXPECT_FALSE(equalsInConstantTime(std::string(1, '\0'), ""));
  EXPECT_FALSE(equalsInConstantTime("", std::string(1, '\0')));
}

TEST(EqualsInConstantTimeTest, ComparesAllBytes) {
  const std::string secret("a\0b\xff", 4);
  for (std::size_t at = 0; at < secret.size(); ++at) {
    std::string given = secret;
    given[at] = static_cast<char>(given[at] ^ 0x80);
    EXPECT_FALSE(equalsInConstantTime(given, secret)) << at;
  }
}

}  // namespace
}  // namespace couplet
