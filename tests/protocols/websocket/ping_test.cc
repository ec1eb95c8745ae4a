// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Pings that a program sends, and who answers them.
#include <deque>
#include <stdexcept>

#include <gmock/gmock.h>

#include "speaker.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class WebSocketPingTest : public SpeakerTest {
 protected:
  WebSocketPingTest() { open(); }

  /// What a ping carries that is sent now.
  std::string payloadOf(const std::vector<std::string>& frames) {
    EXPECT_THAT(frames, SizeIs(1));
    return frames.at(0).substr(std::string("ping ").size());
  }
};

TEST_F(WebSocketPingTest, APingFiresWithTheTimeThatItTook) {
  auto answer = socket->ping();
  const std::string payload = payloadOf(said());
  advance(30ms);
  testing::assertNoResult(answer);
  receive(frames::kPong, payload);
  EXPECT_EQ(testing::successResultOf(answer), 30ms);
}

TEST_F(WebSocketPingTest, APongAnswersThePingsBeforeItsOwn) {
  auto first = socket->ping();
  sent();
  advance(10ms);
  auto second = socket->ping();
  const std::string payload = payloadOf(said());
  auto third = socket->ping();
  advance(10ms);
  receive(frames::kPong, payload);
  EXPECT_EQ(testing::successResultOf(first), 20ms);
  EXPECT_EQ(testing::successResultOf(second), 10ms);
  testing::assertNoResult(third);
  std::move(third).discard();
}

TEST_F(WebSocketPingTest, PongsThatAnswerNoPingAreHeardAndAnswerNone) {
  auto answer = socket->ping();
  const std::string payload = payloadOf(said());
  for (const std::string& other : {std::string(), payload + "0", payload + "x", "x" + payload,
                                   std::string(40, '9'), "-" + payload, std::string("0")}) {
    receive(frames::kPong, other);
    EXPECT_EQ(script.heard.back(), "pong " + other);
  }
  testing::assertNoResult(answer);
  receive(frames::kPong, payload);
  testing::successResultOf(answer);
}

TEST_F(WebSocketPingTest, APongThatComesTwiceAnswersOnce) {
  auto answer = socket->ping();
  const std::string payload = payloadOf(said());
  receive(frames::kPong, payload);
  testing::successResultOf(answer);
  auto next = socket->ping();
  receive(frames::kPong, payload);
  testing::assertNoResult(next);
  std::move(next).discard();
}

TEST_F(WebSocketPingTest, APongThatWasGuessedTakesNoNegativeTime) {
  script.whenText = [](WebSocketProtocol& self, auto) { self.transport().pauseProducing(); };
  receiveBytes(frames::fromClient(frames::kText, "wait") + frames::fromClient(frames::kPong, "1"));
  advance(1s);
  auto answer = socket->ping();
  transport.resumeProducing();
  transport.turn();
  EXPECT_GE(testing::successResultOf(answer), Duration::zero());
}

TEST_F(WebSocketPingTest, NoMoreThanTheLimitWait) {
  std::deque<Deferred<Duration>> answers;
  for (std::size_t i = 0; i < WebSocketProtocol::kMostPings; ++i) {
    answers.push_back(socket->ping());
  }
  EXPECT_THAT(said(), SizeIs(WebSocketProtocol::kMostPings));
  testing::failureResultOf<std::length_error>(socket->ping());
  EXPECT_EQ(sent(), "");
  receive(frames::kPong, "1");
  testing::successResultOf(answers.front());
  answers.push_back(socket->ping());
  testing::assertNoResult(answers.back());
  for (std::size_t i = 1; i < answers.size(); ++i) std::move(answers[i]).discard();
}

TEST_F(WebSocketPingTest, WhoGaveUpWaitingIsNotAnswered) {
  auto answer = socket->ping();
  auto other = socket->ping();
  answer.cancel();
  testing::failureResultOf<CancelledError>(answer);
  receive(frames::kPong, "2");
  testing::successResultOf(other);
}

TEST_F(WebSocketPingTest, APingFailsWhenTheWebSocketIsLost) {
  auto answer = socket->ping();
  receiveClose(4000, "enough");
  EXPECT_EQ(testing::failureResultOf<WebSocketClosed>(answer).message(), script.why->what());
}

TEST_F(WebSocketPingTest, APingThatWaitsWhenThisSideClosesFailsAtTheEnd) {
  auto answer = socket->ping();
  socket->close();
  receive(frames::kPong, "1");
  testing::assertNoResult(answer);
  receiveClose(1000);
  testing::failureResultOf<WebSocketClosed>(answer);
}

TEST_F(WebSocketPingTest, WhoIsAnsweredMayClose) {
  auto first = socket->ping().addCallback([this](Duration) { socket->close(CloseReason(4000)); });
  auto second = socket->ping();
  sent();
  receive(frames::kPong, "2");
  testing::successResultOf(first);
  testing::successResultOf(second);
  EXPECT_THAT(said(), ElementsAre("close 4000: "));
}

TEST_F(WebSocketPingTest, WhoIsAnsweredMayPingAgain) {
  std::optional<Deferred<Duration>> next;
  auto first = socket->ping().addCallback([&](Duration) { next = socket->ping(); });
  receive(frames::kPong, "1");
  testing::successResultOf(first);
  receive(frames::kPong, "2");
  testing::successResultOf(*next);
}

}  // namespace
}  // namespace couplet
