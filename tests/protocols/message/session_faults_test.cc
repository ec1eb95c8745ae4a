// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What sessions make of servers that fail them, by either protocol; the test is the server. Each
// fault has a name, and leaves nothing behind: no connection, no call that waits.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/deferred/concurrently.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/http_session.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/reactor/errors.h>

#include "api_fixture.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using testing::failureResultOf;
using ::testing::HasSubstr;
using testing::successResultOf;

/// A protocol, as a server speaks it.
struct Speech {
  const char* name;
  Deferred<std::shared_ptr<Session>> (*connect)(Reactor& reactor);
  std::string hello;
  /// A reply to the request with this id, where there are ids.
  std::string (*reply)(std::uint64_t id, std::string_view message, std::string_view members);
  std::size_t mostAsked;  // before a session is overloaded
  std::string longReply;  // the beginning of one of 2,000,000 bytes
  Duration patience;      // with a silent server that has nothing to do
};

void PrintTo(const Speech& speech, std::ostream* out) { *out << speech.name; }

std::string frame(std::string_view text) {
  return std::to_string(text.size()) + ":" + std::string(text) + ",";
}

std::string nativeReply(std::uint64_t id, std::string_view message, std::string_view members) {
  return frame("{\"id\":" + std::to_string(id) + ",\"reply\":[\"" + std::string(message) + "\"," +
               std::string(members) + "]}");
}

