// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Two sides of the native protocol, and one with the test for its other side.
#include <couplet/protocols/message/native_protocol.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/ack.h>
#include <couplet/protocols/testing/every_cut.h>
#include <couplet/reactor/testing/pump.h>
#include <couplet/reactor/testing/string_transport.h>

#include "api_fixture.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using testing::failureResultOf;
using ::testing::HasSubstr;
using testing::successResultOf;

/// A server that answers later, and a client.
class NativeTest : public ::testing::Test {
 protected:
  using Limits = NativeOptions;

  void connect(Limits serverLimits = {}, Limits clientLimits = {}) {
    auto api = std::make_shared<Api>(
        Requests<Multiply, Divide>(),
        [this](const Multiply& m) -> Deferred<Output> {
          waiting.emplace_back([this] { ++cancelled; });
          co_await waiting.back().deferred();
          co_return Output{m.x * m.y};
        },
        [](const Divide& m) {
          if (m.y == 0) throw DivideByZero();
          return Output{m.x / m.y};
        });
    auto asking = std::make_unique<NativeProtocol>(nullptr, clientLimits);
    client = asking.get();
    auto answering = std::make_unique<NativeProtocol>(api, serverLimits);
    server = answering.get();
    pump = std::make_unique<testing::Pump>(std::move(answering), std::move(asking));
    pump->flush();
  }

  /// Lets the handler of Multiply that was called `index`th go on.
  void letGo(std::size_t index) {
    waiting.at(index).callback();
    pump->flush();
  }

  template <class Out = Output, class... Faults, class R>
  Deferred<Out> ask(const R& request, RequestOptions options = {}) {
    auto answer = client->request<Out, Faults...>(request, options);
    pump->flush();
    return answer;
  }

  std::vector<Promise<void>> waiting;
  int cancelled = 0;
  NativeProtocol* client = nullptr;
  NativeProtocol* server = nullptr;
  std::unique_ptr<testing::Pump> pump;
};

// Crunch 12: The response is a typed message.
TEST_F(NativeTest, ARequestIsAnswered) {
  connect();
  EXPECT_EQ(successResultOf(ask(Divide{6, 4})), Output{1.5});
}

// Crunch 16, 23: Many requests are in flight, and answered in any order.
TEST_F(NativeTest, ManyAreUnderWayAtOnce) {
  connect();
  auto first = ask(Multiply{1, 2});
  auto second = ask(Multiply{3, 4});
  auto third = ask(Divide{1, 2});
  EXPECT_EQ(successResultOf(third), Output{0.5});
  letGo(1);
  EXPECT_EQ(successResultOf(second), Output{12});
  assertNoResult(first);
  letGo(0);
  EXPECT_EQ(successResultOf(first), Output{2});
}

// Crunch 23: In both directions.
TEST_F(NativeTest, BothSidesMayAsk) {
  auto api = std::make_shared<Api>(Requests<Multiply>(),
                                   [](const Multiply& m) { return Output{m.x * m.y}; });
  auto left = std::make_unique<NativeProtocol>(api);
  auto right = std::make_unique<NativeProtocol>(api);
  Session& one = *left;
  Session& other = *right;
  testing::Pump both(std::move(left), std::move(right));
  auto there = one.request<Output>(Multiply{2, 3});
  auto back = other.request<Output>(Multiply{4, 5});
  both.flush();
  EXPECT_EQ(successResultOf(there), Output{6});
  EXPECT_EQ(successResultOf(back), Output{20});
}

// Crunch 11: Faults travel, those of the application and others.
TEST_F(NativeTest, FaultsComeAsWhatTheyAre) {
  connect();
  failureResultOf<DivideByZero>(ask<Output, DivideByZero>(Divide{1, 0}));
  const Failure unknown = failureResultOf<Faulted>(ask(Divide{1, 0}));
  EXPECT_EQ(unknown.get<Faulted>()->name(), "crunch_api.DivideByZero");
  EXPECT_EQ(unknown.message(), "cannot divide by zero");
}

