// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Connections that programs make to ask over them.
#include <couplet/protocols/message/native_session.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <couplet/deferred/errors.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/reactor/errors.h>

#include "api_fixture.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using testing::failureResultOf;
using testing::successResultOf;

struct Text {
  std::string text;
  static constexpr auto kMessage = message("test_api.Text", member("text", &Text::text));
};

std::shared_ptr<const Api> newApi(Promise<Output>& slow) {
  return std::make_shared<const Api>(
      Requests<Multiply, Divide, Text>(), [](const Multiply& m) { return Output{m.x * m.y}; },
      [&slow](const Divide&) { return slow.deferred(); }, [](const Text& text) { return text; });
}

/// Remembers what it built last.
class Servers : public Factory {
 public:
  explicit Servers(std::shared_ptr<const Api> api) : api_(std::move(api)) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    auto built = std::make_unique<NativeProtocol>(api_);
    last = built.get();
    return built;
  }
  NativeProtocol* last = nullptr;

 private:
  std::shared_ptr<const Api> api_;
};

class NativeSessionTest : public ::testing::Test {
 protected:
  void listen() { reactor.listenTCP(5054, servers); }
  std::shared_ptr<Session> connect() {
    auto session = connectNative(reactor, "127.0.0.1", 5054);
    reactor.flush();
    return successResultOf(session);
  }

  testing::MemoryReactor reactor;
  Promise<Output> slow;
  std::shared_ptr<Servers> servers = std::make_shared<Servers>(newApi(slow));
};

// Crunch 12: Connect, send, get the response as a typed message.
TEST_F(NativeSessionTest, ItAsks) {
  listen();
  const auto session = connect();
  EXPECT_TRUE(session->connected());
  auto six = session->request<Output>(Multiply{2, 3});
  reactor.flush();
  EXPECT_EQ(successResultOf(six), Output{6});
}

TEST_F(NativeSessionTest, WhoIsNotThereIsNotConnected) {
  auto session = connectNative(reactor, "127.0.0.1", 5054);
  reactor.tcpClients().back().fail(Failure(ConnectionRefusedError("refused")));
  reactor.flush();
  EXPECT_EQ(failureResultOf<NotConnected>(session).get<NotConnected>()->condition,
            R"(cannot connect to "127.0.0.1:5054")");
}

TEST_F(NativeSessionTest, ARequestMayBeLongFromTheFirstOn) {
  listen();
  const auto session = connect();
  auto echo = session->request<Text>(Text{std::string(5000, 'a')});
  reactor.flush();
  EXPECT_EQ(successResultOf(echo).text.size(), 5000u);
}

// Crunch 3: What a handler's callbacks use is there until it has answered.
TEST_F(NativeSessionTest, AHandlersCallbackMayUseItsRequest) {
  Promise<void> wait;
  const auto api = std::make_shared<const Api>(Requests<Text>(), [&](const Text& text) {
    return wait.deferred().addCallback([&text] { return Text{text.text + "!"}; });
  });
  reactor.listenTCP(5054, newNativeFactory(api));
  const auto session = connect();
  auto answer = session->request<Text>(Text{std::string(100, 'a')});
  reactor.flush();
  wait.callback();
  reactor.flush();
  EXPECT_EQ(successResultOf(answer).text, std::string(100, 'a') + "!");
}

TEST_F(NativeSessionTest, WhoSaysNoHelloIsNotConnected) {
  auto session = connectNative(reactor, "127.0.0.1", 5054);
  reactor.tcpClients().back().succeed();
  reactor.flush();
  assertNoResult(session);
  reactor.advance(5s);
  reactor.flush();
  EXPECT_EQ(
      failureResultOf<NotConnected>(session).message(),
      R"j(cannot connect to "127.0.0.1:5054" (timed out (the other side does not say hello)))j");
}

TEST_F(NativeSessionTest, WhoSpeaksAnotherProtocolIsNotConnected) {
  auto session = connectNative(reactor, "127.0.0.1", 5054);
  testing::MemoryPeer server = reactor.tcpClients().back().succeed();
  server.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  reactor.flush();
  EXPECT_THAT(failureResultOf<NotConnected>(session).message(),
              ::testing::StartsWith(R"(cannot connect to "127.0.0.1:5054" ()"));
}

TEST_F(NativeSessionTest, AnotherVersionIsNotConnected) {
  auto session = connectNative(reactor, "127.0.0.1", 5054);
  testing::MemoryPeer server = reactor.tcpClients().back().succeed();
  server.write(R"(45:{"hello":{"version":2,"frame_limit":1048576}},)");
  reactor.flush();
  EXPECT_THAT(failureResultOf<NotConnected>(session).message(), ::testing::HasSubstr("version 2"));
}

TEST_F(NativeSessionTest, AnAttemptMayBeCancelledBeforeTheHello) {
  auto session = connectNative(reactor, "127.0.0.1", 5054);
  testing::MemoryPeer server = reactor.tcpClients().back().succeed();
  reactor.flush();
  session.cancel();
  failureResultOf<CancelledError>(session);
  server.write(R"(45:{"hello":{"version":1,"frame_limit":1048576}},)");
  reactor.flush();
  EXPECT_TRUE(server.inputEnded());
}

TEST_F(NativeSessionTest, AnAttemptMayBeCancelled) {
  auto session = connectNative(reactor, "127.0.0.1", 5054);
  session.cancel();
  reactor.flush();
  EXPECT_FALSE(reactor.tcpClients().back().waiting());
  failureResultOf<CancelledError>(session);
}

TEST_F(NativeSessionTest, WhatIsUnderWayEndsWithTheSession) {
  listen();
  auto session = connect();
  auto answer = session->request<Output>(Divide{2, 3});
  reactor.flush();
  assertNoResult(answer);
  session.reset();
  reactor.flush();
  failureResultOf<Closed>(answer);
}

// Crunch 15: A lost connection fails what is under way at once; a request without one fails at
// once.
TEST_F(NativeSessionTest, ALostConnectionEndsTheSession) {
  listen();
  const auto session = connect();
  auto answer = session->request<Output>(Divide{2, 3});
  reactor.flush();
  servers->last->transport().abortConnection();
  reactor.flush();
  failureResultOf<Abandoned>(answer);
  EXPECT_FALSE(session->connected());
  failureResultOf<NotConnected>(session->request<Output>(Multiply{2, 3}));
}

// Crunch 23: In both directions.
TEST_F(NativeSessionTest, TheOtherSideMayAskToo) {
  listen();
  auto session = connectNative(reactor, "127.0.0.1", 5054, newApi(slow));
  reactor.flush();
  auto six = static_cast<Session*>(servers->last)->request<Output>(Multiply{2, 3});
  reactor.flush();
  EXPECT_EQ(successResultOf(six), Output{6});
  std::move(session).discard();
}

}  // namespace
}  // namespace couplet
