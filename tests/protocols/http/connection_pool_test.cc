// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Which connections an agent uses again, and how many it makes.
#include "agent_fixture.h"

#include <chrono>
#include <optional>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/deferred/errors.h>
#include <couplet/protocols/http/errors.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using ::testing::EndsWith;
using testing::failureResultOf;
using ::testing::HasSubstr;
using testing::successResultOf;

class ConnectionPoolTest : public AgentTest {
 protected:
  void use(HTTPPoolOptions pool) {
    options.pool = std::make_shared<HTTPConnectionPool>(reactor, pool);
  }

  /// A connection that has served a request, and is idle.
  testing::MemoryPeer idleServer(std::string_view url = "http://a/") {
    auto response = get(url);
    auto peer = server();
    answer(peer);
    EXPECT_EQ(bodyOf(response), "poem");
    peer.clear();
    return peer;
  }

  /// Whether a connection is kept behind a response to `method`.
  bool keeps(std::string_view response, std::string_view method = "GET", Headers headers = {}) {
    auto whole = agent().request(method, "http://a/", std::move(headers)).addCallback(withBody);
    auto peer = server();
    send(peer, response);
    EXPECT_GE(successResultOf(whole).status, 200);
    const bool kept = peer.connected();
    peer.abortConnection();
    reactor.flush();
    return kept;
  }
};

