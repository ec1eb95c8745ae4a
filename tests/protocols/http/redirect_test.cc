// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Response::redirect and Response::error, and what must never be in a response.
#include <couplet/protocols/http/response.h>

#include <stdexcept>

#include <gmock/gmock.h>

#include "site_fixture.h"

namespace couplet {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class RedirectTest : public SiteTest {
 protected:
  std::string sent(std::string_view location, int status) {
    router.get("/", [=](Request&) { return Response::redirect(location, status); });
    serve();
    return send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }
};

class RedirectStatusTest : public RedirectTest, public ::testing::WithParamInterface<int> {};

TEST_P(RedirectStatusTest, IsSentWithItsLocation) {
  const std::string answer = sent("/poems/1?by=e.e.", GetParam());
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(GetParam()) + " "));
  EXPECT_THAT(answer, HasSubstr("\r\nLocation: /poems/1?by=e.e.\r\n"));
}

INSTANTIATE_TEST_SUITE_P(Statuses, RedirectStatusTest, ::testing::Values(301, 302, 303, 307, 308));

TEST_F(RedirectTest, IsA302UnlessSaid) { EXPECT_EQ(Response::redirect("/").status, 302); }

/// CVE-2024-41810 of Twisted.
TEST_F(RedirectTest, CVE_2024_41810_ThePageEscapesTheLocation) {
  const std::string answer = sent("https://example.com/\"><script>alert(1)</script>", 302);
  const std::string page = answer.substr(answer.find("\r\n\r\n"));
  EXPECT_THAT(page, HasSubstr("https://example.com/&quot;&gt;&lt;script&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
}

TEST_F(RedirectTest, ALocationCannotInjectAHeader) {
  EXPECT_THROW(Response::redirect("/\r\nX: y"), std::invalid_argument);
  EXPECT_THROW(Response::redirect("/\nX: y"), std::invalid_argument);
  EXPECT_THROW(Response::redirect(std::string_view("/\0", 2)), std::invalid_argument);
}

TEST_F(RedirectTest, HasAStatusOfARedirect) {
  EXPECT_THROW(Response::redirect("/", 200), std::invalid_argument);
  EXPECT_THROW(Response::redirect("/", 304), std::invalid_argument);
}

class ErrorPageTest : public SiteTest {};

TEST_F(ErrorPageTest, SaysWhatItIs) {
  EXPECT_EQ(Response::error(404).status, 404);
  EXPECT_EQ(Response::error(404).body,
            "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>404 Not Found</h1>\n");
}

TEST_F(ErrorPageTest, DoesNotRepeatTheStatusAsTheReason) {
  EXPECT_EQ(Response::error(404, HTTPError(404).what()).body, Response::error(404).body);
}

TEST_F(ErrorPageTest, SaysWhyInAParagraph) {
  EXPECT_THAT(Response::error(404, "no such poem").body, EndsWith("</h1>\n<p>no such poem</p>\n"));
}

TEST_F(ErrorPageTest, EscapesTheReason) {
  EXPECT_THAT(Response::error(404, "<script>").body, HasSubstr("<p>&lt;script&gt;</p>"));
}

TEST_F(ErrorPageTest, APathThatIsNotThereIsAnsweredWithTheShortPage) {
  serve();
  EXPECT_THAT(send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"),
              EndsWith("\r\n\r\n" + Response::error(404).body));
}

}  // namespace
}  // namespace couplet
