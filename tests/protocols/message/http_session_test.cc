// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asking by HTTP: a server in the hands of the test, and one that is a site.
#include <couplet/protocols/message/http_session.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/ack.h>
#include <couplet/reactor/errors.h>

#include "api_fixture.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using ::testing::EndsWith;
using testing::failureResultOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::successResultOf;

class HTTPSessionTest : public ::testing::Test {
 protected:
  /// Connects, unless there is a session.
  Session& session() {
    if (session_) return *session_;
    auto made = connectHTTP(reactor, "127.0.0.1", 5051, options);
    server_.emplace(reactor.tcpClients().back().succeed());
    reactor.flush();
    session_ = successResultOf(made);
    return *session_;
  }
  template <class Out = Output, class... Faults, class R>
  Deferred<Out> ask(const R& request, RequestOptions how = {}) {
    auto answer = session().template request<Out, Faults...>(request, how);
    reactor.flush();
    return answer;
  }
  testing::MemoryPeer& server() { return *server_; }
  void answer(std::string_view body, std::string_view status = "200 OK") {
    server().clear();
    server().write("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    reactor.flush();
  }

  static constexpr std::string_view kSix = R"({"value":["crunch_api.Output",{"value":6.0},[]]})";
  static constexpr std::string_view kDivideByZero =
      R"({"value":["crunch_api.DivideByZero",{"condition":"cannot divide by zero"},[]]})";

  HTTPSessionOptions options;
  testing::MemoryReactor reactor;
  std::shared_ptr<Session> session_;
  std::optional<testing::MemoryPeer> server_;
};

// Crunch 12: Connect, send, get the response as a typed message.
TEST_F(HTTPSessionTest, ARequestIsPostedAndItsAnswerRead) {
  auto six = ask(Multiply{2, 3});
  const std::string sent(server().value());
  EXPECT_THAT(sent, StartsWith("POST /crunch_api.Multiply HTTP/1.1\r\n"));
  EXPECT_THAT(sent, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(sent, EndsWith("\r\n\r\n{\"x\":2.0,\"y\":3.0}"));
  answer(kSix);
  EXPECT_EQ(successResultOf(six), Output{6});
}

// Crunch 12
TEST(HTTPSessionOnASiteTest, ASiteAnswers) {
  testing::MemoryReactor reactor;
  auto api = std::make_shared<Api>(Requests<Multiply>(),
                                   [](const Multiply& m) { return Output{m.x * m.y}; });
  reactor.listenTCP(5051, newApiSite(api));
  auto session = connectHTTP(reactor, "127.0.0.1", 5051);
  reactor.flush();
  const auto asking = successResultOf(session);
  auto six = asking->request<Output>(Multiply{2, 3});
  reactor.flush();
  EXPECT_EQ(successResultOf(six), Output{6});
}

struct Unusual {
  static constexpr auto kMessage = message("tests.Größe 50%");
};

TEST(HTTPSessionOnASiteTest, TheNameOfARequestMayBeAnyText) {
  testing::MemoryReactor reactor;
  auto api = std::make_shared<Api>(Requests<Unusual>(), [](const Unusual&) { return Output{6}; });
  reactor.listenTCP(5051, newApiSite(api));
  auto session = connectHTTP(reactor, "127.0.0.1", 5051);
  reactor.flush();
  const auto asking = successResultOf(session);
  auto six = asking->request<Output>(Unusual());
  reactor.flush();
  EXPECT_EQ(successResultOf(six), Output{6});
}

// Crunch 11: A fault is what it is, whatever the status.
TEST_F(HTTPSessionTest, FaultsComeAsWhatTheyAre) {
  auto known = ask<Output, DivideByZero>(Divide{1, 0});
  answer(kDivideByZero, "422 Unprocessable Content");
  failureResultOf<DivideByZero>(known);
  auto unknown = ask(Divide{1, 0});
  answer(kDivideByZero, "422 Unprocessable Content");
  EXPECT_EQ(failureResultOf<Faulted>(unknown).get<Faulted>()->unknownName,
            "crunch_api.DivideByZero");
}

TEST_F(HTTPSessionTest, WhatIsNoAnswerIsAFaultThatSaysSo) {
  auto page = ask(Multiply{2, 3});
  answer("<h1>Bad Gateway</h1>", "502 Bad Gateway");
  EXPECT_THAT(failureResultOf<Faulted>(page).message(),
              StartsWith("an answer that is none, with status 502"));
  auto other = ask<Ack>(Multiply{2, 3});
  answer(kSix);
  failureResultOf<UnexpectedReply>(other);
}

TEST_F(HTTPSessionTest, WhoIsNotThereIsNotConnected) {
  auto made = connectHTTP(reactor, "127.0.0.1", 5051, options);
  reactor.tcpClients().back().fail(Failure(ConnectionRefusedError("refused")));
  reactor.flush();
  failureResultOf<NotConnected>(made);
}

// Crunch 15: A lost connection fails what is under way at once.
TEST_F(HTTPSessionTest, ALostConnectionFailsWhatIsUnderWay) {
  auto six = ask(Multiply{2, 3});
  server().abortConnection();
  reactor.flush();
  failureResultOf<Abandoned>(six);
  failureResultOf<NotConnected>(ask(Multiply{2, 3}));
}

// Crunch 15: A request has its time.
TEST_F(HTTPSessionTest, ARequestHasItsTime) {
  auto six = ask(Multiply{2, 3}, {.timeout = 8s});
  reactor.advance(8s);
  failureResultOf<TimedOut>(six);
  reactor.advance(5s);
  EXPECT_FALSE(server().connected());
}

// Crunch 16: One request at a time; the next waits in a bounded queue.
TEST_F(HTTPSessionTest, RequestsWaitForEachOther) {
  options.mostWaiting = 1;
  auto first = ask(Multiply{2, 3});
  auto second = ask(Multiply{2, 3});
  failureResultOf<Overloaded>(ask(Multiply{2, 3}));
  answer(kSix);
  EXPECT_EQ(successResultOf(first), Output{6});
  assertNoResult(second);
  answer(kSix);
  EXPECT_EQ(successResultOf(second), Output{6});
  EXPECT_EQ(reactor.tcpClients().size(), 1u);
}

TEST_F(HTTPSessionTest, WhatIsUnderWayFailsWhenItIsClosed) {
  auto six = ask(Multiply{2, 3});
  session().close();
  reactor.flush();
  failureResultOf<Closed>(six);
  EXPECT_FALSE(server().connected());
  failureResultOf<NotConnected>(ask(Multiply{2, 3}));
}

TEST_F(HTTPSessionTest, WhatIsUnderWayFailsWhenItGoes) {
  auto six = ask(Multiply{2, 3});
  session_.reset();
  reactor.flush();
  failureResultOf<Closed>(six);
}

TEST_F(HTTPSessionTest, AnAnswerMayEndTheSession) {
  auto six = session().request<Output>(Multiply{2, 3}).addCallback([&](const Output& output) {
    session_.reset();
    return output;
  });
  reactor.flush();
  answer(kSix);
  EXPECT_EQ(successResultOf(six), Output{6});
}

TEST_F(HTTPSessionTest, TheAnswerToWhatWasCancelledIsDropped) {
  auto cancelled = ask(Divide{2, 0});
  auto six = ask(Multiply{2, 3});
  cancelled.cancel();
  failureResultOf<CancelledError>(cancelled);
  answer(kDivideByZero, "422 Unprocessable Content");
  assertNoResult(six);
  answer(kSix);
  EXPECT_EQ(successResultOf(six), Output{6});
  reactor.advance(10s);
  EXPECT_TRUE(server().connected());
}

TEST_F(HTTPSessionTest, WhoDoesNotAnswerWhatWasCancelledIsGivenUp) {
  auto cancelled = ask(Divide{2, 0});
  auto six = ask(Multiply{2, 3});
  cancelled.cancel();
  failureResultOf<CancelledError>(cancelled);
  reactor.advance(5s);
  failureResultOf<Abandoned>(six);
  EXPECT_FALSE(server().connected());
}

TEST_F(HTTPSessionTest, WhatCannotBeWrittenIsNotSent) {
  failureResultOf<BadRequest>(ask(Multiply{1.0 / 0.0, 1}));
  EXPECT_EQ(server().value(), "");
}

TEST_F(HTTPSessionTest, ALongAnswerIsRefused) {
  options.longestAnswer = 10;
  auto six = ask(Multiply{2, 3});
  answer(kSix);
  EXPECT_THAT(failureResultOf<Faulted>(six).message(), HasSubstr("what came is no answer"));
  EXPECT_FALSE(server().connected());
}

TEST_F(HTTPSessionTest, WhatWaitsMayBeCancelled) {
  auto first = ask(Multiply{2, 3});
  auto second = ask(Divide{2, 3});
  second.cancel();
  failureResultOf<CancelledError>(second);
  answer(kSix);
  EXPECT_EQ(successResultOf(first), Output{6});
  EXPECT_TRUE(server().connected());
  EXPECT_EQ(server().value(), "");
}

TEST_F(HTTPSessionTest, AnAnswerToNothingEndsTheConnection) {
  session();
  answer(kSix);
  EXPECT_FALSE(server().connected());
}

TEST_F(HTTPSessionTest, BytesBehindAnAnswerEndTheConnection) {
  auto six = ask(Multiply{2, 3});
  answer(std::string(kSix), "200 OK");
  EXPECT_EQ(successResultOf(six), Output{6});
  auto next = ask(Multiply{2, 3});
  server().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n");
  reactor.flush();
  failureResultOf<Faulted>(next);
  EXPECT_FALSE(server().connected());
}

TEST_F(HTTPSessionTest, WhoIsSilentIsAskedAndKept) {
  session();
  reactor.advance(30s);
  EXPECT_THAT(std::string(server().value()), StartsWith("OPTIONS * HTTP/1.1\r\n"));
  answer("");
  reactor.advance(29s);
  EXPECT_TRUE(server().connected());
}

TEST_F(HTTPSessionTest, WhoDoesNotAnswerIsGivenUp) {
  session();
  reactor.advance(30s);
  auto six = ask(Multiply{2, 3});
  reactor.advance(5s);
  EXPECT_FALSE(server().connected());
  failureResultOf<Abandoned>(six);
}

}  // namespace
}  // namespace couplet
