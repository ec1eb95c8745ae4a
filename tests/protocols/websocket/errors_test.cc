// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/errors.h>

#include <gtest/gtest.h>

namespace couplet {
namespace {

using By = WebSocketClosed::By;

TEST(WebSocketErrorsTest, SayWhoClosedAndWhy) {
  const CloseReason reason(CloseReason::kGoingAway, "back in a minute");
  EXPECT_STREQ(WebSocketClosed(By::kOtherSide, reason).what(),
               "the other side closed the WebSocket: 1001 (going away): back in a minute");
  EXPECT_STREQ(WebSocketClosed(By::kThisSide, reason).what(),
               "this side closed the WebSocket: 1001 (going away): back in a minute");
}

TEST(WebSocketErrorsTest, SayWhereNoReasonWasGiven) {
  EXPECT_STREQ(WebSocketClosed(By::kOtherSide, CloseReason(CloseReason::kNoCode)).what(),
               "the other side closed the WebSocket and did not say why");
}

TEST(WebSocketErrorsTest, SayThatThereWasNoClosingHandshake) {
  const WebSocketClosed ended(By::kConnection, CloseReason(CloseReason::kAbnormal));
  EXPECT_STREQ(ended.what(), "the connection of the WebSocket ended without a closing handshake");
  const WebSocketClosed reset(By::kConnection, CloseReason(CloseReason::kAbnormal, "reset"));
  EXPECT_STREQ(reset.what(),
               "the connection of the WebSocket ended without a closing handshake: reset");
  EXPECT_FALSE(ended.wasClean());
}

TEST(WebSocketErrorsTest, AreSafeToShow) {
  EXPECT_STREQ(WebSocketClosed(By::kOtherSide, CloseReason(4000, "a\r\nb")).what(),
               "the other side closed the WebSocket: 4000: a\\x0d\\x0ab");
  EXPECT_STREQ(WebSocketClosed(By::kConnection, CloseReason(1006, "a\nb")).what(),
               "the connection of the WebSocket ended without a closing handshake: a\\x0ab");
}

TEST(WebSocketErrorsTest, BecomeCleanAndStayTheSame) {
  const WebSocketClosed closed(By::kThisSide, CloseReason(4000, "tired"));
  EXPECT_FALSE(closed.wasClean());
  const WebSocketClosed clean = closed.clean();
  EXPECT_TRUE(clean.wasClean());
  EXPECT_EQ(clean.by(), By::kThisSide);
  EXPECT_EQ(clean.reason(), CloseReason(4000, "tired"));
  EXPECT_STREQ(clean.what(), closed.what());
}

TEST(WebSocketErrorsTest, OfTheHandshakeHaveItsStatus) {
  EXPECT_EQ(WebSocketHandshakeError("the server answered 404").status(), 101);
  EXPECT_EQ(WebSocketHandshakeError("the server answered 404", 404).status(), 404);
}

}  // namespace
}  // namespace couplet
