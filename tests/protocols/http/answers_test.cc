// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Site sends, row by row of what Twisted's web server was observed to send.
#include "site_fixture.h"

#include <string>

#include <gmock/gmock.h>

#include <couplet/protocols/http/cookies.h>
#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class AnswersTest : public SiteTest {
 protected:
  /// What is sent for a GET of this response.
  std::string sent(Callable<Response()> make) {
    auto shared = std::make_shared<Callable<Response()>>(std::move(make));
    router.get("/", [shared](Request&) { return (*shared)(); });
    serve();
    return send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }
};

TEST_F(AnswersTest, A204HasNoBodyAndNoLength) {
  EXPECT_EQ(sent([] { return Response(204, "body"); }),
            "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
  EXPECT_TRUE(client->connected());
}

TEST_F(AnswersTest, A304HasNoBodyAndNoLengthOfOne) {
  EXPECT_EQ(sent([] { return Response(304, "body"); }),
            "HTTP/1.1 304 Not Modified\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
  EXPECT_TRUE(client->connected());
}

TEST_F(AnswersTest, AnEmptyBodyHasALengthAndNoType) {
  EXPECT_EQ(sent([] { return Response(200); }),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
}

/// #9420: a line end in a value is an error of the handler, not a header of its own.
TEST_F(AnswersTest, Ticket9420_AHandlerCannotInjectAHeader) {
  testing::LoggedErrors logged;
  const std::string answer = sent([] {
    Response response(200);
    response.headers.add("X", "v\r\nInjected: 1");
    return response;
  });
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("Injected")));
  EXPECT_EQ(logged.take().size(), 1u);
}

/// #9421: and so is one in a cookie.
TEST_F(AnswersTest, Ticket9421_AHandlerCannotInjectByACookie) {
  testing::LoggedErrors logged;
  const std::string answer = sent([] {
    Response response(200);
    response.addCookie({.name = "a", .value = "v\r\nInjected: 1; Domain=b"});
    return response;
  });
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("Injected")));
  EXPECT_EQ(logged.take().size(), 1u);
}

TEST_F(AnswersTest, CookiesAreLinesOfTheirOwn) {
  EXPECT_THAT(sent([] {
                Response response(200);
                response.addCookie({.name = "a", .value = "1"});
                response.addCookie(
                    {.name = "b", .value = "2", .secure = true, .sameSite = SameSite::kNone});
                return response;
              }),
              HasSubstr("\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2; Secure; SameSite=None\r\n"));
}

TEST_F(AnswersTest, ADateOfTheHandlersIsReplaced) {
  const std::string answer = sent([] {
    Response response(200);
    response.headers.add("Date", "yesterday");
    return response;
  });
  EXPECT_THAT(answer, Not(HasSubstr("yesterday")));
}

TEST_F(AnswersTest, OptionsOfTheServerHasAnEmptyBody) {
  serve();
  EXPECT_THAT(send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
              HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST_F(AnswersTest, TraceIsAnUnknownMethodUnlessARouteTakesIt) {
  router.get("/", [](Request&) { return Response(200); });
  serve();
  EXPECT_THAT(send("TRACE / HTTP/1.1\r\nHost: a\r\nX: secret\r\n\r\n"),
              StartsWith("HTTP/1.1 405 "));
}

TEST_F(AnswersTest, AnUnknownExpectationIsPassedOver) {
  router.get("/", [](Request&) { return Response::text("x"); });
  serve();
  EXPECT_EQ(send("GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n"), text("x"));
}

TEST_F(AnswersTest, OneEmptyLineBeforeARequestIsPassedOver) {
  router.get("/", [](Request&) { return Response::text("x"); });
  serve();
  EXPECT_EQ(send("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), text("x"));
}

TEST_F(AnswersTest, TrailersNeverBecomeHeaders) {
  router.post("/", [](Request& request) {
    const std::string_view x = request.headers().get("X").value_or("none");
    return Response::text(std::string(x) + " " + std::string(request.host()));
  });
  serve();
  EXPECT_EQ(send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "0\r\nX: y\r\nHost: b\r\n\r\n"),
            text("none a"));
}

// The end of input.

TEST_F(AnswersTest, WhatIsAnsweredIsSentToAClientThatSendsNoMore) {
  router.get("/", [](Request&) { return Response::text("x"); });
  serve();
  client->write("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client->loseWriteConnection();
  reactor.flush();
  EXPECT_EQ(received(), text("x") + text("x"));
  EXPECT_FALSE(client->connected());
}

TEST_F(AnswersTest, AResetCancelsWhatIsAtWorkWhateverTheSiteAllows) {
  options.allowHalfClose = true;
  bool cancelled = false;
  Promise<Response> work([&] { cancelled = true; });
  router.get("/", [&](Request&) { return work.deferred(); });
  serve();
  send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client->abortConnection();
  reactor.flush();
  EXPECT_TRUE(cancelled);
}

TEST_F(AnswersTest, AnotherMethodThanOptionsOfTheServerIsA405) {
  serve();
  const std::string answer = send("GET * HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(answer, HasSubstr("\r\nAllow: OPTIONS\r\n"));
}

}  // namespace
}  // namespace couplet
