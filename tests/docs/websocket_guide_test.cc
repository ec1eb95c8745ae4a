// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The listings of docs/guide/websocket.md, and tests that run them.
#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/http/site.h>
#include <couplet/protocols/testing/websocket.h>
#include <couplet/protocols/websocket/broadcast.h>
#include <couplet/protocols/websocket/websocket_client.h>
#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {
namespace {

using namespace couplet::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

// [room]
struct Room {
  std::set<WebSocketProtocol*> members;
};

class Talker : public WebSocketProtocol {
 public:
  explicit Talker(Room& room) : room_(room) {}

  void opened() override { room_.members.insert(this); }
  void textReceived(std::string_view text) override {
    broadcast(room_.members, PreparedMessage::text(std::string(text)));
  }
  void closed(const WebSocketClosed&) override { room_.members.erase(this); }

 private:
  Room& room_;
};
// [site]
std::shared_ptr<Site> chatSite(Room& room) {
  auto root = std::make_shared<Resource>();
  root->putChild("chat", std::make_shared<WebSocketResource>(
                             [&room](Request&) { return std::make_unique<Talker>(room); }));
  return std::make_shared<Site>(root);
}
// [conversation]
Deferred<void> sum(WebSocket socket) {
  int total = 0;
  while (auto message = co_await socket.receive()) {
    total += std::stoi(message->payload);
    co_await socket.send(std::to_string(total));
  }
}
// [client]
Deferred<std::string> ask(Reactor& reactor, std::string question) {
  WebSocket socket = co_await connectWebSocket(reactor, "ws://localhost:8765/sum");
  co_await socket.send(question);
  auto answer = co_await socket.receive().addTimeout(5s, reactor);
  co_return answer ? answer->payload : "";
}
// [feed]
class Feed : public WebSocketProtocol {
 public:
  explicit Feed(std::vector<std::string>& heard) : heard_(heard) {}
  void textReceived(std::string_view text) override { heard_.emplace_back(text); }

 private:
  std::vector<std::string>& heard_;
};

Deferred<void> listen(Reactor& reactor, std::vector<std::string>& heard) {
  auto feed = std::make_unique<Feed>(heard);
  Feed* const opened =
      co_await connectWebSocket(reactor, "ws://localhost:8765/chat", std::move(feed));
  const WebSocketClosed why = co_await opened->whenClosed();
  heard.push_back(why.what());
}
// [pieces]
Deferred<void> sendLog(WebSocket& socket, const std::vector<std::string>& lines) {
  socket.beginMessage(WebSocketKind::kText);
  for (const std::string& line : lines) co_await socket.sendPiece(line + "\n");
  co_await socket.endMessage();
}
// [options]
WebSocketServerOptions compressing() {
  WebSocketServerOptions options;
  options.socket.messageLimit = 64 * 1024;
  options.socket.pingInterval = 20s;
  options.socket.compression.emplace().serverContextTakeover = false;
  options.subprotocols = {"chat.v2", "chat.v1"};
  options.origins = {"same", "https://chat.example"};
  return options;
}
// [test]
TEST(TalkerTest, SaysToAllWhatOneSays) {
  Room room;
  StringTransport ada, ben;
  Talker adas(room), bens(room);
  openWebSocket(ada, adas);
  openWebSocket(ben, bens);
  adas.dataReceived(maskedFrame(0x81, "hello"));
  EXPECT_EQ(ada.value(), frame(0x81, "hello"));
  EXPECT_EQ(ben.value(), frame(0x81, "hello"));
}
// [end]

TEST(TalkerTest, LeavesTheRoomWhenItIsClosed) {
  Room room;
  StringTransport ada;
  Talker adas(room);
  openWebSocket(ada, adas);
  ada.abortConnection();
  ada.turn();
  EXPECT_TRUE(room.members.empty());
}

class WebSocketGuideTest : public ::testing::Test {
 protected:
  Room room;
  MemoryReactor reactor;
};

TEST_F(WebSocketGuideTest, TheConversationAnswersTheClient) {
  auto root = std::make_shared<Resource>();
  root->putChild("sum", std::make_shared<WebSocketResource>(conversing(sum)));
  reactor.listenTCP(8765, std::make_shared<Site>(root));
  auto answer = ask(reactor, "17");
  reactor.flush();
  EXPECT_EQ(successResultOf(std::move(answer)), "17");
}

TEST_F(WebSocketGuideTest, TheFeedHearsTheRoomAndItsEnd) {
  reactor.listenTCP(8765, chatSite(room));
  std::vector<std::string> heard;
  auto listening = listen(reactor, heard);
  reactor.flush();
  broadcast(room.members, PreparedMessage::text("news"));
  reactor.flush();
  for (WebSocketProtocol* member : room.members) {
    member->close(CloseReason(CloseReason::kGoingAway, "good night"));
  }
  reactor.flush();
  successResultOf(std::move(listening));
  EXPECT_THAT(heard, ElementsAre("news",
                                 "the other side closed the WebSocket: 1001 (going away): "
                                 "good night"));
}

TEST_F(WebSocketGuideTest, ALogIsOneMessage) {
  AccumulatingWebSocket* reader = nullptr;
  reactor.listenTCP(8765, newWebSocketFactory(std::make_shared<WebSocketResource>([&](Request&) {
                      auto made = std::make_unique<AccumulatingWebSocket>();
                      reader = made.get();
                      return made;
                    })));
  auto connected = connectWebSocket(reactor, "ws://localhost:8765/");
  reactor.flush();
  WebSocket socket = successResultOf(std::move(connected));
  auto sent = sendLog(socket, {"one", "two"});
  reactor.flush();
  successResultOf(std::move(sent));
  EXPECT_THAT(reader->messages, ElementsAre(WebSocketMessage{WebSocketKind::kText, "one\ntwo\n"}));
}

TEST_F(WebSocketGuideTest, TheOptionsCanBe) {
  EXPECT_NO_THROW(webSocketsOf<AccumulatingWebSocket>(compressing()));
}

}  // namespace
}  // namespace couplet
