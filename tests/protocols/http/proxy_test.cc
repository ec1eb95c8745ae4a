// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An agent that asks by way of a proxy, and connections that become another protocol's.
#include "agent_fixture.h"

#include <gmock/gmock.h>

#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/testing/gtest_every_cut.h>

namespace couplet {
namespace {

using testing::failureResultOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::successResultOf;

/// What a Hearing has heard; both may be the last to go.
using Heard = std::shared_ptr<std::string>;

/// The protocol that a connection is handed over to.
class Hearing : public Protocol {
 public:
  explicit Hearing(Heard heard) : heard_(std::move(heard)) {}

  void connectionMade() override {
    *heard_ += "made ";
    transport().write("hello");
  }
  void dataReceived(std::string_view bytes) override { *heard_ += bytes; }
  void connectionLost(const Failure&) override { *heard_ += " lost"; }

 private:
  Heard heard_;
};

class ProxyTest : public AgentTest {
 protected:
  ProxyTest() { options.proxy = HTTPProxy{Url::parse("http://proxy:3128/")}; }
  std::unique_ptr<Protocol> next() { return std::make_unique<Hearing>(heard); }

  Heard heard = std::make_shared<std::string>();
};

TEST_F(ProxyTest, IsToldTheWholeURL) {
  auto response = get("http://poems.example/ecstasy?page=2");
  EXPECT_EQ(reactor.tcpClients().back().host, "proxy");
  EXPECT_EQ(reactor.tcpClients().back().port, 3128);
  auto peer = server();
  EXPECT_EQ(peer.value(),
            "GET http://poems.example/ecstasy?page=2 HTTP/1.1\r\nHost: poems.example\r\n\r\n");
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
}

TEST_F(ProxyTest, IsToldWhoAsks) {
  options.proxy->credentials = {"user", "secret"};
  EXPECT_THAT(bytesOf(get()), HasSubstr("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"));
}

TEST_F(ProxyTest, IsToldWhoAsksAfterARedirection) {
  options.proxy->credentials = {"user", "secret"};
  options.redirects = 20;
  auto response = get("http://a/");
  auto peer = server();
  send(peer, "HTTP/1.1 302 Found\r\nLocation: http://b/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(bytesOf(std::move(response)), HasSubstr("Proxy-Authorization: "));
}

TEST_F(ProxyTest, ItsConnectionsAreUsedAgain) {
  auto first = get();
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(first), "poem");
  auto second = get();
  reactor.flush();
  answer(peer);
  EXPECT_EQ(bodyOf(second), "poem");
}

TEST_F(ProxyTest, ByHttpsIsNotSupported) {
  EXPECT_THROW(Agent(reactor, {.proxy = HTTPProxy{Url::parse("https://proxy/")}}),
               std::invalid_argument);
}

TEST_F(ProxyTest, OpensATunnel) {
  options.proxy->credentials = {"user", "secret"};
  auto response = agent().tunnel("poems.example", 443, {{"User-Agent", "x"}}, next());
  auto peer = server();
  EXPECT_EQ(peer.value(),
            "CONNECT poems.example:443 HTTP/1.1\r\nUser-Agent: x\r\nHost: poems.example:443\r\n"
            "Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n");
  peer.clear();
  send(peer, "HTTP/1.1 200 Connection established\r\n\r\npoem");
  EXPECT_EQ(successResultOf(response).status, 200);
  EXPECT_EQ(*heard, "made poem");
  EXPECT_EQ(peer.value(), "hello");
  peer.loseConnection();
  reactor.flush();
  EXPECT_EQ(*heard, "made poem lost");
}

/// It is the proxy's, and no site's.
TEST_F(ProxyTest, ACookieOfTheAnswerToConnectIsDropped) {
  options.cookies = std::make_shared<CookieJar>();
  const auto jar = options.cookies;
  auto response = agent().tunnel("bank.example", 443, {}, next());
  auto peer = server();
  send(peer,
       "HTTP/1.1 407 Proxy Authentication Required\r\nSet-Cookie: a=1\r\n"
       "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(successResultOf(response).status, 407);
  EXPECT_EQ(jar->cookieHeader(Url::parse("http://bank.example/"), 0), "");
}

TEST_F(ProxyTest, ATunnelMayLeadToAnAddress) {
  EXPECT_THAT(bytesOf(agent().tunnel("::1", 80, {}, next())),
              HasSubstr("CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n"));
}

/// RFC 9110 9.3.6: the framing fields of the answer mean nothing.
TEST_F(ProxyTest, ATunnelIsOpenWhateverItsHeadersSay) {
  auto response = agent().tunnel("a", 443, {}, next());
  auto peer = server();
  send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npoem");
  EXPECT_EQ(successResultOf(response).status, 200);
  EXPECT_EQ(*heard, "made poem");
}

TEST_F(ProxyTest, ATunnelThatIsRefusedIsAResponse) {
  auto response = agent().tunnel("a", 443, {}, next());
  auto peer = server();
  send(peer, "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\npoem");
  EXPECT_EQ(bodyOf(response), "poem");
  EXPECT_EQ(*heard, "");
}

TEST_F(ProxyTest, ATunnelSaysTheSameAtEveryCut) {
  EXPECT_TRUE(testing::sameAtEveryCut(
      "HTTP/1.1 200 OK\r\nVia: proxy\r\n\r\nHERE IS MY POEM", [&](const testing::Chunks& chunks) {
        testing::MemoryReactor memory;
        Agent agent(memory, {.proxy = HTTPProxy{Url::parse("http://proxy/")}});
        const Heard said = std::make_shared<std::string>();
        auto response = agent.tunnel("a", 443, {}, std::make_unique<Hearing>(said));
        auto peer = memory.tcpClients().back().succeed();
        memory.flush();
        for (const std::string_view chunk : chunks) {
          peer.write(chunk);
          memory.flush();
        }
        return *said + std::to_string(successResultOf(response).status);
      }));
}

TEST_F(ProxyTest, ATunnelNeedsAProxyAndAPlace) {
  failureResultOf<std::invalid_argument>(agent().tunnel("a b", 443, {}, next()));
  for (const char* host : {"a/", "a/b", "a?", "a#", "user@a", "a\\b"}) {
    failureResultOf<std::invalid_argument>(agent().tunnel(host, 443, {}, next()));
  }
  failureResultOf<std::invalid_argument>(agent().tunnel("a", 0, {}, next()));
  Agent direct(reactor);
  failureResultOf<std::invalid_argument>(direct.tunnel("a", 443, {}, next()));
}

class AgentUpgradeTest : public AgentTest {
 protected:
  Deferred<Response> upgrade(Headers headers = {{"Connection", "upgrade"}, {"Upgrade", "poetry"}}) {
    return agent().upgrade(Url::parse("http://a/poems"), std::move(headers),
                           std::make_unique<Hearing>(heard));
  }

  static constexpr std::string_view kSwitch =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: poetry\r\n\r\n";

  Heard heard = std::make_shared<std::string>();
};

TEST_F(AgentUpgradeTest, HandsTheConnectionOver) {
  auto response = upgrade();
  response.addCallback([&](Response got) {
    *heard += "answered ";
    return got;
  });
  auto peer = server();
  EXPECT_EQ(peer.value(),
            "GET /poems HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: poetry\r\nHost: a\r\n\r\n");
  send(peer, std::string(kSwitch) + "poem");
  EXPECT_EQ(successResultOf(response).headers.get("Upgrade"), "poetry");
  EXPECT_EQ(*heard, "made answered poem");
}

TEST_F(AgentUpgradeTest, AnyOtherAnswerIsAResponse) {
  auto response = upgrade();
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(response), "poem");
  EXPECT_EQ(*heard, "");
}

TEST_F(AgentUpgradeTest, SaysWhatItAsksFor) {
  failureResultOf<std::invalid_argument>(upgrade({}));
  failureResultOf<std::invalid_argument>(upgrade({{"Upgrade", "poetry"}}));
}

TEST_F(AgentUpgradeTest, AConnectionThatIsHandedOverMakesRoom) {
  options.pool = std::make_shared<HTTPConnectionPool>(reactor, HTTPPoolOptions{.maxPerHost = 1});
  auto first = upgrade();
  auto peer = server();
  auto second = get();
  EXPECT_EQ(connections(), 1u);
  send(peer, kSwitch);
  EXPECT_EQ(successResultOf(first).status, 101);
  auto other = server();
  answer(other);
  EXPECT_EQ(bodyOf(second), "poem");
}

TEST_F(AgentUpgradeTest, AnIdleConnectionMakesRoom) {
  options.pool = std::make_shared<HTTPConnectionPool>(reactor, HTTPPoolOptions{.maxPerHost = 1});
  auto first = get();
  auto peer = server();
  answer(peer);
  EXPECT_EQ(bodyOf(first), "poem");
  auto second = upgrade();
  reactor.flush();
  EXPECT_FALSE(peer.connected());
  peer = server();
  send(peer, kSwitch);
  EXPECT_EQ(successResultOf(second).status, 101);
}

/// The request only mentions it.
TEST_F(AgentUpgradeTest, IsNotWhatRequestDoes) {
  auto response =
      agent().request("GET", "http://a/", {{"Connection", "upgrade"}, {"Upgrade", "poetry"}});
  auto peer = server();
  send(peer, kSwitch);
  failureResultOf<RemoteProtocolError>(response);
}

TEST_F(AgentUpgradeTest, HasNoTimeOutOnceItIsHandedOver) {
  options.timeout = std::chrono::seconds(10);
  auto response = upgrade();
  auto peer = server();
  send(peer, kSwitch);
  EXPECT_EQ(successResultOf(response).status, 101);
  EXPECT_EQ(reactor.delayedCalls(), 0u);
}

}  // namespace
}  // namespace couplet
