// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Bodies of requests and responses, of an agent.
#include "agent_fixture.h"

#include <chrono>

#include <gmock/gmock.h>

#include <couplet/deferred/errors.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/site.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using ::testing::EndsWith;
using testing::failureResultOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::successResultOf;

class AgentBodyTest : public AgentTest {
 protected:
  Deferred<Response> post(RequestBody body, Headers headers = {}) {
    return agent().request("POST", "http://a/", std::move(headers), std::move(body));
  }

  static constexpr std::string_view kPostHead = "POST / HTTP/1.1\r\nHost: a\r\n";
  static constexpr std::string_view kChunkedHead =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
};

// Of responses

TEST_F(AgentBodyTest, ABodyIsReadAsItComes) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npo");
  Response got = successResultOf(response);
  EXPECT_EQ(got.incoming.length(), 4u);
  EXPECT_EQ(successResultOf(got.incoming.read()), "po");
  auto next = got.incoming.read();
  assertNoResult(next);
  send(peer, "em");
  EXPECT_EQ(successResultOf(next), "em");
  EXPECT_EQ(successResultOf(got.incoming.read()), std::nullopt);
}

TEST_F(AgentBodyTest, ReadBodyGivesAllOfIt) {
  auto body = get().addCallback(readBody);
  auto peer = server();
  answer(peer);
  EXPECT_EQ(successResultOf(body), "poem");
}

TEST_F(AgentBodyTest, WithBodyGivesTheResponseWithIt) {
  auto response = get().addCallback(withBody);
  auto peer = server();
  answer(peer);
  const Response got = successResultOf(response);
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "poem");
  EXPECT_FALSE(got.incoming);
}

TEST_F(AgentBodyTest, ABodyThatIsTooLongIsNotRead) {
  auto body = get().addCallback([](const Response& response) { return readBody(response, 3); });
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npoem\r\n");
  failureResultOf<BodyTooLongError>(body);
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentBodyTest, ABodyMayHaveALimit) {
  options.limits.body = 3;
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npoem\r\n");
  failureResultOf<RemoteProtocolError>(readBody(successResultOf(response)));
}

TEST_F(AgentBodyTest, ABodyMayEndWithTheConnection) {
  auto body = get().addCallback(readBody);
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\n\r\npoem");
  assertNoResult(body);
  peer.loseConnection();
  reactor.flush();
  EXPECT_EQ(successResultOf(body), "poem");
}

TEST_F(AgentBodyTest, ABodyThatIsCutShortFailsForItsReader) {
  for (const std::string_view framing :
       {"Content-Length: 5\r\n\r\npoem", "Transfer-Encoding: chunked\r\n\r\n4\r\npoem\r\n"}) {
    auto response = get();
    auto peer = server();
    send(peer, "HTTP/1.1 200 OK\r\n" + std::string(framing));
    peer.loseConnection();
    reactor.flush();
    Response got = successResultOf(response);
    EXPECT_EQ(successResultOf(got.incoming.read()), "poem");
    failureResultOf<RemoteProtocolError>(got.incoming.read());
  }
}

TEST_F(AgentBodyTest, ABodyThatEndsWithAResetFailsForItsReader) {
  auto body = get().addCallback(readBody);
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\n\r\npoem");
  peer.abortConnection();
  reactor.flush();
  failureResultOf<ConnectionLost>(body);
}

TEST_F(AgentBodyTest, ABodyThatIsRefusedFailsForItsReader) {
  for (const bool atOnce : {true, false}) {
    auto response = get();
    auto peer = server();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    if (!atOnce) reactor.flush();
    send(peer, "2\r\npo\r\n0x2\r\nem\r\n");
    Response got = successResultOf(response);
    EXPECT_EQ(successResultOf(got.incoming.read()), "po");
    failureResultOf<RemoteProtocolError>(got.incoming.read());
    EXPECT_FALSE(peer.connected());
  }
}

TEST_F(AgentBodyTest, TrailersComeBehindTheBody) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: 1\r\n\r\n");
  const Response got = successResultOf(response);
  EXPECT_EQ(successResultOf(readBody(got)), "x");
  EXPECT_EQ(got.incoming.trailers().get("a"), "1");
  EXPECT_FALSE(got.headers.has("A"));
}

