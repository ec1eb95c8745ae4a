// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The end of a Site, in order.
#include "site_fixture.h"

#include <chrono>

#include <gmock/gmock.h>

#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class DrainTest : public SiteTest {
 protected:
  void serve() {
    router.get("/", [this](Request&) { return answer.deferred(); });
    site = std::make_shared<Site>(std::move(router), std::move(options));
    reactor.listenTCP(8080, site);
    connect();
  }
  void drain() {
    site->drain(10s).addCallback([this] { drained = true; });
    reactor.flush();
  }

  Promise<Response> answer;
  std::shared_ptr<Site> site;
  bool drained = false;
};

TEST_F(DrainTest, WithoutConnectionsItIsDoneAtOnce) {
  site = std::make_shared<Site>(std::move(router), std::move(options));
  drain();
  EXPECT_TRUE(drained);
}

TEST_F(DrainTest, ConnectionsWithoutARequestAreClosed) {
  serve();
  drain();
  EXPECT_FALSE(client->connected());
  EXPECT_TRUE(drained);
}

TEST_F(DrainTest, WhatIsAtWorkIsFinishedAndSaysThatItIsTheLast) {
  serve();
  send(kGet);
  drain();
  EXPECT_FALSE(drained);
  answer.callback(Response::text("poem"));
  reactor.flush();
  const std::string last = received();
  EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(last, EndsWith("poem"));
  EXPECT_FALSE(client->connected());
  EXPECT_TRUE(drained);
}

TEST_F(DrainTest, ARequestThatHasBegunIsAnswered) {
  serve();
  send("GET / HT");
  drain();
  EXPECT_TRUE(client->connected());
  send("TP/1.1\r\nHost: a\r\n\r\n");
  answer.callback(Response::text("poem"));
  reactor.flush();
  EXPECT_THAT(received(), EndsWith("poem"));
  EXPECT_TRUE(drained);
}

TEST_F(DrainTest, WhatIsNotFinishedInTimeIsAborted) {
  testing::LoggedErrors errors;
  serve();
  send(kGet);
  drain();
  reactor.advance(10s);
  EXPECT_FALSE(client->connected());
  EXPECT_TRUE(drained);
  EXPECT_THAT(errors.take(), ElementsAre("Shutting down, an answer was cut off: to GET /"));
}

TEST_F(DrainTest, ARequestThatHasNotComeInTimeIsNoLoss) {
  testing::LoggedErrors errors;
  serve();
  send("GET / HT");
  drain();
  reactor.advance(10s);
  EXPECT_TRUE(drained);
  EXPECT_THAT(errors.take(), ElementsAre());
}

TEST_F(DrainTest, NoMoreConnectionsAreTaken) {
  serve();
  drain();
  connect();
  EXPECT_FALSE(client->connected());
}

TEST_F(DrainTest, TheSecondDrainWaitsForTheSame) {
  serve();
  send(kGet);
  drain();
  bool again = false;
  site->drain(1min).addCallback([&] { again = true; });
  answer.callback(Response::text("poem"));
  reactor.flush();
  EXPECT_TRUE(drained);
  EXPECT_TRUE(again);
}

}  // namespace
}  // namespace couplet
