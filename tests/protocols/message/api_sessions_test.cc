// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The objects that an Api keeps for its connections.
#include "api_fixture.h"

#include <chrono>
#include <stdexcept>
#include <vector>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::LoggedErrors;
using testing::successResultOf;

/// Adds up what one client asks for.
struct Till {
  double sum = 0;
};

class ApiSessionsTest : public ApiTest {
 protected:
  SessionsOf<Till> told() {
    return {.accepted =
                [this, told = told_](const Connected& connection) {
                  told->push_back(connection.session ? "accepted by native" : "accepted");
                  peer = connection.session;
                  return std::make_shared<Till>();
                },
            .closed = [told = told_](Till&) { told->push_back("closed"); },
            .abandoned = [told = told_](Till&) { told->push_back("abandoned"); }};
  }

  template <class... Handlers>
  void serveWith(SessionsOf<Till> sessions, Handlers... handlers) {
    api = std::make_shared<Api>(Requests<Multiply>(), std::move(sessions), std::move(handlers)...);
    reactor.listenTCP(5051, newApiSite(api));
    reactor.listenTCP(5054, newNativeFactory(api));
  }
  void serveTill(SessionsOf<Till> sessions) {
    serveWith(std::move(sessions),
              [](const Multiply& m, Till& till) { return Output{till.sum += m.x}; });
  }
  void connect() {
    client.emplace(reactor.tcpServers().at(0).connect());
    reactor.flush();
  }
  std::shared_ptr<Session> connectNatively(std::shared_ptr<const Api> ours = nullptr) {
    auto session = connectNative(reactor, "127.0.0.1", 5054, std::move(ours));
    reactor.flush();
    return successResultOf(session);
  }

  const std::vector<std::string>& events() const { return *told_; }

  Session* peer = nullptr;

 private:
  std::shared_ptr<std::vector<std::string>> told_ = std::make_shared<std::vector<std::string>>();
};

// Crunch 5: An object for each connection, by HTTP.
TEST_F(ApiSessionsTest, EachConnectionHasItsObject) {
  serveTill({});
  connect();
  EXPECT_THAT(get("/Multiply?x=2"), HasSubstr(R"({"value":2.0})"));
  EXPECT_THAT(get("/Multiply?x=3"), HasSubstr(R"({"value":5.0})"));
  connect();
  EXPECT_THAT(get("/Multiply?x=4"), HasSubstr(R"({"value":4.0})"));
}

// Crunch 5: And natively.
TEST_F(ApiSessionsTest, EachNativeConnectionHasItsObject) {
  serveTill({});
  const auto first = connectNatively();
  const auto second = connectNatively();
  auto one = first->request<Output>(Multiply{2, 0});
  auto another = second->request<Output>(Multiply{4, 0});
  auto sum = first->request<Output>(Multiply{3, 0});
  reactor.flush();
  EXPECT_EQ(successResultOf(one).value, 2);
  EXPECT_EQ(successResultOf(another).value, 4);
  EXPECT_EQ(successResultOf(sum).value, 5);
}

// Crunch 5: Accepted is told at the first request by HTTP; the client's end is Abandoned.
TEST_F(ApiSessionsTest, AClientThatLeavesHasAbandoned) {
  serveTill(told());
  connect();
  EXPECT_THAT(events(), IsEmpty());
  get("/Multiply?x=2");
  get("/Multiply?x=2");
  EXPECT_THAT(events(), ElementsAre("accepted"));
  client->loseConnection();
  reactor.flush();
  EXPECT_THAT(events(), ElementsAre("accepted", "abandoned"));
}

// Crunch 5: This side's end is Closed.
TEST_F(ApiSessionsTest, AConnectionThatTheSiteEndsIsClosed) {
  serveTill(told());
  connect();
  ask("GET", "/Multiply?x=2", "Connection: close\r\n");
  reactor.flush();
  EXPECT_THAT(events(), ElementsAre("accepted", "closed"));
}

// Crunch 5: An owner that waits for a drained site may go then.
TEST_F(ApiSessionsTest, TheEndIsToldBeforeTheSiteIsDrained) {
  std::vector<std::string> order;
  api = std::make_shared<Api>(Requests<Multiply>(),
                              SessionsOf<Till>{.closed = [&](Till&) { order.push_back("closed"); }},
                              [](const Multiply&) { return Output{}; });
  const auto site = newApiSite(api);
  reactor.listenTCP(5051, site);
  connect();
  get("/Multiply");
  const auto drained =
      site->drain(std::chrono::seconds(1)).addCallback([&] { order.push_back("drained"); });
  reactor.flush();
  EXPECT_THAT(order, ElementsAre("closed", "drained"));
}

