// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The advisories of Twisted's web server, and the inputs that triggered them. Those of redirects,
// virtual hosts and of what is sent: redirect_test.cc, virtual_hosts_test.cc, headers_test.cc,
// set_cookie_test.cc, serializer_test.cc.
#include "site_fixture.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

using SiteAdvisoryTest = SiteTest;

/// A site that remembers what was asked of it.
class AdvisoryTest : public SiteTest {
 protected:
  AdvisoryTest() {
    const auto answers = [this](Request& request) {
      asked.emplace_back(request.target());
      return Response::text(std::string(request.target()));
    };
    router.get("/*all", answers).post("/*all", answers);
  }

  /// Sends it, and finds that it was refused and that no handler has heard of it.
  void expectRefused(const std::string& bytes) {
    connect();
    EXPECT_THAT(send(bytes), StartsWith("HTTP/1.1 400 ")) << bytes;
    EXPECT_FALSE(client->connected()) << bytes;
    EXPECT_THAT(asked, IsEmpty()) << bytes;
  }

  /// A POST with these lines behind Host, and a body that is a request to who reads them otherwise.
  static std::string smuggling(const std::string& lines) {
    return "POST /public HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n" + get("/admin");
  }

  static std::string chunked(const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
  }

  std::vector<std::string> asked;
};

// The order of answers.

TEST_F(AdvisoryTest, CVE_2024_41671_ABodyInFrontOfAPipelinedRequestChangesNoOrder) {
  serve();
  for (const char* body :
       {"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Content-Length: 1\r\n\r\nx"}) {
    asked.clear();
    const std::string post = "POST /0 HTTP/1.1\r\nHost: a\r\n" + std::string(body);
    EXPECT_EQ(send(post + get("/1")), text("/0") + text("/1"));
    EXPECT_EQ(send(get("/2")), text("/2"));
    EXPECT_THAT(asked, ElementsAre("/0", "/1", "/2"));
  }
}

TEST_F(AdvisoryTest, CVE_2023_46137_AnAnswerThatComesLaterIsNotOvertaken) {
  Promise<Response> slow;
  router.get("/slow", [&](Request&) { return slow.deferred(); });
  serve();
  EXPECT_EQ(send(get("/slow") + get("/1") + get("/2")), "");
  slow.callback(Response::text("/0"));
  reactor.flush();
  EXPECT_EQ(received(), text("/0") + text("/1") + text("/2"));
}

// Requests in requests.

TEST_F(AdvisoryTest, CVE_2022_24801_NumbersAreDigitsAlone) {
  serve();
  expectRefused(smuggling("Content-Length: +3"));
  expectRefused(smuggling("Content-Length: -3"));
  expectRefused(smuggling("Content-Length: 3\x0c"));
  expectRefused(
      smuggling("Transfer-Encoding: \x0b"
                "chunked"));
  expectRefused(chunked("0x3\r\nabc\r\n0\r\n\r\n"));
  expectRefused(chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"));
}

TEST_F(AdvisoryTest, CVE_2020_10108_TwoContentLengthsAreRefused) {
  serve();
  expectRefused(smuggling("Content-Length: 36\r\nContent-Length: 0"));
}

TEST_F(AdvisoryTest, CVE_2020_10109_ContentLengthBesideChunksIsRefused) {
  serve();
  expectRefused(smuggling("Content-Length: 36\r\nTransfer-Encoding: chunked"));
  expectRefused(smuggling("Transfer-Encoding: chunked\r\nContent-Length: 36"));
}

TEST_F(AdvisoryTest, AnotherTransferEncodingThanChunkedIsRefused) {
  serve();
  expectRefused(smuggling("Transfer-Encoding: identity"));
  expectRefused(smuggling("Transfer-Encoding: xchunked"));
  expectRefused(smuggling("Transfer-Encoding: chunked, identity"));
}

TEST_F(AdvisoryTest, Ticket9646_ASpaceBeforeTheColonAndANamelessFieldAreRefused) {
  serve();
  expectRefused(smuggling("Content-Length : 3"));
  expectRefused(smuggling(":baz"));
}

TEST_F(AdvisoryTest, Ticket12754_ABareLineEndInAValueIsRefused) {
  serve();
  expectRefused(smuggling("Foo: x\nContent-Length: 36"));
  expectRefused(smuggling("Foo: x\rContent-Length: 36"));
}

TEST_F(AdvisoryTest, Ticket12228_NulInAValueIsRefused) {
  serve();
  expectRefused(smuggling(std::string("X: a\0b", 6)));
}

TEST_F(AdvisoryTest, Ticket12233_ARequestLineIsThreeWordsWithASpaceBetween) {
  serve();
  expectRefused("GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
  expectRefused("GET /  HTTP/1.1\r\nHost: a\r\n\r\n");
  connect();
  EXPECT_THAT(send("GET / HTTP/9.9\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 505 "));
  EXPECT_THAT(asked, IsEmpty());
}

TEST_F(AdvisoryTest, Ticket12235_ANameIsAToken) {
  serve();
  for (const char* name : {"A b", "A(", "A\x80", "A/b", "A\"", "A="}) {
    expectRefused(smuggling(std::string(name) + ": c"));
  }
}

// What wears a server down, and what it says.

TEST_F(AdvisoryTest, Ticket6029_ALengthThatIsNoNumberLogsNoError) {
  testing::LoggedErrors logged;
  serve();
  expectRefused(smuggling("Content-Length: x"));
  EXPECT_THAT(logged.take(), IsEmpty());
}

/// Nothing of a request is on the page of its error: nor in the reasons of refusals.
TEST_F(SiteAdvisoryTest, Ticket4978_ErrorPagesDoNotRepeatTheRequest) {
  router.get("/known/:x", [](Request&) { return Response(200); });
  serve();
  EXPECT_THAT(send(get("/<script>alert(1)</script>")), Not(HasSubstr("alert")));
  const std::string page = send("PUT /known/<b>alert(1) HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(page, Not(HasSubstr("alert")));
  EXPECT_THAT(send("ALERT /known/x HTTP/1.1\r\nHost: a\r\n\r\n"), Not(HasSubstr("ALERT")));
  EXPECT_THAT(send("<alert> / HTTP/1.1\r\nHost: a\r\n\r\n"), Not(HasSubstr("alert")));
}

/// #8868: a client that asks and never reads.
TEST_F(AdvisoryTest, Ticket8868_WhoDoesNotReadIsNotReadFrom) {
  router.get("/", [this](Request&) {
    asked.emplace_back("/");
    return Response::text(std::string(16 * 1024, 'a'));
  });
  serve();
  client->pauseProducing();
  for (int i = 0; i < 200; ++i) client->write(get("/"));
  reactor.flush();
  EXPECT_LT(asked.size(), 50u);
}

}  // namespace
}  // namespace couplet