std::string replyByHTTP(std::uint64_t, std::string_view message, std::string_view members) {
  const std::string body =
      "{\"value\":[\"" + std::string(message) + "\"," + std::string(members) + ",[]]}";
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Speech native() {
  const auto connect = [](Reactor& reactor) { return connectNative(reactor, "127.0.0.1", 5051); };
  return {"Native",          connect, frame(R"({"hello":{"version":1,"frame_limit":1048576}})"),
          &nativeReply,      10'000u, "2000000:{",
          Duration(60s + 5s)};
}

Speech byHTTP() {
  const auto connect = [](Reactor& reactor) { return connectHTTP(reactor, "127.0.0.1", 5051); };
  return {"HTTP",
          connect,
          "",
          &replyByHTTP,
          1 + 1000u,
          "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n{",
          Duration(30s + 5s)};
}

class SessionFaultsTest : public ::testing::TestWithParam<Speech> {
 protected:
  SessionFaultsTest() {
    auto made = GetParam().connect(reactor);
    server_.emplace(reactor.tcpClients().back().succeed());
    say(GetParam().hello);
    session = successResultOf(made);
    session->whenEnded([this](const Failure& why) { ended = why; });
  }
  void TearDown() override {
    session.reset();
    reactor.flush();
    EXPECT_FALSE(server().connected());
    reactor.advance(30s);  // the reactor's own look at what is slow to close
    EXPECT_EQ(reactor.delayedCalls(), 0u);
  }

  testing::MemoryPeer& server() { return *server_; }
  void say(std::string_view bytes) {
    server().write(bytes);
    reactor.flush();
  }
  void reply(std::uint64_t id, std::string_view message = "crunch_api.Output",
             std::string_view members = R"({"value":6.0})") {
    say(GetParam().reply(id, message, members));
  }
  /// The id of the request that came last.
  std::uint64_t lastId() {
    const std::string_view said = server().value();
    const std::size_t at = said.rfind(kId);
    return at == said.npos ? 0 : std::stoull(std::string(said.substr(at + kId.size(), 16)));
  }
  Deferred<Output> ask(RequestOptions options = {}) {
    auto answer = session->request<Output>(Multiply{2, 3}, options);
    reactor.flush();
    return answer;
  }

  static constexpr std::string_view kId = R"({"id":)";

  testing::MemoryReactor reactor;
  std::shared_ptr<Session> session;
  std::optional<Failure> ended;

 private:
  std::optional<testing::MemoryPeer> server_;
};

INSTANTIATE_TEST_SUITE_P(Protocols, SessionFaultsTest, ::testing::Values(native(), byHTTP()),
                         [](const auto& info) { return std::string(info.param.name); });

// The server goes.

// Crunch 15: A lost connection fails its pending requests at once.
TEST_P(SessionFaultsTest, AServerThatIsKilledFailsAllThatIsUnderWay) {
  auto first = ask();
  auto second = ask();
  server().abortConnection();
  reactor.flush();
  failureResultOf<Abandoned>(first);
  failureResultOf<Abandoned>(second);
  EXPECT_TRUE(ended->check<Abandoned>());
}

TEST_P(SessionFaultsTest, AServerThatClosesFailsAllThatIsUnderWay) {
  auto first = ask();
  auto second = ask();
  server().loseConnection();
  reactor.flush();
  failureResultOf<Abandoned>(first);
  failureResultOf<Abandoned>(second);
}

TEST_P(SessionFaultsTest, AServerThatIsKilledInMidAnswerFailsItsRequest) {
  auto answer = ask();
  const std::string whole = GetParam().reply(1, "crunch_api.Output", R"({"value":6.0})");
  say(whole.substr(0, whole.size() - 5));
  server().loseConnection();
  reactor.flush();
  failureResultOf<Abandoned>(answer);
}

TEST_P(SessionFaultsTest, AServerThatSaysNoMoreIsLost) {
  auto answer = ask();
  server().loseWriteConnection();
  reactor.flush();
  failureResultOf<Abandoned>(answer);
  EXPECT_FALSE(session->connected());
}

TEST_P(SessionFaultsTest, WhoHearsOfTheEndMayCancelTheRest) {
  std::optional<Deferred<Output>> second;
  auto first = ask().addErrback([&](const Failure& why) -> Output {
    second->cancel();
    why.raise();
  });
  second = ask();
  server().abortConnection();
  reactor.flush();
  failureResultOf<Abandoned>(first);
  failureResultOf(*second);
}

// Crunch 14: A fault names its item; the others are cancelled.
TEST_P(SessionFaultsTest, RequestsAtOnceFailTogether) {
  auto both = concurrently([&] { return ask(); }, [&] { return ask(); });
  server().abortConnection();
  reactor.flush();
  EXPECT_THAT(failureResultOf(both).message(), HasSubstr("connection lost"));
}

// Crunch 13: Sequences: callbacks that return Deferreds.
TEST_P(SessionFaultsTest, AFaultEndsASequence) {
  int steps = 0;
  const auto step = [&](const Output&) {
    ++steps;
    return session->request<Output>(Multiply{2, 3});
  };
  auto last = ask().addCallback(step).addCallback(step);
  reply(1);
  EXPECT_EQ(steps, 1);
  server().abortConnection();
  reactor.flush();
  failureResultOf<Abandoned>(last);
  EXPECT_EQ(steps, 1);
}

TEST_P(SessionFaultsTest, WhoHearsOfTheEndMayDestroyTheSession) {
  auto first = ask().addErrback([this](const Failure& why) -> Output {
    session.reset();
    why.raise();
  });
  auto second = ask();
  server().abortConnection();
  reactor.flush();
  failureResultOf<Abandoned>(first);
  failureResultOf<Abandoned>(second);
}

// Crunch 15: A request on a session that is not connected fails at once.
TEST_P(SessionFaultsTest, WhoHearsOfTheEndMayAskAgainInVain) {
  auto answer = ask().addErrback([this](const Failure&) {
    return session->request<Output>(Multiply{2, 3});
  });
  server().abortConnection();
  reactor.flush();
  failureResultOf<NotConnected>(answer);
}

// The server is silent, or slow.

// Crunch 15: A request has its time.
TEST_P(SessionFaultsTest, ASilentServerIsWaitedForSoLong) {
  auto answer = ask({.timeout = 8s});
  reactor.advance(8s);
  EXPECT_EQ(failureResultOf<TimedOut>(answer).message(),
            "\"Multiply\" timed out (no answer within 8.0 s)");
}

// Crunch 22: Keep-alive.
TEST_P(SessionFaultsTest, AServerThatIsGoneWithoutAWordIsFoundOut) {
  reactor.advance(GetParam().patience - 5s);
  EXPECT_TRUE(session->connected());
  reactor.advance(5s);
  EXPECT_FALSE(session->connected());
  EXPECT_TRUE(ended->check<Abandoned>());
}

TEST_P(SessionFaultsTest, AnAnswerMayComeByteByByte) {
  auto answer = ask();
  for (const char byte : GetParam().reply(1, "crunch_api.Output", R"({"value":6.0})")) {
    assertNoResult(answer);
    say({&byte, 1});
    reactor.advance(100ms);
  }
  EXPECT_EQ(successResultOf(answer), Output{6});
}

TEST_P(SessionFaultsTest, AnAnswerThatComesTooSlowlyIsNotWaitedFor) {
  auto answer = ask({.timeout = 8s});
  for (const char byte : GetParam().reply(1, "crunch_api.Output", R"({"value":6.0})")) {
    say({&byte, 1});
    reactor.advance(1s);
  }
  failureResultOf<TimedOut>(answer);
}

// Crunch 16: The queue is bounded; overflow is a fault.
TEST_P(SessionFaultsTest, AServerThatDoesNotReadIsNotAskedWithoutEnd) {
  server().pauseProducing();
  std::vector<Deferred<Output>> answers;
  for (std::size_t i = 0; i < GetParam().mostAsked; ++i) {
    answers.push_back(session->request<Output>(Multiply{2, 3}));
  }
  for (int i = 0; i < 3; ++i) failureResultOf<Overloaded>(ask());
  for (auto& answer : answers) assertNoResult(answer);
  server().abortConnection();
  reactor.flush();
  for (auto& answer : answers) failureResultOf<Abandoned>(answer);
}

TEST_P(SessionFaultsTest, WhatWasRefusedForLackOfRoomMayBeAskedAgain) {
  std::vector<Deferred<Output>> answers;
  for (std::size_t i = 0; i < GetParam().mostAsked; ++i) answers.push_back(ask());
  failureResultOf<Overloaded>(ask());
  reply(1);
  EXPECT_EQ(successResultOf(answers[0]), Output{6});
  answers.push_back(ask());
  for (std::size_t i = 1; i < answers.size(); ++i) {
    assertNoResult(answers[i]);
    std::move(answers[i]).discard();
  }
}

// The server errs.

TEST_P(SessionFaultsTest, AReplyOfAnotherTypeIsAFaultAndTheSessionGoesOn) {
  auto answer = ask();
  reply(1, "crunch_api.Total");
  EXPECT_EQ(failureResultOf<UnexpectedReply>(answer).message(),
            R"("crunch_api.Output" was expected and "crunch_api.Total" came)");
  auto next = ask();
  reply(lastId());
  EXPECT_EQ(successResultOf(next), Output{6});
}

TEST_P(SessionFaultsTest, MembersOfAnotherTypeAreAFaultAndTheSessionGoesOn) {
  auto answer = ask();
  reply(1, "crunch_api.Output", R"({"value":"six"})");
  EXPECT_THAT(failureResultOf<Faulted>(answer).message(),
              HasSubstr(R"("six" is not a number for member "value" of "Output")"));
  auto next = ask();
  reply(lastId());
  EXPECT_EQ(successResultOf(next), Output{6});
}

TEST_P(SessionFaultsTest, AReplyThatIsTooLongIsRefusedBeforeItIsThere) {
  auto first = ask();
  auto second = ask();
  say(GetParam().longReply);
  failureResultOf<Fault>(first);
  failureResultOf<Fault>(second);
  EXPECT_FALSE(session->connected());
}

TEST_P(SessionFaultsTest, AReplyThatComesTwiceEndsTheSession) {
  auto answer = ask();
  reply(1);
  EXPECT_EQ(successResultOf(answer), Output{6});
  reply(1);
  EXPECT_FALSE(session->connected());
  EXPECT_TRUE(ended->check<Fault>()) << ended->message();
  failureResultOf<NotConnected>(ask());
}

TEST_P(SessionFaultsTest, AReplyToNothingEndsTheSession) {
  reply(1);
  EXPECT_FALSE(session->connected());
  EXPECT_TRUE(ended->check<Fault>()) << ended->message();
}

TEST_P(SessionFaultsTest, WhatIsOfAnotherProtocolEndsTheSession) {
  auto answer = ask();
  say("SSH-2.0-OpenSSH_9.2\r\n");
  failureResultOf<Fault>(answer);
  EXPECT_FALSE(session->connected());
}

// By the native protocol alone.

class NativeFaultsTest : public SessionFaultsTest {};

INSTANTIATE_TEST_SUITE_P(Protocols, NativeFaultsTest, ::testing::Values(native()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(NativeFaultsTest, AnUnknownIdEndsTheSession) {
  auto answer = ask();
  reply(7);
  EXPECT_EQ(failureResultOf<BadRequest>(answer).message(),
            "bad request (an answer to no request, with the id 7)");
  EXPECT_THAT(std::string(server().value()), HasSubstr(R"({"goodbye":["couplet.BadRequest")"));
}

TEST_P(NativeFaultsTest, TheIdOfACancelledRequestMayComeOnce) {
  auto answer = ask();
  answer.cancel();
  failureResultOf<CancelledError>(answer);
  reply(1);
  EXPECT_TRUE(session->connected());
  reply(1);
  EXPECT_TRUE(ended->check<BadRequest>());
}

// Crunch 22
TEST_P(NativeFaultsTest, ASilentServerIsGivenUpWhateverTheRequestWouldWait) {
  auto answer = ask({.timeout = std::nullopt});
  reactor.advance(60s);
  assertNoResult(answer);
  reactor.advance(5s);
  failureResultOf<Abandoned>(answer);
}

}  // namespace
}  // namespace couplet
