// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// WebSockets on real connections: a LibeventReactor, both ends in one program, port 0.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/protocols/websocket/websocket_client.h>
#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/reactor.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMebibyte = 1024 * 1024;

/// Counts up, so that deflating leaves about a third, and what is out of place shows.
std::string numbersOf(std::size_t size) {
  std::string text;
  text.reserve(size + 20);
  for (std::uint64_t i = 0; text.size() < size; ++i) text += std::to_string(i * 2'654'435'761u);
  text.resize(size);
  return text;
}

Deferred<void> echo(WebSocket socket) {
  while (auto message = co_await socket.receive()) {
    if (message->isText()) {
      co_await socket.send(message->payload);
    } else {
      co_await socket.sendBinary(message->payload);
    }
  }
}

class WebSocketTcpTest : public ::testing::Test {
 protected:
  /// Serves echoes.
  void serve(WebSocketServerOptions options) {
    sockets = std::make_shared<WebSocketResource>(conversing(echo), std::move(options));
    port = reactor->listenTCP(0, newWebSocketFactory(sockets), {.interface = "127.0.0.1"});
  }
  Deferred<WebSocket> connect(const WebSocketClientOptions& options) {
    return connectWebSocket(
        *reactor, "ws://127.0.0.1:" + std::to_string(port->getHost().port) + "/", options);
  }

  /// Runs the reactor until `work`, which `begin` gives when it runs, has ended with success.
  template <class Begin>
  void run(Begin begin) {
    std::optional<Failure> failed;
    bool ended = false;
    reactor->callWhenRunning([&] {
      begin().addErrback([&](const Failure& failure) { failed = failure; }).addCallback([&] {
        ended = true;
        reactor->stop();
      });
    });
    reactor->callLater(60s, [this] { reactor->stop(); });
    reactor->run();
    EXPECT_TRUE(ended);
    EXPECT_FALSE(failed) << *failed;
  }

  std::unique_ptr<Reactor> reactor = newReactor({.handleSignals = false});
  std::shared_ptr<WebSocketResource> sockets;
  std::shared_ptr<ListeningPort> port;
};

/// Sends `payload` as both kinds, hears it back, and closes.
Deferred<void> hearBack(Deferred<WebSocket> connecting, const std::string& payload) {
  WebSocket socket = co_await std::move(connecting);
  co_await socket.send(payload);
  const auto text = co_await socket.receive();
  EXPECT_TRUE(text && text->isText() && text->payload == payload);
  co_await socket.sendBinary(payload);
  const auto bytes = co_await socket.receive();
  EXPECT_TRUE(bytes && !bytes->isText() && bytes->payload == payload);
  const WebSocketClosed why = co_await socket.close();
  EXPECT_TRUE(why.wasClean());
}

TEST_F(WebSocketTcpTest, AnEchoOf16MebibytesComesBack) {
  WebSocketClientOptions options;
  options.socket.messageLimit = 16 * kMebibyte;
  serve({.socket = options.socket});
  const std::string payload = numbersOf(16 * kMebibyte);
  run([&] { return hearBack(connect(options), payload); });
  EXPECT_EQ(sockets->size(), 0u);
}

TEST_F(WebSocketTcpTest, ACompressedEchoOf16MebibytesComesBack) {
  WebSocketClientOptions options;
  options.socket.messageLimit = 16 * kMebibyte;
  options.socket.compression = WebSocketCompression{.level = 1};
  serve({.socket = options.socket});
  const std::string payload = numbersOf(16 * kMebibyte);
  run([&] { return hearBack(connect(options), payload); });
  EXPECT_EQ(sockets->size(), 0u);
}

TEST_F(WebSocketTcpTest, AnEchoInFragmentsComesBack) {
  WebSocketClientOptions options;
  options.socket.fragmentSize = 1000;
  serve({.socket = options.socket});
  const std::string payload = numbersOf(kMebibyte);
  run([&] { return hearBack(connect(options), payload); });
}

TEST_F(WebSocketTcpTest, ManyClientsHearTheirEchoes) {
  const WebSocketClientOptions options;
  serve({});
  const std::string payload = numbersOf(10'000);
  run([&] {
    std::vector<Deferred<void>> clients;
    for (int i = 0; i < 50; ++i) clients.push_back(hearBack(connect(options), payload));
    return gatherResults(std::move(clients));
  });
  EXPECT_EQ(sockets->size(), 0u);
}

Deferred<void> waitForTheEnd(Deferred<WebSocket> connecting, int& ended) {
  WebSocket socket = co_await std::move(connecting);
  co_await socket.send("hello");
  while (co_await socket.receive()) {
  }
  ++ended;
}

/// Closes all of `sockets` once there are `count`.
Deferred<void> closeOnce(Reactor& reactor, WebSocketResource& sockets, std::size_t count) {
  while (sockets.size() < count) co_await deferLater(reactor, 1ms);
  co_await sockets.close();
}

TEST_F(WebSocketTcpTest, AShutdownReachesAllClients) {
  const WebSocketClientOptions options;
  serve({});
  int ended = 0;
  run([&] {
    std::vector<Deferred<void>> all;
    for (int i = 0; i < 10; ++i) all.push_back(waitForTheEnd(connect(options), ended));
    all.push_back(closeOnce(*reactor, *sockets, 10));
    return gatherResults(std::move(all));
  });
  EXPECT_EQ(ended, 10);
  EXPECT_EQ(sockets->size(), 0u);
}

Deferred<void> keep(Deferred<WebSocket> connecting, WebSocket& kept) {
  kept = co_await std::move(connecting);
}

TEST_F(WebSocketTcpTest, AReactorThatGoesTakesItsWebSocketsAlong) {
  const WebSocketClientOptions options;
  std::vector<WebSocket> served;
  sockets = std::make_shared<WebSocketResource>(conversing([&](WebSocket socket) {
    served.push_back(std::move(socket));
    return succeed();
  }));
  port = reactor->listenTCP(0, newWebSocketFactory(sockets), {.interface = "127.0.0.1"});
  WebSocket kept;
  run([&] { return keep(connect(options), kept); });
  port.reset();
  reactor.reset();
  EXPECT_FALSE(kept.open());
  EXPECT_FALSE(served.at(0).open());
  EXPECT_EQ(sockets->size(), 0u);
}

}  // namespace
}  // namespace couplet
