// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The memory that compression takes, and gives back: every `new` of this program is counted.
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/protocols/support/counted_heap.h"
#include "tests/protocols/websocket/speaker.h"

namespace couplet {
namespace {

using testing::AccumulatingWebSocket;

/// Both ends of a WebSocket.
struct Pair {
  Pair(Clock& clock, const WebSocketOptions& options) : serverSide(clock), clientSide(clock) {
    testing::openWebSocket(serverSide, server, {WebSocketSide::kServer, options, ""});
    testing::openWebSocket(clientSide, client, {WebSocketSide::kClient, options, ""});
  }

  /// Each gets what the other has written.
  void move() {
    const std::string toClient(serverSide.value());
    const std::string toServer(clientSide.value());
    serverSide.clear();
    clientSide.clear();
    if (!toClient.empty()) client.dataReceived(toClient);
    if (!toServer.empty()) server.dataReceived(toServer);
  }

  /// Both send `text`, and hear it.
  void exchange(const std::string& text) {
    testing::successResultOf(server.send(text));
    testing::successResultOf(client.send(text));
    move();
    const WebSocketMessage expected{WebSocketKind::kText, text};
    ASSERT_EQ(server.messages, std::vector{expected});
    ASSERT_EQ(client.messages, std::vector{expected});
    server.messages = client.messages = {};
  }

  testing::StringTransport serverSide;
  testing::StringTransport clientSide;
  AccumulatingWebSocket server;
  AccumulatingWebSocket client;
};

class WebSocketRestTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kPairs = 20;
  static constexpr std::size_t kWindow = 32 * 1024;
  static constexpr std::size_t kDeflater = 256 * 1024;

  WebSocketRestTest() {
    options.pingInterval = 1s;
    options.restAfter = 5s;
    options.compression.emplace();
  }

  /// Both ends of each have sent a long message.
  void open() {
    for (std::size_t i = 0; i < kPairs; ++i) {
      pairs.push_back(std::make_unique<Pair>(clock, options));
      if (i == 0) pairs[0]->exchange(text);  // what the thread keeps
    }
    before = heap.live;
    for (auto& pair : pairs) pair->exchange(text);
  }
  void advance(Duration by) {
    for (Duration passed{}; passed < by; passed += 500ms) {
      clock.advance(500ms);
      for (auto& pair : pairs) pair->move();
    }
  }
  std::size_t heldByEach() const { return (heap.live - before) / kPairs; }

  testing::FakeClock clock;
  WebSocketOptions options;
  std::vector<std::unique_ptr<Pair>> pairs;
  std::size_t before = 0;
  const std::string text = std::string(5000, 'a') + std::string(5000, 'b');
};

TEST_F(WebSocketRestTest, WhoTalksHoldsMemory) {
  open();
  EXPECT_GE(heldByEach(), 2 * kDeflater);
  for (int i = 0; i < 5; ++i) {
    advance(4s);
    for (auto& pair : pairs) pair->exchange(text);
  }
  EXPECT_GE(heldByEach(), 2 * kDeflater);
}

TEST_F(WebSocketRestTest, WhoIsSilentGivesItBackThoughPingsGoOn) {
  open();
  advance(4500ms);
  EXPECT_GE(heldByEach(), 2 * kDeflater);
  advance(1s);
  EXPECT_LE(heldByEach(), 3 * kWindow);
}

TEST_F(WebSocketRestTest, ItIsGivenBackWithoutPingsToo) {
  options.pingInterval.reset();
  open();
  advance(6s);
  EXPECT_LE(heldByEach(), 3 * kWindow);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(WebSocketRestTest, MessagesAfterARestAreUnderstood) {
  open();
  for (int i = 0; i < 3; ++i) {
    advance(6s);
    for (auto& pair : pairs) pair->exchange(text);
    for (auto& pair : pairs) pair->exchange(text);
  }
  advance(6s);
  EXPECT_LE(heldByEach(), 3 * kWindow);
}

TEST_F(WebSocketRestTest, AMessageInPiecesIsNotTornByARest) {
  open();
  Pair& pair = *pairs[0];
  pair.server.beginMessage(WebSocketKind::kText);
  testing::successResultOf(pair.server.sendPiece(text));
  advance(20s);
  testing::successResultOf(pair.server.sendPiece(text));
  testing::successResultOf(pair.server.endMessage());
  pair.move();
  EXPECT_EQ(pair.client.messages.at(0).payload, text + text);
}

TEST_F(WebSocketRestTest, AMessageThatComesSlowlyIsNotTornByARest) {
  options.pingInterval.reset();
  open();
  Pair& pair = *pairs[0];
  std::string numbers;
  for (unsigned i = 0; i < 20'000; ++i) numbers += std::to_string(i * 2'654'435'761u);
  testing::successResultOf(pair.server.send(numbers));
  const std::string frame(pair.serverSide.value());
  pair.client.dataReceived(frame.substr(0, 50'000));
  clock.advance(20s);
  pair.client.dataReceived(frame.substr(50'000));
  ASSERT_EQ(pair.client.messages.size(), 1u);
  EXPECT_EQ(pair.client.messages[0].payload, numbers);
}

}  // namespace
}  // namespace couplet