TEST_F(ConnectionPoolTest, AConnectionIsUsedAgain) {
  auto peer = idleServer();
  auto second = get("http://a/second");
  reactor.flush();
  EXPECT_EQ(peer.value(), "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
  answer(peer);
  EXPECT_EQ(bodyOf(second), "poem");
  EXPECT_EQ(connections(), 1u);
}

TEST_F(ConnectionPoolTest, AnotherOriginHasAnotherConnection) {
  idleServer();
  for (const char* url : {"http://b/", "http://a:8080/"}) bytesOf(get(url));
  EXPECT_EQ(connections(), 3u);
}

TEST_F(ConnectionPoolTest, WhatIsAskedAtOnceHasSeveral) {
  auto first = get();
  auto second = get();
  EXPECT_EQ(connections(), 2u);
  std::move(first).discard();
  std::move(second).discard();
}

TEST_F(ConnectionPoolTest, WhoHasAResponseMayUseItsConnection) {
  auto both = get().addCallback([&](const Response&) { return get(); });
  auto peer = server();
  answer(peer);
  answer(peer);
  EXPECT_EQ(bodyOf(both), "poem");
  EXPECT_EQ(connections(), 1u);
}

TEST_F(ConnectionPoolTest, TheOneThatWasUsedLastIsUsedFirst) {
  auto first = get();
  auto older = server();
  auto second = get();
  auto younger = server();
  answer(older);
  answer(younger);
  EXPECT_EQ(bodyOf(first) + bodyOf(second), "poempoem");
  auto third = get();
  reactor.flush();
  answer(younger);
  EXPECT_EQ(bodyOf(third), "poem");
}

TEST_F(ConnectionPoolTest, AResponseThatEndsCleanlyKeepsItsConnection) {
  EXPECT_TRUE(keeps(kPoem));
  EXPECT_TRUE(keeps("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
  EXPECT_TRUE(keeps("HTTP/1.1 204 No Content\r\n\r\n"));
  EXPECT_TRUE(keeps("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD"));
  EXPECT_TRUE(keeps("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"));
}

TEST_F(ConnectionPoolTest, AServerThatWishesToCloseIsNotKept) {
  EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\nConnection: foo, close\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"));
}

TEST_F(ConnectionPoolTest, AClientThatWishesToCloseIsNotKept) {
  EXPECT_FALSE(keeps(kPoem, "GET", {{"Connection", "close"}}));
}

/// Where Twisted keeps them.
TEST_F(ConnectionPoolTest, BytesBehindAResponseAreNotKept) {
  EXPECT_FALSE(keeps(std::string(kPoem) + "x"));
  EXPECT_FALSE(keeps(std::string(kPoem) + std::string(kPoem)));
  EXPECT_FALSE(keeps("HTTP/1.1 204 No Content\r\n\r\npoem"));
  EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npoem", "HEAD"));
}

TEST_F(ConnectionPoolTest, FramingInDoubtIsNotKept) {
  EXPECT_FALSE(
      keeps("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
            "0\r\n\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\npoem"));
}

TEST_F(ConnectionPoolTest, AnIdleConnectionThatTheServerClosesIsForgotten) {
  idleServer().loseConnection();
  reactor.flush();
  bytesOf(get());
  EXPECT_EQ(connections(), 2u);
}

TEST_F(ConnectionPoolTest, AnIdleConnectionOnWhichBytesComeIsClosed) {
  auto peer = idleServer();
  send(peer, kPoem);
  EXPECT_FALSE(peer.connected());
  auto second = get();
  auto fresh = server();
  send(fresh, "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(successResultOf(second).status, 204);
}

TEST_F(ConnectionPoolTest, AnIdleConnectionIsClosedInTime) {
  auto peer = idleServer();
  reactor.advance(49s);
  EXPECT_TRUE(peer.connected());
  reactor.advance(1s);
  EXPECT_FALSE(peer.connected());
  EXPECT_EQ(reactor.delayedCalls(), 0u);
}

TEST_F(ConnectionPoolTest, IdleConnectionsAreClosedOnRequest) {
  auto peer = idleServer();
  auto closed = agent().closeCachedConnections();
  assertNoResult(closed);
  reactor.flush();
  successResultOf(closed);
  EXPECT_FALSE(peer.connected());
}

TEST_F(ConnectionPoolTest, IdleConnectionsEndWithTheirAgent) {
  auto mortal = std::make_unique<Agent>(reactor);
  auto response = mortal->request("GET", "http://a/");
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
  EXPECT_TRUE(peer.connected());
  mortal.reset();
  reactor.flush();
  EXPECT_FALSE(peer.connected());
}

TEST_F(ConnectionPoolTest, AgentsMayShareAPool) {
  const auto pool = std::make_shared<HTTPConnectionPool>(reactor);
  options.pool = pool;
  auto peer = idleServer();
  EXPECT_EQ(pool->idle(), 1u);
  Agent other(reactor, {.pool = pool});
  auto response = other.request("GET", "http://a/");
  reactor.flush();
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
}

TEST(ConnectionPoolEndTest, APoolOutlivesItsReactor) {
  auto reactor = std::make_unique<testing::MemoryReactor>();
  HTTPConnectionPool pool(*reactor);
  {
    Agent agent(*reactor, {.pool = std::shared_ptr<HTTPConnectionPool>(&pool, [](auto*) {})});
    auto body = agent.request("GET", "http://a/").addCallback(readBody);
    auto peer = reactor->tcpClients().back().succeed();
    reactor->flush();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    reactor->flush();
    EXPECT_EQ(successResultOf(body), "");
  }
  EXPECT_EQ(pool.idle(), 1u);
  reactor.reset();
  EXPECT_EQ(pool.idle(), 0u);
}

TEST_F(ConnectionPoolTest, WithoutPersistentConnectionsEachRequestSaysSo) {
  use({.maxPersistentPerHost = 0});
  auto response = get();
  auto peer = server();
  EXPECT_THAT(peer.value(), HasSubstr("Connection: close\r\n"));
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
  EXPECT_FALSE(peer.connected());
}

TEST_F(ConnectionPoolTest, ThereAreNoMoreIdleConnectionsThanAllowed) {
  use({.maxPersistentPerHost = 1});
  auto first = get();
  auto older = server();
  auto second = get();
  auto younger = server();
  answer(older);
  answer(younger);
  EXPECT_EQ(bodyOf(first) + bodyOf(second), "poempoem");
  EXPECT_FALSE(older.connected());
  EXPECT_TRUE(younger.connected());
}

TEST_F(ConnectionPoolTest, NorToAllHostsTogether) {
  use({.maxIdle = 2});
  auto a = idleServer("http://a/");
  auto b = idleServer("http://b/");
  auto c = idleServer("http://c/");
  EXPECT_FALSE(a.connected());
  EXPECT_TRUE(b.connected());
  EXPECT_TRUE(c.connected());
}

TEST_F(ConnectionPoolTest, APoolWithoutConnectionsIsNone) {
  EXPECT_THROW(HTTPConnectionPool(reactor, {.maxPerHost = 0}), std::invalid_argument);
}

// Who waits

class ConnectionQueueTest : public ConnectionPoolTest {
 protected:
  ConnectionQueueTest() { use({.maxPerHost = 1, .maxWaiting = 2}); }
};

TEST_F(ConnectionQueueTest, WhoComesTooLateWaitsForAConnection) {
  auto first = get();
  auto peer = server();
  auto second = get("http://a/second");
  auto third = get("http://a/third");
  EXPECT_EQ(connections(), 1u);
  answer(peer);
  EXPECT_EQ(bodyOf(first), "poem");
  EXPECT_EQ(peer.value(), "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
  assertNoResult(third);
  answer(peer);
  answer(peer);
  EXPECT_EQ(bodyOf(second) + bodyOf(third), "poempoem");
  EXPECT_EQ(connections(), 1u);
}

TEST_F(ConnectionQueueTest, AConnectionThatIsNotKeptMakesRoom) {
  auto first = get();
  auto peer = server();
  auto second = get();
  send(peer, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\npoem");
  EXPECT_EQ(bodyOf(first), "poem");
  EXPECT_EQ(connections(), 2u);
  peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(second), "poem");
}

TEST_F(ConnectionQueueTest, AConnectionThatIsNotMadeMakesRoom) {
  auto first = get();
  auto second = get();
  reactor.tcpClients().back().fail(Failure(ConnectionRefusedError("refused")));
  reactor.flush();
  failureResultOf<ConnectionRefusedError>(first);
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(second), "poem");
}

TEST_F(ConnectionQueueTest, TooManyMayNotWait) {
  std::vector<Deferred<Response>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(get());
  const Failure failure = failureResultOf<TooManyWaitingError>(get());
  EXPECT_EQ(failure.message(), "2 requests wait for a connection to http://a already");
  for (auto& response : waiting) std::move(response).discard();
}

TEST_F(ConnectionQueueTest, WhoIsCancelledLeavesTheQueue) {
  auto first = get();
  auto peer = server();
  auto second = get();
  auto third = get();
  second.cancel();
  failureResultOf<CancelledError>(second);
  auto fourth = get("http://a/fourth");
  std::move(third).discard();
  answer(peer);
  EXPECT_EQ(bodyOf(first), "poem");
  EXPECT_THAT(peer.value(), HasSubstr("GET /fourth "));
  answer(peer);
  EXPECT_EQ(bodyOf(fourth), "poem");
}

TEST_F(ConnectionQueueTest, WaitingHasItsTime) {
  auto first = get();
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
  const Response unread = successResultOf(first);
  auto second = get();
  reactor.advance(60s);
  EXPECT_EQ(failureResultOf<TimeoutError>(second).message(),
            "waiting for a connection to http://a timed out after 60 s");
}

TEST_F(ConnectionQueueTest, WhoWaitsOutlivesTheAgent) {
  auto mortal = std::make_unique<Agent>(reactor, std::move(options));
  auto first = mortal->request("GET", "http://a/");
  auto second = mortal->request("GET", "http://a/");
  mortal.reset();
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(first), "poem");
  if (reactor.tcpClients().back().waiting()) peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(second), "poem");
}

/// However far the others came.
TEST(ConnectionQueueEndTest, WhoWaitsFailsWithTheReactor) {
  for (const bool isConnected : {false, true}) {
    auto reactor = std::make_unique<testing::MemoryReactor>();
    auto pool = std::make_shared<HTTPConnectionPool>(*reactor, HTTPPoolOptions{.maxPerHost = 1});
    auto agent = std::make_unique<Agent>(*reactor, AgentOptions{.pool = std::move(pool)});
    auto first = agent->request("GET", "http://a/");
    auto second = agent->request("GET", "http://a/");
    agent.reset();
    if (isConnected) reactor->tcpClients().back().succeed();
    reactor->flush();
    reactor.reset();
    failureResultOf(first);
    failureResultOf(second);
  }
}

// Stale connections

class StaleConnectionTest : public ConnectionPoolTest {
 protected:
  /// Asks on an idle connection, which turns out to be gone.
  Deferred<Response> askOnStale(std::string_view method, RequestBody body = {}) {
    auto peer = idleServer();
    auto response = agent().request(method, "http://a/", {}, std::move(body));
    reactor.flush();
    EXPECT_FALSE(peer.value().empty());
    peer.abortConnection();
    reactor.flush();
    return response;
  }
};

TEST_F(StaleConnectionTest, AnIdempotentRequestIsSentOnceMoreOnANewOne) {
  for (const char* method : {"GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "PUT"}) {
    const std::size_t before = connections();
    auto response = askOnStale(method);
    assertNoResult(response);
    EXPECT_EQ(connections(), before + 2);
    auto peer = server();
    send(peer, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(successResultOf(response).status, 204);
  }
}

TEST_F(StaleConnectionTest, OneThatEndsWithoutAResponseIsStaleToo) {
  auto peer = idleServer();
  auto response = get();
  reactor.flush();
  peer.loseConnection();
  reactor.flush();
  peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
}

/// A response that was there before the request is not its response.
TEST_F(StaleConnectionTest, AResponseToNothingIsNoResponse) {
  auto first = get();
  auto firstPeer = server();
  auto idle = get();
  auto idlePeer = server();
  answer(idlePeer);
  EXPECT_EQ(bodyOf(idle), "poem");
  std::optional<Deferred<Response>> next;
  auto followed = std::move(first).addCallback([&](Response) { next = get(); });
  firstPeer.write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  idlePeer.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  reactor.flush();
  ASSERT_TRUE(next);
  EXPECT_EQ(connections(), 3u);
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(*next), "poem");
}

/// All connections that there may be, two; they served a request each, and are to serve another.
class CrowdedStaleConnectionTest : public StaleConnectionTest {
 protected:
  CrowdedStaleConnectionTest() {
    use({.maxPerHost = 2});
    auto first = get();
    one = server();
    auto second = get();
    other = server();
    answer(*one);
    answer(*other);
    EXPECT_EQ(bodyOf(first) + bodyOf(second), "poempoem");
    onOther = get("http://a/onOther");
    onOne = get("http://a/onOne");
    reactor.flush();
  }

  static std::string requestFor(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }

  std::optional<testing::MemoryPeer> one, other;
  Deferred<Response> onOne, onOther;
};

TEST_F(CrowdedStaleConnectionTest, ARequestThatIsSentOnceMoreGetsNoUsedOne) {
  auto third = get("http://a/third");
  other->abortConnection();
  reactor.flush();
  auto newForThird = server();
  EXPECT_EQ(newForThird.value(), requestFor("/third"));
  answer(*one);
  EXPECT_EQ(bodyOf(onOne), "poem");
  EXPECT_FALSE(one->connected());
  auto fresh = server();
  EXPECT_EQ(fresh.value(), requestFor("/onOther"));
  answer(fresh);
  EXPECT_EQ(bodyOf(onOther), "poem");
  answer(newForThird);
  EXPECT_EQ(bodyOf(third), "poem");
  EXPECT_EQ(connections(), 4u);
}

TEST_F(CrowdedStaleConnectionTest, OneConnectionMakesRoomForOne) {
  auto third = get("http://a/third");
  auto fourth = get("http://a/fourth");
  other->abortConnection();
  reactor.flush();
  auto newForThird = server();
  one->write(kPoem);
  newForThird.write(kPoem);
  reactor.flush();
  EXPECT_EQ(bodyOf(onOne) + bodyOf(third), "poempoem");
  EXPECT_NE(one->connected(), newForThird.connected());
  auto& kept = one->connected() ? *one : newForThird;
  EXPECT_THAT(std::string(kept.value()), EndsWith(requestFor("/fourth")));
  std::move(fourth).discard();
  std::move(onOther).discard();
}

TEST_F(StaleConnectionTest, ARequestIsNotSentAThirdTime) {
  auto response = askOnStale("GET");
  server().abortConnection();
  reactor.flush();
  failureResultOf<ResponseNeverReceived>(response);
}

TEST_F(StaleConnectionTest, ARequestThatMayHaveHadItsEffectIsNotSentAgain) {
  failureResultOf<ResponseNeverReceived>(askOnStale("POST"));
  failureResultOf<ResponseNeverReceived>(askOnStale("PUT", "poem"));
  failureResultOf<ResponseNeverReceived>(
      askOnStale("PUT", [](OutgoingBody& body) { return body.write("poem"); }));
}

TEST_F(StaleConnectionTest, ARequestWhoseResponseBeganIsNotSentAgain) {
  auto peer = idleServer();
  auto response = get();
  reactor.flush();
  send(peer, "H");
  peer.abortConnection();
  reactor.flush();
  failureResultOf<ConnectionLost>(response);
  EXPECT_EQ(connections(), 1u);
}

TEST_F(StaleConnectionTest, AnotherIdleOneIsNotTried) {
  auto first = get();
  auto one = server();
  auto second = get();
  auto other = server();
  answer(one);
  answer(other);
  EXPECT_EQ(bodyOf(first) + bodyOf(second), "poempoem");
  auto response = get();
  other.abortConnection();
  reactor.flush();
  EXPECT_EQ(connections(), 3u);
  auto fresh = server();
  answer(fresh);
  EXPECT_EQ(bodyOf(response), "poem");
}

}  // namespace
}  // namespace couplet
