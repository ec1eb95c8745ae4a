// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/slow_poetry_protocol.h"

#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <couplet/reactor/testing/string_transport.h>

namespace poetry {

using namespace couplet::testing;
using namespace std::chrono_literals;

class SlowPoetryProtocolTest : public ::testing::Test {
 protected:
  void begin(std::string poem, Pace pace = {.bytes = 3, .delay = 700ms}) {
    protocol = std::make_unique<SlowPoetryProtocol>(
        std::make_shared<const std::string>(std::move(poem)), pace);
    transport.connect(*protocol);
  }
  void wait(couplet::Duration time) { transport.fakeClock().advance(time); }

  StringTransport transport;
  std::unique_ptr<SlowPoetryProtocol> protocol;
};

TEST_F(SlowPoetryProtocolTest, SendsTheFirstBytesAtOnce) {
  begin("abcdefgh");
  EXPECT_EQ(transport.value(), "abc");
}

TEST_F(SlowPoetryProtocolTest, SendsMoreAfterEachDelayAndClosesAfterTheLast) {
  begin("abcdefgh");
  wait(699ms);
  EXPECT_EQ(transport.value(), "abc");
  wait(1ms);
  EXPECT_EQ(transport.value(), "abcdef");
  EXPECT_FALSE(transport.disconnecting());
  wait(700ms);
  EXPECT_EQ(transport.value(), "abcdefgh");
  EXPECT_TRUE(transport.disconnecting());
}

TEST_F(SlowPoetryProtocolTest, CountsBytesAndNotCharacters) {
  begin("éé");
  EXPECT_EQ(transport.value(), std::string("éé").substr(0, 3));
}

TEST_F(SlowPoetryProtocolTest, AnEmptyPoemIsOverAtOnce) {
  begin("");
  EXPECT_EQ(transport.value(), "");
  EXPECT_TRUE(transport.disconnecting());
}

TEST_F(SlowPoetryProtocolTest, APoemThatEndsWithAPieceNeedsNoFurtherOne) {
  begin("abcdef");
  wait(700ms);
  EXPECT_TRUE(transport.disconnecting());
}

TEST_F(SlowPoetryProtocolTest, SomebodyWhoLeavesEndsTheirTimer) {
  begin("abcdefgh");
  EXPECT_EQ(transport.fakeClock().delayedCalls(), 1u);
  transport.abortConnection();
  transport.turn();
  EXPECT_EQ(transport.fakeClock().delayedCalls(), 0u);
  EXPECT_EQ(transport.value(), "abc");
}

TEST_F(SlowPoetryProtocolTest, WithoutDelayItStillGoesPieceByPiece) {
  begin("abcdefgh", {.bytes = 3, .delay = 0ms});
  EXPECT_EQ(transport.value(), "abc");
  wait(0ms);
  EXPECT_EQ(transport.value(), "abcdefgh");
  EXPECT_TRUE(transport.disconnecting());
}

}  // namespace poetry
