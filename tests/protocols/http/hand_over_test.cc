// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Connections that go on with another protocol: Upgrade and CONNECT, on the server.
#include "site_fixture.h"

#include <gmock/gmock.h>

#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kUpgrade =
    "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

/// Says who it is, then what it hears.
class Echo : public Protocol {
 public:
  void connectionMade() override { transport().write("[echo]"); }
  void dataReceived(std::string_view bytes) override { transport().write(bytes); }
};

class HandOverTest : public SiteTest {
 protected:
  std::shared_ptr<Factory> echo = Factory::forProtocol<Echo>();
};

TEST_F(HandOverTest, TheNextProtocolGetsWhatCameBehindTheRequest) {
  router.get("/echo", [&](Request&) { return Response::upgrade("echo", echo); });
  serve();
  EXPECT_EQ(send(std::string(kUpgrade) + "hello"),
            "HTTP/1.1 101 Switching Protocols\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Connection: upgrade\r\nUpgrade: echo\r\n\r\n[echo]hello");
  EXPECT_EQ(send("more"), "more");
}

TEST_F(HandOverTest, ARefusalThatSaysWhatIsSpokenNamesUpgradeInConnection) {
  router.get("/echo", [&](Request&) -> Response {
    throw HTTPError(426, "", {{"Upgrade", "echo"}});
  });
  serve();
  EXPECT_THAT(send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 426 "), HasSubstr("\r\nConnection: upgrade\r\n"),
                    HasSubstr("\r\nUpgrade: echo\r\n")));
  EXPECT_THAT(send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              HasSubstr("\r\nConnection: upgrade, close\r\n"));
}

TEST_F(HandOverTest, AnAnswerThatComesLaterHandsOver) {
  Promise<Response> answer;
  router.get("/echo", [&](Request&) { return answer.deferred(); });
  serve();
  EXPECT_EQ(send(std::string(kUpgrade) + "hello"), "");
  answer.callback(Response::upgrade("echo", echo));
  reactor.flush();
  EXPECT_THAT(received(), EndsWith("\r\n\r\n[echo]hello"));
  EXPECT_EQ(send("more"), "more");
}

TEST_F(HandOverTest, MuchThatCameBehindTheRequestIsHandedOver) {
  Promise<Response> answer;
  router.get("/echo", [&](Request&) { return answer.deferred(); });
  serve();
  const std::string much(100'000, 'x');
  EXPECT_EQ(send(std::string(kUpgrade) + much), "");
  answer.callback(Response::upgrade("echo", echo));
  reactor.flush();
  EXPECT_THAT(received(), EndsWith("\r\n\r\n[echo]" + much));
}

TEST_F(HandOverTest, AClientThatDidNotAskIsNotUpgraded) {
  testing::LoggedErrors errors;
  router.get("/echo", [&](Request&) { return Response::upgrade("echo", echo); });
  serve();
  EXPECT_THAT(send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 500 "));
  EXPECT_FALSE(errors.take().empty());
}

TEST_F(HandOverTest, ATunnelIsForWhoTakesIt) {
  options.connect = [&](Request& request) {
    EXPECT_EQ(request.host(), "poems.example:443");
    Response response(200);
    response.next = echo;
    return response;
  };
  serve();
  EXPECT_EQ(send("CONNECT poems.example:443 HTTP/1.1\r\nHost: poems.example\r\n\r\nhello"),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n[echo]hello");
}

TEST_F(HandOverTest, ATunnelThatIsRefusedIsAnsweredAndClosed) {
  options.connect = [](Request&) { return Response::error(403); };
  serve();
  EXPECT_THAT(send("CONNECT poems.example:443 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_FALSE(client->connected());
}

TEST_F(HandOverTest, TheTimeoutsOfTheSiteEndWithIt) {
  router.get("/echo", [&](Request&) { return Response::upgrade("echo", echo); });
  serve();
  send(kUpgrade);
  reactor.advance(std::chrono::hours(1));
  EXPECT_EQ(send("more"), "more");
}

/// Builds what the test says, after doing what it says.
class Building : public Factory {
 public:
  explicit Building(Callable<std::unique_ptr<Protocol>()> build) : build_(std::move(build)) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override { return build_(); }

 private:
  Callable<std::unique_ptr<Protocol>()> build_;
};

TEST_F(HandOverTest, WithoutANextProtocolThereIsNo101) {
  testing::LoggedErrors errors;
  const auto none = std::make_shared<Building>([] { return std::unique_ptr<Protocol>(); });
  router.get("/echo", [&](Request&) { return Response::upgrade("echo", none); });
  serve();
  EXPECT_THAT(send(kUpgrade), StartsWith("HTTP/1.1 500 "));
  EXPECT_FALSE(errors.take().empty());
}

TEST_F(HandOverTest, BuildingTheNextProtocolMayAnswerOthers) {
  Promise<Response> waiting;
  const auto greeting = std::make_shared<Building>([&] {
    waiting.callback(Response::text("somebody came"));
    return std::make_unique<Echo>();
  });
  router.get("/wait", [&](Request&) { return waiting.deferred(); });
  router.get("/echo", [&](Request&) { return Response::upgrade("echo", greeting); });
  serve();
  auto other = reactor.tcpServers().at(0).connect();
  other.write("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  reactor.flush();
  EXPECT_THAT(send(kUpgrade), StartsWith("HTTP/1.1 101 "));
  EXPECT_EQ(other.value(), text("somebody came"));
}

TEST_F(HandOverTest, ABodyThatIsStillToComeIsNotForTheNextProtocol) {
  testing::LoggedErrors errors;
  router.add(
      "POST", "/echo", [&](Request&) { return Response::upgrade("echo", echo); },
      BodyWanted::kAsItComes);
  serve();
  EXPECT_THAT(send("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n"
                   "Content-Length: 4\r\n\r\npo"),
              StartsWith("HTTP/1.1 500 "));
  EXPECT_FALSE(errors.take().empty());
}

TEST_F(HandOverTest, AnHTTP10ClientCannotAskForIt) {
  testing::LoggedErrors errors;
  router.get("/echo", [&](Request&) { return Response::upgrade("echo", echo); });
  serve();
  EXPECT_THAT(send("GET /echo HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"),
              StartsWith("HTTP/1.1 500 "));
  EXPECT_FALSE(errors.take().empty());
}

/// Tells when it goes.
class Leaving : public Factory {
 public:
  explicit Leaving(bool& gone) : gone_(gone) {}
  ~Leaving() override { gone_ = true; }
  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<Echo>();
  }

 private:
  bool& gone_;
};

TEST_F(HandOverTest, TheFactoryOfTheNextProtocolLivesAsLongAsTheConnection) {
  bool gone = false;
  router.get("/echo",
             [&](Request&) { return Response::upgrade("echo", std::make_shared<Leaving>(gone)); });
  serve();
  send(kUpgrade);
  EXPECT_FALSE(gone);
  client->loseConnection();
  reactor.flush();
  EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace couplet