TEST_F(NativeTest, WhatTheOtherSideDoesNotKnowIsAFault) {
  connect();
  EXPECT_EQ(failureResultOf<UnknownRequest>(ask(Output{1})).message(),
            R"(unknown request "crunch_api.Output")");
}

/// A Multiply with a member more.
struct Multiply3 {
  double z = 0;
  static constexpr auto kMessage = message("crunch_api.Multiply", member("z", &Multiply3::z));
};

TEST_F(NativeTest, MembersThatCannotBeReadAreAFault) {
  connect();
  EXPECT_THAT(failureResultOf<BadRequest>(ask(Multiply3{1})).message(),
              HasSubstr(R"(unknown member "z" in "Multiply")"));
  EXPECT_TRUE(client->connected());
}

TEST_F(NativeTest, AReplyOfAnotherTypeIsAFault) {
  connect();
  EXPECT_EQ(failureResultOf<UnexpectedReply>(ask<Ack>(Divide{1, 2})).message(),
            R"("couplet.Ack" was expected and "crunch_api.Output" came)");
  EXPECT_EQ(successResultOf(ask(Divide{6, 4})), Output{1.5});
}

// Crunch 15: A request has its time.
TEST_F(NativeTest, ARequestHasItsTime) {
  connect();
  auto answer = ask(Multiply{1, 2}, {.timeout = 8s});
  pump->advance(8s);
  EXPECT_EQ(failureResultOf<TimedOut>(answer).message(),
            "\"Multiply\" timed out (no answer within 8.0 s)");
  EXPECT_EQ(cancelled, 1);
}

// Crunch 15: A lost connection fails its requests at once.
TEST_F(NativeTest, ALostConnectionFailsWhatIsUnderWay) {
  connect();
  auto answer = ask(Multiply{1, 2});
  pump->reset();
  pump->flush();
  failureResultOf<Abandoned>(answer);
  EXPECT_EQ(cancelled, 1);
}

TEST_F(NativeTest, AConnectionThatThisSideEndsFailsThemAsClosed) {
  connect();
  auto answer = ask(Multiply{1, 2});
  client->close();
  pump->flush();
  failureResultOf<Closed>(answer);
  EXPECT_EQ(cancelled, 1);
}

// Crunch 15: A request without a connection fails at once.
TEST_F(NativeTest, ARequestWithoutAConnectionFailsAtOnce) {
  NativeProtocol alone;
  failureResultOf<NotConnected>(
      static_cast<Session&>(alone).request<Output>(Multiply{}, {std::nullopt}));
}

TEST_F(NativeTest, ACancelIsToldToTheOtherSide) {
  connect();
  auto answer = ask(Multiply{1, 2});
  answer.cancel();
  failureResultOf<CancelledError>(answer);
  pump->flush();
  EXPECT_EQ(cancelled, 1);
  EXPECT_EQ(successResultOf(ask(Divide{6, 4})), Output{1.5});
}

TEST_F(NativeTest, AnAnswerThatCrossesACancelIsDropped) {
  connect();
  auto answer = client->request<Output>(Divide{6, 4});
  std::move(answer).discard();
  pump->flush();
  EXPECT_EQ(successResultOf(ask(Divide{6, 4})), Output{1.5});
}

TEST_F(NativeTest, TooManyRequestsAreRefused) {
  connect({}, {.mostPending = 2});
  auto first = ask(Multiply{1, 2});
  auto second = ask(Multiply{1, 2});
  failureResultOf<Overloaded>(ask(Multiply{1, 2}));
  letGo(0);
  EXPECT_EQ(successResultOf(first), Output{2});
  EXPECT_EQ(successResultOf(ask(Divide{6, 4})), Output{1.5});
  std::move(second).discard();
}

