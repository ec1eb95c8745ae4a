// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How long a Site waits for its clients.
#include "site_fixture.h"

#include <chrono>

#include <gmock/gmock.h>

#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(SiteTest, AHeadThatDribblesIsA408) {
  serve();
  EXPECT_EQ(send("GET / HT"), "");
  reactor.advance(9s);
  EXPECT_EQ(send("T"), "");
  reactor.advance(1s);
  reactor.flush();
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, AnIdleConnectionIsClosed) {
  router.get("/", [](Request&) { return Response::text("hi"); });
  serve();
  reactor.advance(59s);
  EXPECT_EQ(send(kGet), text("hi"));
  reactor.advance(59s);
  reactor.flush();
  EXPECT_TRUE(client->connected());
  reactor.advance(1s);
  reactor.flush();
  EXPECT_FALSE(client->connected());
  EXPECT_EQ(received(), "");
}

TEST_F(SiteTest, ABodyThatDribblesIsA408) {
  serve();
  send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  for (int second = 0; second < 9; ++second) {
    EXPECT_EQ(send("x"), "");
    reactor.advance(1s);
  }
  reactor.advance(1s);
  reactor.flush();
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(SiteTest, ABodyThatComesAtAGoodRateIsNotHurried) {
  router.post("/", [](Request&) { return Response::text("all"); });
  serve();
  send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  for (int piece = 0; piece < 19; ++piece) {
    EXPECT_EQ(send(std::string(5000, 'x')), "");
    reactor.advance(9s);
  }
  EXPECT_EQ(send(std::string(5000, 'x')), text("all"));
}

TEST_F(SiteTest, AClientThatWasRefusedMayGoOnToSendForAWhile) {
  options.limits.body = 10;
  Site site(std::move(router), std::move(options));
  testing::StringTransport transport;
  const auto channel = site.buildProtocol(transport.getPeer());
  channel->makeConnection(transport);
  channel->dataReceived("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_THAT(std::string(transport.value()), StartsWith("HTTP/1.1 413 "));
  EXPECT_TRUE(transport.writeDisconnecting());
  channel->dataReceived(std::string(50'000, 'x'));
  EXPECT_FALSE(transport.disconnecting());
  transport.fakeClock().advance(2s);
  EXPECT_TRUE(transport.disconnecting());
}

TEST_F(SiteTest, AClientThatReadsItsAnswerSlowlyIsNotIdle) {
  router.get("/", [](Request&) { return Response::text(std::string(200'000, 'x')); });
  serve();
  client->pauseProducing();
  client->write(kGet);
  reactor.flush();
  reactor.advance(60s);
  reactor.flush();
  client->resumeProducing();
  reactor.flush();
  EXPECT_GT(client->value().size(), 200'000u);
  EXPECT_TRUE(client->connected());
}

/// One look for all: the deadlines of others are not passed over.
TEST_F(SiteTest, EachConnectionHasItsOwnDeadline) {
  options.idleTimeout = 60s;
  serve();
  reactor.advance(30s);
  auto second = reactor.tcpServers().at(0).connect();
  reactor.flush();
  second.write("GET / HT");
  reactor.flush();
  reactor.advance(10s);
  EXPECT_THAT(std::string(second.value()), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(client->connected());
  reactor.advance(19s);
  EXPECT_TRUE(client->connected());
  reactor.advance(1s);
  EXPECT_FALSE(client->connected());
}

}  // namespace
}  // namespace couplet
