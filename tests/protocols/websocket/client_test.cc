// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Clients, and servers in the hands of the test.
#include <couplet/protocols/websocket/websocket_client.h>

#include <stdexcept>

#include <gmock/gmock.h>

#include <couplet/protocols/errors.h>
#include <couplet/protocols/http/client_errors.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/url.h>
#include <couplet/protocols/websocket/detail/handshake.h>
#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/memory_reactor.h>
#include "speaker.h"

namespace couplet {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::failureResultOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::successResultOf;

/// The value of a field of a head.
std::string fieldOf(std::string_view head, const std::string& name) {
  const std::size_t at = head.find("\r\n" + name + ": ") + name.size() + 4;
  return std::string(head.substr(at, head.find("\r\n", at) - at));
}

class WebSocketClientTest : public ::testing::Test {
 protected:
  Deferred<Speaker*> connect(std::string_view url = "ws://poems.example/feed") {
    return connectWebSocket(reactor, url, std::make_unique<Speaker>(script), options);
  }
  /// Lets the connection be made.
  testing::MemoryPeer accept() {
    auto peer = reactor.tcpClients().back().succeed();
    reactor.flush();
    return peer;
  }
  void send(testing::MemoryPeer& peer, std::string_view bytes) {
    peer.write(bytes);
    reactor.flush();
  }
  /// The answer to what `peer` got, with more fields.
  static std::string switching(const testing::MemoryPeer& peer, std::string_view fields = "") {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           detail::acceptOf(fieldOf(peer.value(), "Sec-WebSocket-Key")) + "\r\n" +
           std::string(fields) + "\r\n";
  }
  void open(testing::MemoryPeer& peer, std::string_view fields = "") {
    const std::string answer = switching(peer, fields);
    peer.clear();
    send(peer, answer);
  }
  /// What the client has said since it asked.
  std::vector<std::string> said(const testing::MemoryPeer& peer) {
    WebSocketParser parser(WebSocketSide::kServer, {});
    return frames::hear(parser, peer.value());
  }
  /// Why a URL is refused, without a connection.
  std::string refusalOf(std::string_view url) {
    const std::string why = failureResultOf<InvalidUrlError>(connect(url)).message();
    EXPECT_THAT(reactor.tcpClients(), IsEmpty());
    EXPECT_TRUE(script.destroyed);
    return why;
  }