TEST_F(NativeTest, NoMoreRequestsAreReadThanMayBeAtWork) {
  connect({.mostAtWork = 2});
  std::vector<Deferred<Output>> answers;
  for (int i = 0; i < 5; ++i) answers.push_back(ask(Multiply{1, 2}));
  EXPECT_EQ(waiting.size(), 2u);
  letGo(1);
  EXPECT_EQ(waiting.size(), 3u);
  for (std::size_t i : {0, 2, 3, 4}) letGo(i);
  for (auto& answer : answers) EXPECT_EQ(successResultOf(answer), Output{2});
}

/// As long as it is wanted.
struct Long {
  std::string text;
  static constexpr auto kMessage = message("crunch_api.Long", member("text", &Long::text));
};

TEST_F(NativeTest, ARequestThatTheOtherSideDoesNotTakeIsNotSent) {
  connect({.frameLimit = 2000});
  failureResultOf<TooLarge>(ask(Long{std::string(2000, 'x')}));
  EXPECT_EQ(successResultOf(ask(Divide{6, 4})), Output{1.5});
}

TEST_F(NativeTest, AnAnswerThatTheOtherSideDoesNotTakeIsAFault) {
  auto api = std::make_shared<Api>(Requests<Multiply>(),
                                   [](const Multiply&) { return Long{std::string(2000, 'x')}; });
  auto asking = std::make_unique<NativeProtocol>(nullptr, Limits{.frameLimit = 2000});
  Session& session = *asking;
  testing::Pump both(std::make_unique<NativeProtocol>(api), std::move(asking));
  both.flush();
  auto answer = session.request<Long>(Multiply{});
  both.flush();
  failureResultOf<TooLarge>(answer);
  EXPECT_TRUE(session.connected());
}

/// The test is the other side.
class NativeWireTest : public ::testing::Test {
 protected:
  NativeWireTest() {
    auto api = std::make_shared<Api>(Requests<Multiply>(),
                                     [](const Multiply& m) { return Output{m.x * m.y}; });
    protocol = std::make_unique<NativeProtocol>(api);
    transport.connect(*protocol);
  }
  ~NativeWireTest() override {
    if (!transport.disconnected()) transport.abortConnection();
    transport.turn();
  }

  static std::string frame(std::string_view text) {
    return std::to_string(text.size()) + ":" + std::string(text) + ",";
  }
  std::string send(std::string_view text) {
    transport.clear();
    protocol->dataReceived(frame(text));
    return std::string(transport.value());
  }
  void sayHello() { send(kHello); }

  static constexpr std::string_view kHello = R"({"hello":{"version":1,"frame_limit":1048576}})";

  testing::StringTransport transport;
  std::unique_ptr<NativeProtocol> protocol;
};

// Crunch 23: A hello carries the protocol's version.
TEST_F(NativeWireTest, TheHelloIsAsThePaperSays) { EXPECT_EQ(transport.value(), frame(kHello)); }

// Crunch 23: One JSON envelope per netstring, with a request id.
TEST_F(NativeWireTest, AnAnswerIsAsThePaperSays) {
  sayHello();
  EXPECT_EQ(send(R"({"id":7,"request":["crunch_api.Multiply",{"x":6,"y":7}]})"),
            frame(R"({"id":7,"reply":["crunch_api.Output",{"value":42.0}]})"));
}

TEST_F(NativeWireTest, TheSameIsHeardAtEveryCut) {
  const std::string bytes =
      frame(kHello) + frame(R"({"id":7,"request":["crunch_api.Multiply",{"x":6,"y":7}]})") +
      frame(R"({"id":8,"request":["crunch_api.Modulo",{}]})") + frame(R"({"enquiry":3})");
  testing::expectSameAtEveryCut(bytes, [](const testing::Chunks& chunks) {
    auto api = std::make_shared<Api>(Requests<Multiply>(),
                                     [](const Multiply& m) { return Output{m.x * m.y}; });
    NativeProtocol side(api);
    testing::StringTransport wire;
    wire.connect(side);
    for (const std::string_view chunk : chunks) side.dataReceived(chunk);
    std::string heard(wire.value());
    wire.abortConnection();
    wire.turn();
    return heard;
  });
}