TEST_F(AgentBodyTest, SomeResponsesHaveNone) {
  auto noContent = get();
  auto peer = server();
  send(peer, "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(bodyOf(noContent), "");
  auto notModified = get();
  send(peer, "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(bodyOf(notModified), "");
  EXPECT_EQ(connections(), 1u);
}

TEST_F(AgentBodyTest, AResponseToHeadHasALengthAndNoBody) {
  auto response = agent().request("HEAD", "http://a/");
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n");
  const Response got = successResultOf(response);
  EXPECT_EQ(got.headers.get("Content-Length"), "5000000000");
  EXPECT_EQ(successResultOf(readBody(got)), "");
  EXPECT_TRUE(peer.connected());
}

TEST_F(AgentBodyTest, WhatNobodyReadsIsNotReceived) {
  auto response = get();
  auto peer = server();
  constexpr std::size_t kSize = 1'000'000;
  peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
  for (std::size_t sent = 0; sent < kSize; sent += 1000) send(peer, std::string(1000, 'x'));
  IncomingBody body = successResultOf(response).incoming;
  std::size_t read = successResultOf(body.read())->size();
  EXPECT_LT(read, 200'000u);
  while (read < kSize) {
    auto piece = body.read();
    reactor.flush();
    read += successResultOf(piece)->size();
  }
  auto end = body.read();
  EXPECT_EQ(successResultOf(end), std::nullopt);
  EXPECT_TRUE(peer.connected());
}

TEST_F(AgentBodyTest, ABodyThatIsDroppedClosesItsConnection) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npo");
  auto got = std::make_unique<Response>(successResultOf(response));
  EXPECT_TRUE(peer.connected());
  got.reset();
  reactor.flush();
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentBodyTest, ABodyMayBeDroppedWhileItIsRead) {
  auto response = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  auto body = std::make_shared<IncomingBody>(successResultOf(response).incoming);
  body->read().addCallback([&](const std::optional<std::string>&) { body.reset(); });
  send(peer, "po");
  EXPECT_FALSE(body);
  EXPECT_FALSE(peer.connected());
}

// Of requests

TEST_F(AgentBodyTest, ABodyIsSentWithItsLength) {
  EXPECT_EQ(bytesOf(post("poem", {{"Content-Type", "text/plain"}})),
            "POST / HTTP/1.1\r\nContent-Type: text/plain\r\nHost: a\r\nContent-Length: 4\r\n\r\n"
            "poem");
}

TEST_F(AgentBodyTest, AnEmptyBodyHasItsLengthWhereOneIsExpected) {
  EXPECT_EQ(bytesOf(post("")), std::string(kPostHead) + "Content-Length: 0\r\n\r\n");
}

TEST_F(AgentBodyTest, ALongBodyIsSentAsTheServerTakesIt) {
  const std::string poem(3'000'000, 'x');
  auto response = post(poem);
  auto peer = reactor.tcpClients().back().succeed();
  peer.pauseProducing();
  reactor.flush();
  EXPECT_LT(peer.value().size(), 300'000u);
  peer.resumeProducing();
  reactor.flush();
  EXPECT_EQ(peer.value(), std::string(kPostHead) + "Content-Length: 3000000\r\n\r\n" + poem);
  std::move(response).discard();
}

TEST_F(AgentBodyTest, ABodyThatIsMadeIsChunked) {
  auto response = post([](OutgoingBody& body) -> Deferred<void> {
    co_await body.write("HERE IS ");
    co_await body.write("MY POEM");
  });
  EXPECT_EQ(bytesOf(std::move(response)),
            std::string(kChunkedHead) + "8\r\nHERE IS \r\n7\r\nMY POEM\r\n0\r\n\r\n");
}

TEST_F(AgentBodyTest, ABodyThatIsMadeMayHaveItsLength) {
  auto response =
      post([](OutgoingBody& body) { return body.write("poem"); }, {{"Content-Length", "4"}});
  EXPECT_THAT(bytesOf(std::move(response)), EndsWith("Content-Length: 4\r\nHost: a\r\n\r\npoem"));
}

TEST_F(AgentBodyTest, ABodyOfAnotherLengthAbortsTheConnection) {
  for (const char* made : {"poe", "poems"}) {
    auto response =
        post([made](OutgoingBody& body) { return body.write(made); }, {{"Content-Length", "4"}});
    auto peer = server();
    failureResultOf<LocalProtocolError>(response);
    EXPECT_FALSE(peer.connected());
  }
}

TEST_F(AgentBodyTest, ATraceWithABodyIsNotSent) {
  failureResultOf<LocalProtocolError>(agent().request("TRACE", "http://a/", {}, "poem"));
  EXPECT_EQ(connections(), 0u);
}

TEST_F(AgentBodyTest, BytesOfAnotherLengthAreNotSent) {
  for (const std::size_t size : {std::size_t{3}, std::size_t{5}, std::size_t{1'000'000}}) {
    auto response = post(std::string(size, 'x'), {{"Content-Length", "4"}});
    failureResultOf<LocalProtocolError>(response);
  }
  EXPECT_EQ(connections(), 0u);
}

TEST_F(AgentBodyTest, AMakerThatFailsAbortsTheConnection) {
  auto response = post([](OutgoingBody& body) -> Deferred<void> {
    co_await body.write("HERE");
    throw std::domain_error("no more ink");
  });
  auto peer = server();
  failureResultOf<std::domain_error>(response);
  EXPECT_FALSE(peer.connected());
  EXPECT_THAT(peer.value(), Not(EndsWith("0\r\n\r\n")));
}

TEST_F(AgentBodyTest, AMakerWaitsWhileMuchIsUnsent) {
  int written = 0;
  auto response = post([&](OutgoingBody& body) -> Deferred<void> {
    for (; written < 100; ++written) co_await body.write(std::string(16 * 1024, 'x'));
  });
  auto peer = reactor.tcpClients().back().succeed();
  peer.pauseProducing();
  reactor.flush();
  EXPECT_LT(written, 20);
  peer.resumeProducing();
  reactor.flush();
  EXPECT_EQ(written, 100);
  std::move(response).discard();
}

/// Waits for ever, and tells when it is told not to.
struct Waiting {
  BodyProducer producer() {
    return [this](OutgoingBody& body) -> Deferred<void> {
      co_await body.write("HERE");
      co_await promise.deferred();
    };
  }
  bool stopped = false;
  Promise<void> promise{[this] { stopped = true; }};
};

TEST_F(AgentBodyTest, AnAnswerBeforeTheBodyIsSentStopsItsMaker) {
  Waiting waiting;
  auto response = post(waiting.producer());
  auto peer = server();
  send(peer, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\npoem");
  EXPECT_EQ(bodyOf(response), "poem");
  EXPECT_TRUE(waiting.stopped);
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentBodyTest, AHeadBeforeTheBodyIsSentDoesNot) {
  Waiting waiting;
  auto response = post(waiting.producer());
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
  auto body = readBody(successResultOf(response));
  waiting.promise.callback();
  reactor.flush();
  EXPECT_THAT(peer.value(), EndsWith("\r\n0\r\n\r\n"));
  send(peer, "poem");
  EXPECT_EQ(successResultOf(body), "poem");
  EXPECT_TRUE(peer.connected());
}

TEST_F(AgentBodyTest, AConnectionThatIsLostStopsTheMaker) {
  Waiting waiting;
  auto response = post(waiting.producer());
  auto peer = server();
  peer.abortConnection();
  reactor.flush();
  failureResultOf<ResponseNeverReceived>(response);
  EXPECT_TRUE(waiting.stopped);
}

TEST_F(AgentBodyTest, WhatIsNotSentYetWhenItIsCancelledNeverIs) {
  auto response = post(std::string(1'000'000, 'x'));
  auto peer = reactor.tcpClients().back().succeed();
  peer.pauseProducing();
  reactor.flush();
  response.cancel();
  peer.resumeProducing();
  reactor.flush();
  failureResultOf<CancelledError>(response);
  EXPECT_LT(peer.value().size(), 1'000'000u);
}

TEST_F(AgentBodyTest, AServerThatReadsNothingIsGivenUp) {
  auto response = post(std::string(1'000'000, 'x'));
  auto peer = reactor.tcpClients().back().succeed();
  peer.pauseProducing();
  reactor.flush();
  reactor.advance(60s);
  reactor.advance(60s);
  failureResultOf<TimeoutError>(response);
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentBodyTest, AServerThatReadsSlowlyIsNot) {
  auto response = post(std::string(1'000'000, 'x'));
  auto peer = reactor.tcpClients().back().succeed();
  for (int minute = 0; minute < 5; ++minute) {
    peer.pauseProducing();
    reactor.flush();
    reactor.advance(59s);
    peer.resumeProducing();
    reactor.turn();
    reactor.turn();
  }
  reactor.flush();
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
}

TEST_F(AgentBodyTest, AMakerThatTakesItsTimeIsNotTheServersFault) {
  Waiting waiting;
  auto response = post(waiting.producer());
  auto peer = server();
  reactor.advance(60s);
  reactor.advance(60s);
  waiting.promise.callback();
  reactor.advance(59s);
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
}

/// Between our own two sides, at the smallest cuts.
TEST(AgentAndSiteTest, ABodyGoesThereAndBackOnOneConnection) {
  testing::MemoryReactor reactor({.cut = 7});
  Router router;
  router.add(
      "POST", "/",
      [](Request& request) {
        Response response;
        response.incoming = request.incoming();
        return response;
      },
      BodyWanted::kAsItComes);
  reactor.listenTCP(8080, std::make_shared<Site>(std::move(router)));
  Agent agent(reactor);
  for (int i = 0; i < 2; ++i) {
    auto body = agent
                    .request("POST", "http://127.0.0.1:8080/", {},
                             [](OutgoingBody& out) -> Deferred<void> {
                               for (int verse = 0; verse < 100; ++verse) {
                                 co_await out.write("HERE IS MY POEM");
                               }
                             })
                    .addCallback(readBody);
    reactor.flush();
    EXPECT_EQ(successResultOf(body).size(), 1500u);
  }
  EXPECT_EQ(reactor.tcpClients().size(), 1u);
}

}  // namespace
}  // namespace couplet
