// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Redirections that an agent follows.
#include "agent_fixture.h"

#include <cerrno>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/protocols/http/detail/redirection.h>

namespace couplet {
namespace {

using testing::assertNoResult;
using testing::failureResultOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::successResultOf;

class ClientRedirectTest : public AgentTest {
 protected:
  ClientRedirectTest() { options.redirects = 20; }

  static std::string redirection(int status, std::string_view location) {
    return "HTTP/1.1 " + std::to_string(status) + " See\r\nLocation: " + std::string(location) +
           "\r\nContent-Length: 0\r\n\r\n";
  }

  /// What is sent to where `status` redirects `method` to.
  std::string redirected(int status, std::string_view method, RequestBody body = {},
                         std::string_view location = "/next", Headers headers = {}) {
    auto response = agent().request(method, "http://a/old", std::move(headers), std::move(body));
    auto peer = reactor.tcpClients().back().waiting() ? server() : *last;
    last = peer;
    reactor.flush();
    peer.clear();
    send(peer, redirection(status, location));
    std::string sent(peer.value());
    if (reactor.tcpClients().back().waiting()) sent = server().value();
    std::move(response).discard();
    reactor.flush();
    return sent;
  }

  std::optional<testing::MemoryPeer> last;
};

TEST_F(ClientRedirectTest, AreNotFollowedUnlessAsked) {
  options.redirects = 0;
  auto response = get();
  auto peer = server();
  send(peer, redirection(302, "/next"));
  EXPECT_EQ(successResultOf(response).status, 302);
}

TEST_F(ClientRedirectTest, AreFollowedOnTheSameConnection) {
  auto response = get("http://a/old");
  auto peer = server();
  peer.clear();
  send(peer, redirection(302, "/next?page=2"));
  EXPECT_EQ(peer.value(), "GET /next?page=2 HTTP/1.1\r\nHost: a\r\n\r\n");
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
  EXPECT_EQ(connections(), 1u);
}

TEST_F(ClientRedirectTest, OtherStatusesAreResponses) {
  for (const int status : {300, 304, 305, 306, 201}) {
    auto response = get();
    auto peer = server();
    send(peer, "HTTP/1.1 " + std::to_string(status) +
                   " X\r\nLocation: /next\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(successResultOf(response).status, status);
  }
}

/// RFC 9110 15.4, with what everybody does.
TEST_F(ClientRedirectTest, TheMethodIsKeptOrBecomesGET) {
  const std::map<int, std::vector<std::pair<std::string, std::string>>> expected{
      {301, {{"GET", "GET"}, {"HEAD", "HEAD"}, {"POST", "GET"}, {"PUT", "PUT"}}},
      {302, {{"GET", "GET"}, {"HEAD", "HEAD"}, {"POST", "GET"}, {"PUT", "PUT"}}},
      {303, {{"GET", "GET"}, {"HEAD", "HEAD"}, {"POST", "GET"}, {"PUT", "GET"}}},
      {307, {{"GET", "GET"}, {"HEAD", "HEAD"}, {"POST", "POST"}, {"PUT", "PUT"}}},
      {308, {{"GET", "GET"}, {"HEAD", "HEAD"}, {"POST", "POST"}, {"PUT", "PUT"}}},
  };
  for (const auto& [status, methods] : expected) {
    for (const auto& [method, becomes] : methods) {
      EXPECT_THAT(redirected(status, method), StartsWith(becomes + " /next HTTP/1.1\r\n"))
          << status << ' ' << method;
    }
  }
}

TEST_F(ClientRedirectTest, ABodyIsSentAgainWhereTheMethodIsKept) {
  EXPECT_EQ(redirected(307, "POST", "poem", "/next", {{"Content-Type", "text/plain"}}),
            "POST /next HTTP/1.1\r\nContent-Type: text/plain\r\nHost: a\r\nContent-Length: 4\r\n"
            "\r\npoem");
}

TEST_F(ClientRedirectTest, ABodyThatIsMadeIsMadeAgain) {
  int made = 0;
  const std::string sent = redirected(
      308, "POST", [&](OutgoingBody& body) { return body.write(std::to_string(++made)); });
  EXPECT_EQ(made, 2);
  EXPECT_THAT(sent, ::testing::EndsWith("\r\n\r\n1\r\n2\r\n0\r\n\r\n"));
}

TEST_F(ClientRedirectTest, ABodyThatIsNotSentAgainLeavesNoHeadersBehind) {
  EXPECT_EQ(redirected(303, "POST", "poem", "/next",
                       {{"Content-Type", "text/plain"}, {"Content-Length", "4"}, {"X", "y"}}),
            "GET /next HTTP/1.1\r\nX: y\r\nHost: a\r\n\r\n");
}

TEST_F(ClientRedirectTest, HostIsThatOfTheNewPlace) {
  EXPECT_EQ(redirected(302, "GET", {}, "http://b:8080/", {{"Host", "virtual"}}),
            "GET / HTTP/1.1\r\nHost: b:8080\r\n\r\n");
  EXPECT_EQ(reactor.tcpClients().back().host, "b");
  EXPECT_EQ(reactor.tcpClients().back().port, 8080);
}

/// CVE-2022-21712 of Twisted.
TEST_F(ClientRedirectTest, CredentialsStayWithinTheOrigin) {
  const Headers secrets{
      {"Authorization", "Basic YTpi"},       {"Cookie", "a=1"},         {"Cookie2", "x"},
      {"Proxy-Authorization", "Basic YTpi"}, {"WWW-Authenticate", "x"}, {"X-Poet", "cummings"}};
  for (const char* place : {"http://b/", "http://a:8080/", "//b/", "http://a.b/"}) {
    EXPECT_EQ(redirected(302, "GET", {}, place, secrets),
              "GET / HTTP/1.1\r\nX-Poet: cummings\r\nHost: " +
                  Url::parse("http://a/").resolve(place).hostHeader() + "\r\n\r\n");
  }
  EXPECT_THAT(redirected(302, "GET", {}, "http://A:80/next", secrets),
              HasSubstr("Authorization: Basic YTpi\r\nCookie: a=1\r\n"));
}

/// RFC 9110 10.2.2. It is never sent, but who shows the page goes by it.
TEST_F(ClientRedirectTest, AFragmentIsInherited) {
  for (const auto& [location, fragment] :
       std::map<std::string, std::string>{{"/next", "verse"}, {"/next#line", "line"}}) {
    Response response(302);
    response.headers.add("Location", location);
    const detail::AskedRequest asked{"GET", Url::parse("http://a/#verse"), {}, {}};
    EXPECT_EQ(detail::redirected(asked, response, {}).url.fragment(), fragment);
  }
}

TEST_F(ClientRedirectTest, MoreFieldsMayBeSensitive) {
  options.sensitiveHeaders = {"x-api-key"};
  EXPECT_EQ(redirected(302, "GET", {}, "http://b/", {{"X-API-Key", "secret"}}),
            "GET / HTTP/1.1\r\nHost: b\r\n\r\n");
}

TEST_F(ClientRedirectTest, CredentialsDoNotComeBackWithTheOrigin) {
  auto response = agent().request("GET", "http://a/", {{"Authorization", "Basic YTpi"}});
  auto a = server();
  send(a, redirection(302, "http://b/"));
  auto b = server();
  a.clear();
  send(b, redirection(302, "http://a/"));
  EXPECT_EQ(a.value(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  std::move(response).discard();
}

TEST_F(ClientRedirectTest, CookiesAreTakenAndGivenAtEachStep) {
  options.cookies = std::make_shared<CookieJar>();
  auto response = get("http://poems.example/");
  auto peer = server();
  peer.clear();
  send(peer,
       "HTTP/1.1 302 Found\r\nSet-Cookie: a=1\r\nLocation: /next\r\n"
       "Content-Length: 0\r\n\r\n");
  EXPECT_THAT(peer.value(), HasSubstr("Cookie: a=1\r\n"));
  std::move(response).discard();
}

TEST_F(ClientRedirectTest, WithoutALocationFails) {
  for (const char* line : {"", "Location: \r\n"}) {
    auto response = get();
    auto peer = server();
    send(peer, "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\n" +
                   std::string(line) + "\r\n");
    failureResultOf<RedirectWithNoLocation>(response);
  }
}

TEST_F(ClientRedirectTest, WhatCameWithoutALocationCanBeRead) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 302 Found\r\nContent-Length: 4\r\n\r\npo");
  const Failure failure = failureResultOf<RedirectWithNoLocation>(response);
  send(peer, "em");
  Response& came = failure.get<RedirectWithNoLocation>()->response();
  EXPECT_EQ(came.status, 302);
  auto body = came.incoming.readAll(4);
  EXPECT_EQ(successResultOf(body), "poem");
}

TEST_F(ClientRedirectTest, ToWhereThereIsNoConnectionToTellsWhere) {
  const std::map<std::string, Failure> causes{
      {"refused", Failure(ConnectionRefusedError("refused"))},
      {"no route", Failure(NoRouteError("no route"))},
      {"http://b: too long", Failure(ConnectTimeoutError("too long"))},
      {"no address", Failure(DNSLookupError("no address"))},
      {"another", Failure(ConnectError("another", EMFILE))}};
  for (const auto& [why, cause] : causes) {
    auto response = get();
    auto peer = reactor.tcpClients().back().waiting() ? server() : *last;
    last = peer;
    send(peer, redirection(302, "http://b/"));
    reactor.tcpClients().back().fail(cause);
    reactor.flush();
    const Failure failure = failureResultOf<ConnectError>(response);
    EXPECT_EQ(failure.typeName(), cause.typeName());
    EXPECT_EQ(failure.message(), "redirected to http://b/: " + why);
    EXPECT_EQ(failure.get<ConnectError>()->errorNumber(), cause.get<ConnectError>()->errorNumber());
  }
}

TEST_F(ClientRedirectTest, ToSeveralPlacesFails) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
  failureResultOf<RedirectError>(response);
}

TEST_F(ClientRedirectTest, ToWhatIsNoHttpURLFails) {
  for (const char* place : {"ftp://a/", "file:///etc/passwd", "http://", "http://a/\\b",
                            "javascript:alert(1)", "http://user:secret@a/"}) {
    auto response = get();
    auto peer = reactor.tcpClients().back().waiting() ? server() : *last;
    last = peer;
    send(peer, redirection(302, place));
    const Failure failure = failureResultOf<RedirectError>(response);
    EXPECT_THAT(failure.message(), StartsWith("http://a/ redirects to no http URL"));
  }
}

TEST_F(ClientRedirectTest, ToWhatIsNoHttpURLTellsWhere) {
  const std::string longest(200, 'x');
  const std::pair<std::string, std::string> cases[] = {{"ftp://b/", "ftp://b/"},
                                                       {longest + ":", longest + "..."}};
  for (const auto& [place, told] : cases) {
    auto response = get();
    auto peer = reactor.tcpClients().back().waiting() ? server() : *last;
    last = peer;
    send(peer, redirection(302, place));
    EXPECT_THAT(failureResultOf<RedirectError>(response).message(),
                StartsWith("http://a/ redirects to no http URL, " + told + ": Refused as a URL: "));
  }
}

TEST_F(ClientRedirectTest, APasswordInALocationIsNotRepeated) {
  auto response = get();
  auto peer = server();
  send(peer, redirection(302, "http://user:secret@a/"));
  EXPECT_EQ(failureResultOf<RedirectError>(response).message(),
            "http://a/ redirects to no http URL: Refused as a URL: it names a user, who belongs "
            "into an Authorization header.");
}

TEST_F(ClientRedirectTest, WithoutAnEndFail) {
  options.redirects = 3;
  auto response = get();
  auto peer = server();
  for (int i = 0; i < 3; ++i) send(peer, redirection(302, "/"));
  assertNoResult(response);
  send(peer, redirection(302, "/"));
  const Failure failure = failureResultOf<InfiniteRedirection>(response);
  EXPECT_EQ(failure.message(), "http://a/ redirects once more, after 3 times");
}

TEST_F(ClientRedirectTest, ALongBodyOfARedirectionIsNotReadToItsEnd) {
  for (const char* framing : {"Content-Length: 5000000000\r\n\r\n", "\r\n"}) {
    auto response = get();
    auto peer = server();
    send(peer, "HTTP/1.1 302 Found\r\nLocation: /next\r\n" + std::string(framing) +
                   std::string(20'000, 'x'));
    EXPECT_FALSE(peer.connected());
    auto next = server();
    answer(next);
    EXPECT_EQ(bodyOf(response), "poem");
    next.abortConnection();
    reactor.flush();
  }
}

TEST_F(ClientRedirectTest, ABodyOfARedirectionThatDoesNotComeIsNotWaitedFor) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 4\r\n\r\npo");
  EXPECT_EQ(connections(), 1u);
  reactor.advance(std::chrono::seconds(1));
  EXPECT_FALSE(peer.connected());
  auto next = server();
  answer(next);
  EXPECT_EQ(bodyOf(response), "poem");
}

TEST_F(ClientRedirectTest, CancellingBetweenTwoStepsEndsIt) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 4\r\n\r\npo");
  response.cancel();
  reactor.flush();
  failureResultOf<CancelledError>(response);
  EXPECT_FALSE(peer.connected());
  EXPECT_EQ(connections(), 1u);
}

TEST_F(ClientRedirectTest, CancellingEndsTheStepThatRuns) {
  auto response = get();
  auto peer = server();
  send(peer, redirection(302, "http://b/"));
  auto next = server();
  response.cancel();
  reactor.flush();
  failureResultOf<CancelledError>(response);
  EXPECT_FALSE(next.connected());
}

}  // namespace
}  // namespace couplet