TEST_F(NativeWireTest, WhoIsNotGreetedIsToldGoodbye) {
  EXPECT_THAT(send(R"({"id":7,"request":["crunch_api.Multiply",{}]})"),
              HasSubstr(R"({"goodbye":["couplet.BadRequest",)"));
  EXPECT_FALSE(protocol->connected());
}

TEST_F(NativeWireTest, AnotherVersionIsToldGoodbye) {
  EXPECT_THAT(send(R"({"hello":{"version":2,"frame_limit":4096}})"),
              HasSubstr("version 2 of the protocol, and not 1"));
}

TEST_F(NativeWireTest, WhatALaterVersionSaysInItsHelloIsIgnored) {
  send(R"({"hello":{"version":1,"frame_limit":4096,"name":"crunch","more":[1,{}]}})");
  EXPECT_TRUE(protocol->connected());
}

TEST_F(NativeWireTest, WhatIsMalformedIsToldGoodbye) {
  for (const char* text :
       {R"({"id":1})", "{}", "", kHello.data(), R"({"id":5,"reply":["a",{}]})"}) {
    NativeProtocol side;
    testing::StringTransport wire;
    wire.connect(side);
    side.dataReceived(frame(kHello));
    side.dataReceived(frame(text));
    EXPECT_THAT(std::string(wire.value()), HasSubstr(R"({"goodbye":["couplet.BadRequest",)"))
        << text;
    EXPECT_FALSE(side.connected());
    wire.turn();
  }
}

TEST_F(NativeWireTest, AnEnquiryIsAnswered) {
  sayHello();
  EXPECT_EQ(send(R"({"enquiry":12})"), frame(R"({"present":12})"));
}

// Crunch 22: Keep-alive: an enquiry after 60 s idle, closed if unanswered for 5 s.
TEST_F(NativeWireTest, WhoIsSilentIsAskedAndThenGivenUp) {
  sayHello();
  transport.clear();
  transport.fakeClock().advance(60s);
  EXPECT_EQ(transport.value(), frame(R"({"enquiry":0})"));
  transport.fakeClock().advance(5s);
  EXPECT_FALSE(protocol->connected());
}

// Crunch 22
TEST_F(NativeWireTest, WhoAnswersIsKept) {
  sayHello();
  for (int i = 0; i < 3; ++i) {
    transport.fakeClock().advance(60s);
    send(R"({"present":0})");
  }
  transport.fakeClock().advance(59s);
  EXPECT_TRUE(protocol->connected());
}

// Crunch 22: Who reads nothing at the moment, since it has enough to do, hears no answer.
TEST_F(NativeTest, WhoIsBusyDoesNotGiveUpTheOther) {
  connect({.mostAtWork = 1});
  auto answer = static_cast<Session*>(client)->request<Output>(Multiply{2, 3}, {std::nullopt});
  pump->flush();
  for (int i = 0; i < 10; ++i) {
    pump->advance(30s);
    pump->flush();
  }
  letGo(0);
  EXPECT_EQ(successResultOf(answer), Output{6});
}

TEST(NativeOptionsTest, ThatCannotBeAreRefused) {
  const auto make = [](NativeOptions options) { NativeProtocol protocol(nullptr, options); };
  EXPECT_THROW(make({.frameLimit = 1023}), std::invalid_argument);
  EXPECT_THROW(make({.mostAtWork = 0}), std::invalid_argument);
  EXPECT_THROW(make({.mostPending = (1 << 20) + 1}), std::invalid_argument);
}

TEST_F(NativeWireTest, AGoodbyeIsTheReasonOfTheEnd) {
  sayHello();
  auto answer = static_cast<Session&>(*protocol).request<Output>(Multiply{1, 2});
  send(R"({"goodbye":["couplet.OutOfService",{"condition":"out of service"}]})");
  transport.turn();
  failureResultOf<OutOfService>(answer);
}

}  // namespace
}  // namespace couplet
