// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/agent.h>

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include <couplet/deferred/errors.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using testing::failureResultOf;
using testing::successResultOf;

/// An agent, and the server that it asks in the hands of the test.
class AgentTest : public ::testing::Test {
 protected:
  /// The connection of the last request.
  testing::MemoryPeer server() {
    auto peer = reactor.tcpClients().back().succeed();
    reactor.flush();
    return peer;
  }

  testing::MemoryReactor reactor;
  Agent agent{reactor};
};

TEST_F(AgentTest, AsksAndGivesTheResponse) {
  auto response = agent.request("GET", "http://localhost:8080/poems?page=2");
  EXPECT_EQ(reactor.tcpClients().back().host, "localhost");
  EXPECT_EQ(reactor.tcpClients().back().port, 8080);
  auto peer = server();
  EXPECT_EQ(peer.value(),
            "GET /poems?page=2 HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n\r\n");
  peer.write("HTTP/1.1 200 OK\r\nX-Poet: cummings\r\nContent-Length: 4\r\n\r\npo");
  reactor.flush();
  assertNoResult(response);
  peer.write("em");
  reactor.flush();
  const Response got = successResultOf(response);
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.get("x-poet"), "cummings");
  EXPECT_EQ(got.body, "poem");
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, SendsABodyWithItsLength) {
  auto response = agent.request("POST", "http://a/", {{"Content-Type", "text/plain"}}, "poem");
  EXPECT_EQ(server().value(),
            "POST / HTTP/1.1\r\nContent-Type: text/plain\r\nHost: a\r\nContent-Length: 4\r\n"
            "Connection: close\r\n\r\npoem");
  std::move(response).discard();
}

TEST_F(AgentTest, ABodyMayEndWithTheConnection) {
  auto response = agent.request("GET", "http://a/");
  auto peer = server();
  peer.write("HTTP/1.1 200 OK\r\n\r\npoem");
  peer.loseConnection();
  reactor.flush();
  EXPECT_EQ(successResultOf(response).body, "poem");
}

TEST_F(AgentTest, AResponseThatIsCutShortIsNone) {
  auto response = agent.request("GET", "http://a/");
  auto peer = server();
  peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npoem");
  peer.loseConnection();
  reactor.flush();
  failureResultOf<RemoteProtocolError>(response);
}

TEST_F(AgentTest, AConnectionThatIsResetSaysSo) {
  auto response = agent.request("GET", "http://a/");
  auto peer = server();
  peer.abortConnection();
  reactor.flush();
  failureResultOf<ConnectionLost>(response);
}

TEST_F(AgentTest, AServerThatIsNotThereSaysSo) {
  auto response = agent.request("GET", "http://a/");
  reactor.tcpClients().back().fail(Failure(ConnectionRefusedError("refused")));
  reactor.flush();
  failureResultOf<ConnectionRefusedError>(response);
}

TEST_F(AgentTest, CancellingClosesTheConnection) {
  auto response = agent.request("GET", "http://a/");
  auto peer = server();
  response.cancel();
  reactor.flush();
  failureResultOf<CancelledError>(response);
  EXPECT_FALSE(peer.connected());
}

TEST_F(AgentTest, WhatIsNotSentYetWhenItIsCancelledNeverIs) {
  auto response = agent.request("POST", "http://a/", {}, std::string(1'000'000, 'x'));
  auto peer = reactor.tcpClients().back().succeed();
  peer.pauseProducing();
  reactor.flush();
  response.cancel();
  peer.resumeProducing();
  reactor.flush();
  failureResultOf<CancelledError>(response);
  EXPECT_LT(peer.value().size(), 1'000'000u);
}

TEST_F(AgentTest, AResponseThatTakesTooLongFailsAndIsClosed) {
  auto response = agent.request("GET", "http://a/");
  auto peer = server();
  reactor.advance(60s);
  reactor.flush();
  failureResultOf<TimeoutError>(response);
  EXPECT_FALSE(peer.connected());
}

/// CVE-2019-12387 of Twisted.
TEST_F(AgentTest, WhatWouldSmuggleIsNotSent) {
  auto method = agent.request("GET\r\nX: y", "http://a/");
  failureResultOf<std::invalid_argument>(method);
  auto target = agent.request("GET", "http://a/ HTTP/1.1\r\nX: y");
  failureResultOf<std::invalid_argument>(target);
  EXPECT_THROW(agent.request("GET", "http://a/", {{"X", "y\r\nZ: w"}}), std::invalid_argument);
  EXPECT_TRUE(reactor.tcpClients().empty());
}

TEST_F(AgentTest, RequestsUnderWayOutliveTheAgent) {
  auto mortal = std::make_unique<Agent>(reactor);
  auto response = mortal->request("GET", "http://a/");
  auto peer = server();
  mortal.reset();
  peer.write("HTTP/1.1 204 No Content\r\n\r\n");
  reactor.flush();
  EXPECT_EQ(successResultOf(response).status, 204);
}

}  // namespace
}  // namespace couplet
