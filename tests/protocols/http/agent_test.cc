// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "agent_fixture.h"

#include <chrono>
#include <sstream>

#include <gmock/gmock.h>

#include <couplet/deferred/errors.h>
#include <couplet/deferred/pending.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/testing/gtest_every_cut.h>
#include <couplet/reactor/errors.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using testing::failureResultOf;
using ::testing::HasSubstr;
using testing::successResultOf;

TEST_F(AgentTest, AsksAndGivesTheResponse) {
  auto response = agent().request("GET", "http://localhost:8080/poems?page=2");
  EXPECT_EQ(reactor.tcpClients().back().host, "localhost");
  EXPECT_EQ(reactor.tcpClients().back().port, 8080);
  auto peer = server();
  EXPECT_EQ(peer.value(), "GET /poems?page=2 HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
  assertNoResult(response);
  send(peer, "HTTP/1.1 200 OK\r\nX-Poet: cummings\r\nContent-Length: 4\r\n\r\n");
  const Response got = successResultOf(response);
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.get("x-poet"), "cummings");
  auto body = readBody(got);
  assertNoResult(body);
  send(peer, "poem");
  EXPECT_EQ(successResultOf(body), "poem");
}

TEST_F(AgentTest, AnIPv6AddressIsConnectedToWithoutItsBrackets) {
  auto response = get("http://[::1]:8080/");
  EXPECT_EQ(reactor.tcpClients().back().host, "::1");
  EXPECT_THAT(bytesOf(std::move(response)), HasSubstr("Host: [::1]:8080\r\n"));
}

TEST_F(AgentTest, AFragmentIsNotSent) {
  EXPECT_THAT(bytesOf(get("http://a/poem#verse")), HasSubstr("GET /poem HTTP/1.1\r\n"));
}

TEST_F(AgentTest, ReadsTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nHER\r\n4\r\nE IS\r\n0\r\nDigest: 1\r\n\r\n",
      [](const testing::Chunks& chunks) {
        testing::MemoryReactor reactor;
        Agent agent(reactor);
        auto response = agent.request("GET", "http://a/").addCallback(withBody);
        auto peer = reactor.tcpClients().back().succeed();
        reactor.flush();
        for (const std::string_view chunk : chunks) {
          peer.write(chunk);
          reactor.flush();
        }
        const Response got = successResultOf(response);
        return std::to_string(got.status) + got.body + (peer.connected() ? " kept" : " closed");
      }));
}

TEST_F(AgentTest, AServerThatIsNotThereSaysSo) {
  auto response = get();
  reactor.tcpClients().back().fail(Failure(ConnectionRefusedError("refused")));
  reactor.flush();
  failureResultOf<ConnectionRefusedError>(response);
}

TEST_F(AgentTest, AConnectionThatIsResetSaysSo) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200");
  peer.abortConnection();
  reactor.flush();
  failureResultOf<ConnectionLost>(response);
}

TEST_F(AgentTest, AServerThatClosesWithoutAByteSaysSo) {
  for (const bool resets : {false, true}) {
    auto response = get();
    auto peer = server();
    resets ? peer.abortConnection() : peer.loseConnection();
    reactor.flush();
    failureResultOf<ResponseNeverReceived>(response);
  }
}

TEST_F(AgentTest, AHeadThatIsCutShortIsNoResponse) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Le");
  peer.loseConnection();
  reactor.flush();
  failureResultOf<RemoteProtocolError>(response);
}

TEST_F(AgentTest, WhatAClientMustRefuseFails) {
  for (const std::string_view head : {
           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
           "HTTP/1.1 99999 OK\r\n\r\n",
           "HTTP/1.1 -1 OK\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
           "SSH-2.0-OpenSSH_9.2\r\n",
       }) {
    auto response = get();
    auto peer = server();
    send(peer, head);
    failureResultOf<RemoteProtocolError>(response);
    EXPECT_FALSE(peer.connected()) << head;
  }
}