// Crunch 5
TEST_F(ApiSessionsTest, ARefusedClientIsClosed) {
  serveTill(told());
  connect();
  get("/Multiply?x=2");
  send("no request\r\n\r\n");
  client->loseConnection();
  reactor.flush();
  EXPECT_THAT(events(), ElementsAre("accepted", "closed"));
}

// Crunch 5: Natively, Accepted is told when the connection stands.
TEST_F(ApiSessionsTest, ANativeClientThatLeavesHasAbandoned) {
  serveTill(told());
  auto session = connectNatively();
  EXPECT_THAT(events(), ElementsAre("accepted by native"));
  session.reset();
  reactor.flush();
  EXPECT_THAT(events(), ElementsAre("accepted by native", "abandoned"));
}

// Crunch 5
TEST_F(ApiSessionsTest, ANativeConnectionThatThisSideEndsIsClosed) {
  serveTill(told());
  const auto session = connectNatively();
  peer->close();
  reactor.flush();
  EXPECT_THAT(events(), ElementsAre("accepted by native", "closed"));
}

TEST_F(ApiSessionsTest, ANativeConnectionIsClosedWithAGoodbye) {
  serveTill(told());
  client.emplace(reactor.tcpServers().at(1).connect());
  send(R"(45:{"hello":{"version":1,"frame_limit":1048576}},3:{}},)");
  reactor.flush();
  EXPECT_THAT(events(), ElementsAre("accepted by native", "closed"));
}

TEST_F(ApiSessionsTest, AnObjectMayAskTheOtherSide) {
  serveTill(told());
  const auto ours = std::make_shared<const Api>(
      Requests<Multiply>(), [](const Multiply& m) { return Output{m.x * m.y}; });
  const auto session = connectNatively(ours);
  auto answer = peer->request<Output>(Multiply{6, 7});
  reactor.flush();
  EXPECT_EQ(successResultOf(answer).value, 42);
}

TEST_F(ApiSessionsTest, AHandlerMayDoWithout) {
  serveWith(told(), [](const Multiply& m) { return Output{m.x}; });
  connect();
  EXPECT_THAT(get("/Multiply?x=2"), HasSubstr(R"({"value":2.0})"));
}

/// Counts those that are there.
struct Counted {
  Counted() { ++count; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count; }
  static inline int count = 0;
};

TEST_F(ApiSessionsTest, AHandlerAtWorkKeepsTheObject) {
  Promise<void> wait;
  int seen = 0;
  api = std::make_shared<Api>(Requests<Multiply>(), SessionsOf<Counted>(),
                              [&](const Multiply&, Counted& counted) -> Deferred<Output> {
                                try {
                                  co_await wait.deferred();
                                } catch (const CancelledError&) {
                                  seen = counted.count;
                                }
                                co_return Output{};
                              });
  reactor.listenTCP(5051, newApiSite(api));
  connect();
  get("/Multiply");
  client->loseConnection();
  reactor.flush();
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(Counted::count, 0);
}

TEST_F(ApiSessionsTest, WhoIsNotAcceptedGetsTheFault) {
  serveTill({.accepted = [](const Connected&) -> std::shared_ptr<Till> {
    throw Overloaded("too many tills");
  }});
  connect();
  EXPECT_THAT(get("/Multiply"), HasSubstr("HTTP/1.1 503 "));
  const auto session = connectNatively();
  EXPECT_FALSE(session->connected());
}

TEST_F(ApiSessionsTest, WhatElseIsThrownIsLogged) {
  LoggedErrors logged;
  serveTill({.accepted = [](const Connected&) -> std::shared_ptr<Till> {
    throw std::runtime_error("no till");
  }});
  connect();
  EXPECT_THAT(get("/Multiply"), HasSubstr("HTTP/1.1 500 "));
  EXPECT_THAT(logged.take(), ElementsAre(HasSubstr("no till")));
}

TEST_F(ApiSessionsTest, WhatTheOwnerThrowsAtTheEndIsLogged) {
  LoggedErrors logged;
  serveTill({.abandoned = [](Till&) { throw std::runtime_error("cannot count"); }});
  connect();
  get("/Multiply");
  client->loseConnection();
  reactor.flush();
  EXPECT_THAT(logged.take(), ElementsAre(HasSubstr("cannot count")));
}

/// Has no default.
struct Named {
  explicit Named(std::string given) : name(std::move(given)) {}
  std::string name;
};

TEST_F(ApiSessionsTest, AnObjectWithoutADefaultMustBeMade) {
  const auto handler = [](const Multiply&, Named&) { return Output{}; };
  EXPECT_THROW(Api(Requests<Multiply>(), SessionsOf<Named>(), handler), std::invalid_argument);
}

}  // namespace
}  // namespace couplet
