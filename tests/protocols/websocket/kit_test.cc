// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The kit for tests of what speaks on a WebSocket: protocols/testing/websocket.h.
#include <couplet/protocols/testing/websocket.h>

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace couplet::testing {
namespace {

using ::testing::ElementsAre;

TEST(WebSocketKitTest, FramesAreThoseOfTheRFC) {
  EXPECT_EQ(frame(0x81, "Hello"), "\x81\x05Hello");
  EXPECT_EQ(maskedFrame(0x81, "Hello"), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  EXPECT_EQ(frame(0x01, "Hel"), "\x01\x03Hel");
  EXPECT_EQ(frame(0xf3, ""), std::string("\xf3\0", 2));
}

TEST(WebSocketKitTest, LongFramesSayTheirLength) {
  const std::string medium(256, 'x');
  const std::string large(65536, 'x');
  EXPECT_EQ(frame(0x82, medium), "\x82\x7e\x01" + std::string(1, '\0') + medium);
  EXPECT_EQ(frame(0x82, large), "\x82\x7f" + std::string("\0\0\0\0\0\x01\0\0", 8) + large);
}

TEST(WebSocketKitTest, TheReasonOfACloseIsACodeAndAText) {
  EXPECT_EQ(closePayload(1000), "\x03\xe8");
  EXPECT_EQ(closePayload(4001, "bye"),
            "\x0f\xa1"
            "bye");
}

TEST(WebSocketKitTest, OneKeepsWhatCame) {
  StringTransport transport;
  AccumulatingWebSocket socket;
  openWebSocket(transport, socket);
  EXPECT_EQ(socket.timesOpened, 1);
  socket.dataReceived(maskedFrame(0x81, "text") + maskedFrame(0x82, "bytes"));
  socket.dataReceived(maskedFrame(0x8a, "here") + maskedFrame(0x88, closePayload(1001)));
  transport.turn();
  EXPECT_THAT(socket.messages, ElementsAre(WebSocketMessage{WebSocketKind::kText, "text"},
                                           WebSocketMessage{WebSocketKind::kBinary, "bytes"}));
  EXPECT_THAT(socket.pongs, ElementsAre("here"));
  EXPECT_EQ(socket.why->reason().code(), CloseReason::kGoingAway);
}

class Echo : public WebSocketProtocol {
  void textReceived(std::string_view text) override { send(text); }
};

TEST(WebSocketKitTest, AnEchoIsTestedInFourLines) {
  StringTransport transport;
  Echo echo;
  openWebSocket(transport, echo);
  echo.dataReceived(maskedFrame(0x81, "hello"));
  EXPECT_EQ(transport.value(), frame(0x81, "hello"));
}

TEST(WebSocketKitTest, AClientIsOpenedLikewise) {
  StringTransport transport;
  AccumulatingWebSocket socket;
  openWebSocket(transport, socket, {.side = WebSocketSide::kClient, .subprotocol = "chat"});
  EXPECT_EQ(socket.subprotocol(), "chat");
  socket.dataReceived(frame(0x81, "hello"));
  EXPECT_EQ(socket.messages.at(0).payload, "hello");
}

}  // namespace
}  // namespace couplet::testing