TEST_F(AgentTest, AHeadThatIsTooLargeIsRefused) {
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "X: x\r\n";
  for (const std::string& head : {"X: " + std::string(20'000, 'x'), fields + "\r\n"}) {
    auto response = get();
    auto peer = server();
    send(peer, "HTTP/1.1 200 OK\r\n" + head);
    failureResultOf<RemoteProtocolError>(response);
  }
}

TEST_F(AgentTest, InterimResponsesArePassedOver) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
  assertNoResult(response);
  answer(peer);
  EXPECT_EQ(successResultOf(response).status, 200);
}

TEST_F(AgentTest, InterimResponsesWithoutAnEndAreRefused) {
  auto response = get();
  auto peer = server();
  for (int i = 0; i < 100; ++i) send(peer, "HTTP/1.1 102 Processing\r\n\r\n");
  assertNoResult(response);
  send(peer, "HTTP/1.1 102 Processing\r\n\r\n");
  failureResultOf<RemoteProtocolError>(response);
  EXPECT_FALSE(peer.connected());
}

/// CVE-2019-12387 of Twisted.
TEST_F(AgentTest, WhatWouldSmuggleIsNotSent) {
  failureResultOf<std::invalid_argument>(agent().request("GET\r\nX: y", "http://a/"));
  failureResultOf<std::invalid_argument>(get("http://a/ HTTP/1.1\r\nX: y"));
  failureResultOf<std::invalid_argument>(get("http://a/\x7f"));
  EXPECT_THROW(agent().request("GET", "http://a/", {{"X", "y\r\nZ: w"}}), std::invalid_argument);
  EXPECT_EQ(connections(), 0u);
}

TEST_F(AgentTest, WhatIsNoRequestIsNotSent) {
  failureResultOf<std::invalid_argument>(get("https://a/"));
  failureResultOf<std::invalid_argument>(get("ftp://a/"));
  failureResultOf<std::invalid_argument>(agent().request("CONNECT", "http://a/"));
  failureResultOf<std::invalid_argument>(
      agent().request("GET", "http://a/", {{"Host", "a"}, {"Host", "b"}}));
  EXPECT_EQ(connections(), 0u);
}

/// RFC 9110 4.2.4.
TEST_F(AgentTest, AUserInAURLIsRefused) {
  failureResultOf<InvalidUrlError>(get("http://poet:secret@a/"));
}

// Cancelling, dropping

TEST_F(AgentTest, CancellingClosesTheConnection) {
  auto response = get();
  auto peer = server();
  response.cancel();
  reactor.flush();
  failureResultOf<CancelledError>(response);
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, CancellingBeforeThereIsAConnectionMakesNone) {
  auto response = get();
  response.cancel();
  failureResultOf<CancelledError>(response);
  reactor.flush();
  EXPECT_FALSE(reactor.tcpClients().back().waiting());
}

TEST_F(AgentTest, DiscardingClosesTheConnection) {
  auto response = get();
  auto peer = server();
  std::move(response).discard();
  reactor.flush();
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, CancellingItselfInItsCallbackDoesNothing) {
  auto response = get();
  CancelHandle handle = response.cancelHandle();
  response.addCallback([&](Response got) {
    handle.cancel();
    return got;
  });
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
}

TEST_F(AgentTest, AResponseThatIsDroppedClosesItsConnection) {
  get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npo");
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, AnAgentMayGoInACallback) {
  auto mortal = std::make_unique<Agent>(reactor);
  auto body = mortal->request("GET", "http://a/").addCallback([&](const Response& response) {
    mortal.reset();
    return readBody(response);
  });
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npo");
  EXPECT_FALSE(mortal);
  send(peer, "em");
  EXPECT_EQ(successResultOf(body), "poem");
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, RequestsUnderWayOutliveTheAgent) {
  auto mortal = std::make_unique<Agent>(reactor);
  auto response = mortal->request("GET", "http://a/");
  auto peer = server();
  mortal.reset();
  send(peer, "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(successResultOf(response).status, 204);
}

TEST(AgentEndTest, AResponseOutlivesAgentAndReactor) {
  Response response;
  {
    testing::MemoryReactor reactor;
    Agent agent(reactor);
    auto asked = agent.request("GET", "http://a/");
    auto peer = reactor.tcpClients().back().succeed();
    reactor.flush();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npo");
    reactor.flush();
    response = successResultOf(asked);
  }
  EXPECT_EQ(successResultOf(response.incoming.read()), "po");
  failureResultOf<ConnectionLost>(response.incoming.read());
}

// Time

TEST_F(AgentTest, AConnectionThatIsNotMadeFailsAndSaysWhere) {
  auto response = get("http://poems.example/");
  reactor.advance(30s);
  const Failure failure = failureResultOf<ConnectTimeoutError>(response);
  EXPECT_THAT(failure.message(), HasSubstr("http://poems.example"));
}

TEST_F(AgentTest, AHeadThatTakesTooLongFailsAndSaysSo) {
  auto response = get("http://a/slow");
  auto peer = server();
  reactor.advance(59s);
  send(peer, "HTTP/1.1 200 OK\r\n");
  assertNoResult(response);
  reactor.advance(1s);
  const Failure failure = failureResultOf<TimeoutError>(response);
  EXPECT_EQ(failure.message(), "the head of http://a/slow timed out after 60 s");
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, ABodyThatDoesNotComeFailsAndSaysSo) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
  auto body = readBody(successResultOf(response));
  reactor.advance(59s);
  send(peer, "p");
  reactor.advance(59s);
  assertNoResult(body);
  reactor.advance(1s);
  EXPECT_EQ(failureResultOf<TimeoutError>(body).message(),
            "the body of http://a/ timed out after 60 s");
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, ABodyThatNobodyReadsIsNotHurried) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
  const Response got = successResultOf(response);
  reactor.advance(10min);
  auto body = readBody(got);
  send(peer, "poem");
  EXPECT_EQ(successResultOf(body), "poem");
}