  Script script;
  WebSocketClientOptions options;
  testing::MemoryReactor reactor;
};

// The request

TEST_F(WebSocketClientTest, AsksAsTheRFCSays) {
  auto opening = connect("ws://poems.example/feed?since=3");
  auto peer = accept();
  EXPECT_THAT(
      std::string(peer.value()),
      AllOf(StartsWith("GET /feed?since=3 HTTP/1.1\r\n"), HasSubstr("\r\nHost: poems.example\r\n"),
            HasSubstr("\r\nUpgrade: websocket\r\n"), HasSubstr("\r\nConnection: Upgrade\r\n"),
            HasSubstr("\r\nSec-WebSocket-Version: 13\r\n")));
  EXPECT_THAT(fieldOf(peer.value(), "Sec-WebSocket-Key"), SizeIs(24));
  EXPECT_THAT(std::string(peer.value()), Not(HasSubstr("Sec-WebSocket-Protocol")));
  EXPECT_THAT(std::string(peer.value()), Not(HasSubstr("Sec-WebSocket-Extensions")));
  std::move(opening).discard();
}

TEST_F(WebSocketClientTest, AsksForWhatItIsTold) {
  options.subprotocols = {"chat", "talk"};
  options.headers.add("Origin", "http://poems.example");
  options.socket.compression.emplace();
  auto opening = connect();
  auto peer = accept();
  EXPECT_EQ(fieldOf(peer.value(), "Sec-WebSocket-Protocol"), "chat, talk");
  EXPECT_EQ(fieldOf(peer.value(), "Origin"), "http://poems.example");
  EXPECT_THAT(fieldOf(peer.value(), "Sec-WebSocket-Extensions"), StartsWith("permessage-deflate"));
  std::move(opening).discard();
}

TEST_F(WebSocketClientTest, NoTwoKeysAreTheSame) {
  auto first = connect();
  const std::string key = fieldOf(accept().value(), "Sec-WebSocket-Key");
  auto second = connect();
  EXPECT_NE(fieldOf(accept().value(), "Sec-WebSocket-Key"), key);
  std::move(first).discard();
  std::move(second).discard();
}

TEST_F(WebSocketClientTest, ThePortIs80UnlessItIsSaid) {
  auto first = connect("ws://poems.example");
  auto second = connect("WS://poems.example:8765/");
  EXPECT_EQ(reactor.tcpClients().at(0).host, "poems.example");
  EXPECT_EQ(reactor.tcpClients().at(0).port, 80);
  EXPECT_EQ(reactor.tcpClients().at(1).port, 8765);
  std::move(first).discard();
  std::move(second).discard();
}

TEST_F(WebSocketClientTest, OtherSchemesAreRefused) {
  EXPECT_THAT(refusalOf("http://poems.example/"), HasSubstr("ws"));
  EXPECT_THAT(refusalOf("poems.example"), HasSubstr("ws"));
  EXPECT_THAT(refusalOf(""), HasSubstr("ws"));
}

TEST_F(WebSocketClientTest, TLSIsRefused) {
  EXPECT_THAT(refusalOf("wss://poems.example/"), HasSubstr("TLS"));
  EXPECT_THAT(refusalOf("WSS://poems.example/"), HasSubstr("TLS"));
}

TEST_F(WebSocketClientTest, AFragmentIsRefused) {
  EXPECT_THAT(refusalOf("ws://poems.example/#top"), HasSubstr("fragment"));
  EXPECT_THAT(refusalOf("ws://poems.example/#"), HasSubstr("fragment"));
}

TEST_F(WebSocketClientTest, WhatIsNoURLIsRefused) {
  EXPECT_NE(refusalOf("ws:poems"), "");
  EXPECT_NE(refusalOf("ws://"), "");
  EXPECT_NE(refusalOf("ws://poems.example:70000/"), "");
}

TEST_F(WebSocketClientTest, OptionsThatCannotBeAreRefused) {
  options.subprotocols = {"no token"};
  failureResultOf<std::invalid_argument>(connect());
  options = {};
  options.socket.fragmentSize = 0;
  failureResultOf<std::invalid_argument>(connect());
  EXPECT_THAT(reactor.tcpClients(), IsEmpty());
  EXPECT_TRUE(script.destroyed);
}

// It succeeds

TEST_F(WebSocketClientTest, FiresWithTheProtocolWhenItIsOpen) {
  auto opening = connect();
  auto peer = accept();
  testing::assertNoResult(opening);
  EXPECT_THAT(script.heard, IsEmpty());
  open(peer);
  Speaker* const socket = successResultOf(opening);
  EXPECT_TRUE(socket->open());
  successResultOf(socket->send("hello"));
  reactor.flush();
  EXPECT_THAT(said(peer), ElementsAre("text hello"));
}

TEST_F(WebSocketClientTest, IsOpenedBeforeItFires) {
  std::vector<std::string> heardBefore;
  auto opening = connect().addCallback([&](Speaker*) { heardBefore = script.heard; });
  auto peer = accept();
  send(peer, switching(peer) + frames::fromServer(frames::kText, "hello"));
  successResultOf(opening);
  EXPECT_THAT(heardBefore, ElementsAre("opened"));
}

TEST_F(WebSocketClientTest, FramesRightBehindTheAnswerAreHeard) {
  auto opening = connect();
  auto peer = accept();
  send(peer, switching(peer) + frames::fromServer(frames::kText, "hello") +
                 frames::fromServer(frames::kClose, frames::closing(1001)));
  successResultOf(opening);
  EXPECT_THAT(script.heard, ElementsAre("opened", "text hello", "closing 1001 (going away)"));
}

TEST_F(WebSocketClientTest, AnAnswerThatComesByteByByteIsTheSame) {
  auto opening = connect();
  auto peer = accept();
  const std::string bytes = switching(peer) + frames::fromServer(frames::kText, "hello");
  for (const char byte : bytes) send(peer, std::string(1, byte));
  successResultOf(opening);
  EXPECT_THAT(script.heard, ElementsAre("opened", "text hello"));
}

TEST_F(WebSocketClientTest, WhatTheServerChoseIsAgreedOn) {
  options.subprotocols = {"chat", "talk"};
  options.socket.compression.emplace();
  auto opening = connect();
  auto peer = accept();
  open(peer, "Sec-WebSocket-Protocol: talk\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");
  Speaker* const socket = successResultOf(opening);
  EXPECT_EQ(socket->subprotocol(), "talk");
  EXPECT_TRUE(socket->compressed());
}

TEST_F(WebSocketClientTest, AConnectionThatEndsRightBehindTheAnswerIsHeardOf) {
  auto opening = connect();
  auto peer = accept();
  peer.write(switching(peer));
  peer.loseConnection();
  reactor.flush();
  successResultOf(opening);
  EXPECT_THAT(script.heard, ElementsAre("opened", "closed"));
  EXPECT_EQ(script.why->reason().code(), CloseReason::kAbnormal);
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, ACancelThatComesTooLateChangesNothing) {
  auto opening = connect();
  auto peer = accept();
  open(peer);
  opening.cancel();
  reactor.flush();
  EXPECT_TRUE(successResultOf(opening)->open());
}

TEST_F(WebSocketClientTest, TheTimeoutsOfTheHandshakeEndWithIt) {
  options.handshakeTimeout = 3s;
  options.connectTimeout = 3s;
  options.socket.pingInterval.reset();
  auto opening = connect();
  auto peer = accept();
  open(peer);
  reactor.advance(1h);
  EXPECT_TRUE(successResultOf(opening)->open());
  EXPECT_EQ(reactor.delayedCalls(), 0u);
}

// It fails

TEST_F(WebSocketClientTest, AnAnswerToAnotherKeyIsRefused) {
  auto opening = connect();
  auto peer = accept();
  send(peer,
       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" +
           frames::fromServer(frames::kText, "hello"));
  EXPECT_THAT(failureResultOf<WebSocketHandshakeError>(opening).message(), HasSubstr("key"));
  EXPECT_FALSE(peer.connected());
  EXPECT_THAT(script.heard, IsEmpty());
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, ASubprotocolThatWasNotOfferedIsRefused) {
  auto opening = connect();
  auto peer = accept();
  open(peer, "Sec-WebSocket-Protocol: chat\r\n");
  failureResultOf<WebSocketHandshakeError>(opening);
  EXPECT_FALSE(peer.connected());
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, AnotherAnswerIsAnError) {
  auto opening = connect();
  auto peer = accept();
  send(peer, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
  const Failure why = failureResultOf<WebSocketHandshakeError>(opening);
  EXPECT_THAT(why.message(), HasSubstr("404 (Not Found)"));
  try {
    why.raise();
  } catch (const WebSocketHandshakeError& error) {
    EXPECT_EQ(error.status(), 404);
  }
  EXPECT_THAT(script.heard, IsEmpty());
  EXPECT_TRUE(script.destroyed);
  EXPECT_FALSE(peer.connected());
}

TEST_F(WebSocketClientTest, AnAnswerThatIsNoHTTPIsAnError) {
  auto opening = connect();
  auto peer = accept();
  send(peer, "220 poems.example ESMTP\r\n");
  failureResultOf<RemoteProtocolError>(opening);
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, NoAnswerIsAnError) {
  auto opening = connect();
  auto peer = accept();
  peer.loseConnection();
  reactor.flush();
  failureResultOf<ResponseNeverReceived>(opening);
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, AConnectionThatIsRefusedIsAnError) {
  auto opening = connect();
  reactor.tcpClients().at(0).fail(ConnectionRefusedError());
  reactor.flush();
  failureResultOf<ConnectError>(opening);
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, ANameThatNobodyHasIsAnError) {
  reactor.failLookup("poems.example");
  auto opening = connect();
  reactor.flush();
  failureResultOf<DNSLookupError>(opening);
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, AConnectionThatTakesTooLongIsGivenUp) {
  options.connectTimeout = 3s;
  auto opening = connect();
  reactor.advance(2900ms);
  testing::assertNoResult(opening);
  reactor.advance(200ms);
  failureResultOf<ConnectTimeoutError>(opening);
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, AnAnswerThatTakesTooLongIsGivenUp) {
  options.handshakeTimeout = 3s;
  auto opening = connect();
  auto peer = accept();
  send(peer, "HTTP/1.1 101 Switching");
  reactor.advance(2900ms);
  testing::assertNoResult(opening);
  reactor.advance(200ms);
  failureResultOf<TimeoutError>(opening);
  EXPECT_FALSE(peer.connected());
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, ACancelGivesUpConnecting) {
  auto opening = connect();
  opening.cancel();
  reactor.flush();
  failureResultOf<CancelledError>(opening);
  EXPECT_FALSE(reactor.tcpClients().at(0).waiting());
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, ACancelGivesUpWaitingForTheAnswer) {
  auto opening = connect();
  auto peer = accept();
  opening.cancel();
  reactor.flush();
  failureResultOf<CancelledError>(opening);
  EXPECT_FALSE(peer.connected());
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, AnExceptionOutOfOpenedIsTheFailure) {
  script.whenOpened = [](WebSocketProtocol&) { throw std::runtime_error("no room left"); };
  auto opening = connect();
  auto peer = accept();
  open(peer);
  EXPECT_EQ(failureResultOf<std::runtime_error>(opening).message(), "no room left");
  EXPECT_THAT(said(peer), ElementsAre("close 1011: "));
  EXPECT_FALSE(peer.connected());
  EXPECT_THAT(script.heard, ElementsAre("opened", "closed"));
  EXPECT_TRUE(script.destroyed);
}

TEST_F(WebSocketClientTest, AReactorThatGoesTakesAllAlong) {
  Deferred<Speaker*> waiting = [&] {
    testing::MemoryReactor brief;
    return connectWebSocket(brief, "ws://poems.example/", std::make_unique<Speaker>(script));
  }();
  EXPECT_TRUE(script.destroyed);
  failureResultOf(waiting);
}

// Conversations

TEST_F(WebSocketClientTest, AConversationIsOpened) {
  auto opening = connectWebSocket(reactor, "ws://poems.example/", options);
  auto peer = accept();
  send(peer, switching(peer) + frames::fromServer(frames::kText, "hello"));
  peer.clear();
  WebSocket socket = successResultOf(opening);
  EXPECT_TRUE(socket.open());
  EXPECT_EQ(successResultOf(socket.receive())->payload, "hello");
  successResultOf(socket.send("world"));
  reactor.flush();
  EXPECT_THAT(said(peer), ElementsAre("text world"));
}

TEST_F(WebSocketClientTest, AConversationThatNobodyTakesIsClosed) {
  connectWebSocket(reactor, "ws://poems.example/", options);
  auto peer = accept();
  open(peer);
  EXPECT_THAT(said(peer), ElementsAre("close 1000: "));
}

TEST_F(WebSocketClientTest, AConversationThatIsGivenUpLeavesNothingBehind) {
  auto opening = connectWebSocket(reactor, "ws://poems.example/", options);
  auto peer = accept();
  std::move(opening).discard();
  reactor.flush();
  EXPECT_FALSE(peer.connected());
  EXPECT_EQ(reactor.delayedCalls(), 0u);
}

Deferred<void> hearBack(Reactor& reactor, const WebSocketClientOptions& options, std::string text) {
  WebSocket socket = co_await connectWebSocket(reactor, "ws://127.0.0.1:8765/", options);
  co_await socket.send(text);
  const auto answer = co_await socket.receive();
  EXPECT_EQ(answer->payload, text);
  const WebSocketClosed why = co_await socket.close();
  EXPECT_TRUE(why.wasClean());
}

class Echo : public WebSocketProtocol {
  void textReceived(std::string_view text) override { send(text); }
};

struct BothCompressions {
  WebSocketCompression server;
  WebSocketCompression client;
};

class CompressionTest : public ::testing::TestWithParam<BothCompressions> {};

Deferred<void> talk(Reactor& reactor, const WebSocketClientOptions& options) {
  WebSocket socket = co_await connectWebSocket(reactor, "ws://127.0.0.1:8765/", options);
  EXPECT_TRUE(socket.compressed());
  std::string text;
  for (int i = 0; i < 10; ++i) {
    for (int j = 0; j < 1000; ++j) text += std::to_string(i * j) + " swallows; ";
    co_await socket.send(text);
    const auto answer = co_await socket.receive();
    EXPECT_EQ(answer->payload, text);
  }
  co_await socket.close();
}

TEST_P(CompressionTest, IsUnderstoodHoweverItIsAgreedOn) {
  testing::MemoryReactor reactor;
  WebSocketServerOptions serverOptions;
  serverOptions.socket.compression = GetParam().server;
  WebSocketClientOptions clientOptions;
  clientOptions.socket.compression = GetParam().client;
  reactor.listenTCP(8765, webSocketFactoryOf<Echo>(serverOptions));
  auto talking = talk(reactor, clientOptions);
  reactor.flush();
  successResultOf(talking);
}

constexpr WebSocketCompression kDefault{};
constexpr WebSocketCompression kSmall{.serverMaxWindowBits = 9, .clientMaxWindowBits = 10};
constexpr WebSocketCompression kSmallest{.serverMaxWindowBits = 8, .clientMaxWindowBits = 8};
constexpr WebSocketCompression kForgetting{.serverContextTakeover = false,
                                           .clientContextTakeover = false};
constexpr WebSocketCompression kServerForgets{.serverContextTakeover = false, .level = 1};
constexpr WebSocketCompression kClientForgets{.clientContextTakeover = false, .memoryLevel = 1};

INSTANTIATE_TEST_SUITE_P(OfBoth, CompressionTest,
                         ::testing::Values(BothCompressions{kDefault, kDefault},
                                           BothCompressions{kSmall, kDefault},
                                           BothCompressions{kDefault, kSmall},
                                           BothCompressions{kSmallest, kDefault},
                                           BothCompressions{kDefault, kSmallest},
                                           BothCompressions{kSmallest, kForgetting},
                                           BothCompressions{kForgetting, kDefault},
                                           BothCompressions{kDefault, kForgetting},
                                           BothCompressions{kServerForgets, kClientForgets},
                                           BothCompressions{kClientForgets, kServerForgets}));

TEST_F(WebSocketClientTest, ServersAndClientsUnderstandEachOther) {
  options.socket.compression.emplace();
  auto sockets = webSocketsOf<Echo>({.socket = options.socket});
  reactor.listenTCP(8765, newWebSocketFactory(sockets));
  for (const std::string& text : {std::string("hello"), std::string(100'000, 'x')}) {
    auto done = hearBack(reactor, options, text);
    reactor.flush();
    successResultOf(done);
  }
  EXPECT_EQ(sockets->size(), 0u);
}

}  // namespace
}  // namespace couplet
