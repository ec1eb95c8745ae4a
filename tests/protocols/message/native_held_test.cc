// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A native connection that has too much to do, or whose other side reads too little.
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/reactor/libevent_reactor.h>
#include <couplet/reactor/testing/string_transport.h>

#include "api_fixture.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kHello = R"({"hello":{"version":1,"frame_limit":1048576}})";

/// Divide is answered at once, Multiply when the test says so.
class NativeHeldTest : public ::testing::Test {
 protected:
  void connect(NativeOptions options = {}) {
    protocol =
        std::make_unique<NativeProtocol>(std::make_shared<const Api>(
                                             Requests<Multiply, Divide>(),
                                             [this](const Multiply& m) -> Deferred<Output> {
                                               const Output product{m.x * m.y};
                                               co_await waiting.emplace_back().deferred();
                                               co_return product;
                                             },
                                             [](const Divide& m) { return Output{m.x / m.y}; }),
                                         options);
    transport.connect(*protocol);
    send(kHello);
  }
  ~NativeHeldTest() override {
    transport.abortConnection();
    transport.turn();
  }

  std::string send(std::string_view text) {
    transport.clear();
    protocol->dataReceived(std::to_string(text.size()) + ":" + std::string(text) + ",");
    return std::string(transport.value());
  }
  std::string divide(int id) {
    return send("{\"id\":" + std::to_string(id) + R"(,"request":["crunch_api.Divide",{"x":)" +
                std::to_string(id) + "}]}");
  }
  void multiply(int id) {
    send("{\"id\":" + std::to_string(id) + R"(,"request":["crunch_api.Multiply",{}]})");
  }
  static std::string replyOf(int id) {
    return "{\"id\":" + std::to_string(id) + R"(,"reply":["crunch_api.Output",{"value":)" +
           std::to_string(id) + ".0}]}";
  }
  /// The other side reads nothing, or all.
  void stall() { transport.setUnsent(100'000); }
  std::string readAll() {
    transport.clear();
    transport.setUnsent(0);
    transport.producer()->resumeProducing();
    return std::string(transport.value());
  }

  std::vector<Promise<void>> waiting;
  testing::StringTransport transport;
  std::unique_ptr<NativeProtocol> protocol;
};

// Crunch 23: With back-pressure: requests wait while their answers are not read.
TEST_F(NativeHeldTest, RequestsWaitWhileTheOtherSideDoesNotRead) {
  connect();
  stall();
  EXPECT_THAT(divide(1), HasSubstr(replyOf(1)));
  EXPECT_THAT(divide(2), IsEmpty());
  EXPECT_THAT(divide(3), IsEmpty());
  const std::string rest = readAll();
  EXPECT_THAT(rest, HasSubstr(replyOf(2)));
  EXPECT_THAT(rest, HasSubstr(replyOf(3)));
  EXPECT_EQ(transport.producer(), nullptr);
}

// Crunch 23: But answers are read: else both sides might wait for each other.
TEST_F(NativeHeldTest, AnswersAreReadMeanwhile) {
  connect();
  auto answer = protocol->request<Output>(Multiply{6, 7});
  stall();
  divide(1);
  divide(2);
  send(R"({"id":1,"reply":["crunch_api.Output",{"value":42}]})");
  EXPECT_EQ(testing::successResultOf(answer), Output{42});
}

TEST_F(NativeHeldTest, EnquiriesAreAnsweredMeanwhile) {
  connect({.mostAtWork = 1});
  multiply(1);
  multiply(2);
  EXPECT_THAT(send(R"({"enquiry":5})"), HasSubstr(R"({"present":5})"));
}

TEST_F(NativeHeldTest, ACancelReachesWhatIsAtWork) {
  connect({.mostAtWork = 1});
  multiply(1);
  multiply(2);
  EXPECT_THAT(send(R"({"id":1,"cancel":true})"),
              HasSubstr(R"({"id":1,"fault":["couplet.Aborted",)"));
  EXPECT_EQ(waiting.size(), 2u);
}

TEST_F(NativeHeldTest, ACancelOfWhatWaitsWaitsToo) {
  connect({.mostAtWork = 1});
  multiply(1);
  multiply(2);
  EXPECT_THAT(send(R"({"id":2,"cancel":true})"), IsEmpty());
  transport.clear();
  waiting.at(0).callback();
  EXPECT_THAT(std::string(transport.value()), HasSubstr(R"({"id":2,"fault":["couplet.Aborted",)"));
}

TEST_F(NativeHeldTest, NoMoreIsReadThanMayWait) {
  connect({.mostAtWork = 1, .mostHeld = 300});
  for (int id = 1; id <= 3; ++id) multiply(id);
  EXPECT_FALSE(transport.paused());
  multiply(4);
  EXPECT_TRUE(transport.paused());
  waiting.at(0).callback();
  waiting.at(1).callback();
  EXPECT_FALSE(transport.paused());
}

// Crunch 22: Who reads nothing cannot answer an enquiry, and says that it is there.
TEST_F(NativeHeldTest, WhoDoesNotReadSaysThatItIsThere) {
  connect({.mostAtWork = 1, .mostHeld = 1});
  multiply(1);
  multiply(2);
  for (int i = 0; i < 100; ++i) {
    transport.clear();
    transport.fakeClock().advance(2500ms);
    EXPECT_THAT(std::string(transport.value()), HasSubstr(R"({"present":0})"));
  }
  EXPECT_TRUE(protocol->connected());
}

TEST_F(NativeHeldTest, WhoReadsNothingForLongIsGivenUp) {
  connect();
  stall();
  divide(1);
  transport.fakeClock().advance(60s);
  EXPECT_FALSE(transport.disconnected());
  transport.fakeClock().advance(60s);
  EXPECT_TRUE(transport.disconnected() || transport.disconnecting());
}

TEST_F(NativeHeldTest, WhoReadsSlowlyIsKept) {
  connect();
  stall();
  divide(1);
  for (std::size_t left = 90'000; left > 70'000; left -= 1'000) {
    transport.setUnsent(left);
    transport.fakeClock().advance(60s);
    EXPECT_TRUE(protocol->connected());
  }
}

TEST_F(NativeHeldTest, WhatWaitsGoesWithTheConnection) {
  connect({.mostAtWork = 1});
  multiply(1);
  multiply(2);
  send("{}");
  transport.turn();
  EXPECT_EQ(waiting.size(), 1u);
}

/// As long as it is wanted.
struct Long {
  std::string text;
  static constexpr auto kMessage = message("test_api.Long", member("text", &Long::text));
};
struct AskLong {
  static constexpr auto kMessage = message("test_api.AskLong");
};

constexpr int kTimes = 100;

std::shared_ptr<const Api> longApi() {
  return std::make_shared<const Api>(
      Requests<AskLong>(), [](const AskLong&) { return Long{std::string(100'000, 'a')}; });
}

/// Asks as soon as it is connected.
class AskingProtocol : public NativeProtocol {
 public:
  AskingProtocol(int& left, Reactor& reactor)
      : NativeProtocol(longApi()), left_(left), reactor_(reactor) {}

  void connectionMade() override {
    NativeProtocol::connectionMade();
    askOften(*this, left_, reactor_);
  }

  static void askOften(Session& whom, int& left, Reactor& reactor) {
    for (int i = 0; i < kTimes; ++i) {
      whom.request<Long>(AskLong()).addCallback([&](const Long& answer) {
        EXPECT_EQ(answer.text.size(), 100'000u);
        if (--left == 0) reactor.stop();
      });
    }
  }

 private:
  int& left_;
  Reactor& reactor_;
};

// Crunch 23: In both directions, also where both sides have much to answer.
TEST(NativeBothWaysTest, BothSidesMayHaveMuchToAnswer) {
  LibeventReactor reactor;
  int left = 2 * kTimes;
  const auto port = reactor.listenTCP(
      0, Factory::forProtocol<AskingProtocol>(std::ref(left), std::ref<Reactor>(reactor)),
      {.interface = "127.0.0.1"});
  std::shared_ptr<Session> session;
  connectNative(reactor, "127.0.0.1", port->getHost().port, longApi())
      .addCallback([&](std::shared_ptr<Session> made) {
        session = std::move(made);
        AskingProtocol::askOften(*session, left, reactor);
      });
  reactor.run();
  EXPECT_EQ(left, 0);
}

}  // namespace
}  // namespace couplet