/// What came while the program slept.
TEST_F(AgentTest, AProgramThatIsBusyForTooLongLosesNothing) {
  auto response = get();
  auto peer = server();
  peer.write(kPoem);
  reactor.turn();
  assertNoResult(response);
  reactor.advance(61s);
  EXPECT_EQ(bodyOf(response), "poem");
}

TEST_F(AgentTest, TheWholeMayHaveItsTime) {
  options.timeout = 10s;
  auto response = get();
  auto peer = server();
  reactor.advance(9s);
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npo");
  auto body = readBody(successResultOf(response));
  reactor.advance(1s);
  EXPECT_EQ(failureResultOf<TimeoutError>(body).message(),
            "the whole of http://a/ timed out after 10 s");
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, TheTimeOfTheWholeBeginsWithTheRequest) {
  options.timeout = 10s;
  auto response = get();
  reactor.advance(10s);
  failureResultOf<TimeoutError>(response);
  EXPECT_FALSE(reactor.tcpClients().back().waiting());
}

TEST_F(AgentTest, ATimeThatIsOverDoesNotEndTheNextResponse) {
  options.timeout = 10s;
  auto first = get();
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(first), "poem");
  reactor.advance(9s);
  auto second = get();
  reactor.advance(9s);
  answer(peer);
  EXPECT_EQ(bodyOf(second), "poem");
}

// Cookies

TEST_F(AgentTest, WhatIsPendingDoesNotTellWhatAUrlMayKeepSecret) {
  if (!pendingVisible()) GTEST_SKIP();
  auto response = get("http://poems.example/reset?token=4711#part");
  server();
  std::ostringstream pending;
  describePending(pending);
  EXPECT_THAT(pending.str(), HasSubstr("the answer to GET http://poems.example/reset\n"));
  EXPECT_THAT(pending.str(), Not(HasSubstr("4711")));
  std::move(response).discard();
}

class AgentCookiesTest : public AgentTest {
 protected:
  AgentCookiesTest() {
    options.cookies = jar;
    options.wallTime = [] { return std::time_t{784111777}; };
  }

  std::shared_ptr<CookieJar> jar = std::make_shared<CookieJar>();
};

TEST_F(AgentCookiesTest, WhatAServerSetsIsSentBack) {
  auto first = get("http://poems.example/");
  auto peer = server();
  EXPECT_THAT(peer.value(), Not(HasSubstr("Cookie")));
  send(peer, "HTTP/1.1 204 No Content\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n");
  auto second = get("http://poems.example/");
  reactor.flush();
  EXPECT_THAT(peer.value(), HasSubstr("Cookie: a=1; b=2\r\n"));
  std::move(second).discard();
  EXPECT_THAT(bytesOf(get("http://other.example/")), Not(HasSubstr("Cookie")));
}

TEST_F(AgentCookiesTest, ACookieFieldThatIsGivenIsSentAlone) {
  jar->setCookie(Url::parse("http://a.example/"), "a=1", 784111777);
  EXPECT_THAT(bytesOf(agent().request("GET", "http://a.example/", {{"Cookie", "b=2"}})),
              HasSubstr("\r\nCookie: b=2\r\n"));
}

}  // namespace
}  // namespace couplet
