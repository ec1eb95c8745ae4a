// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a WebSocket does when time passes.
#include <deque>
#include <stdexcept>

#include <gmock/gmock.h>

#include <couplet/protocols/websocket/detail/handshake.h>
#include <couplet/protocols/websocket/detail/open_websockets.h>
#include "speaker.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::successResultOf;

class WebSocketTimesTest : public SpeakerTest {
 protected:
  static constexpr Duration kLittle = detail::OpenWebSockets::kGrain;

  /// Time passes up to just before that, and a little more.
  void advanceAlmost(Duration by) { advance(by - 1ms); }
  void advanceALittle() { advance(kLittle + 1ms); }
};

TEST_F(WebSocketTimesTest, WhoIsSilentIsPinged) {
  options.pingInterval = 10s;
  open();
  advanceAlmost(10s);
  EXPECT_THAT(said(), IsEmpty());
  advanceALittle();
  EXPECT_THAT(said(), ElementsAre("ping "));
}

TEST_F(WebSocketTimesTest, WhoIsSilentIsPingedAfterAMinuteUnlessItIsSaidOtherwise) {
  open();
  advanceAlmost(60s);
  EXPECT_THAT(said(), IsEmpty());
  advanceALittle();
  EXPECT_THAT(said(), ElementsAre("ping "));
}

TEST_F(WebSocketTimesTest, WhoSaysSomethingIsNotPinged) {
  options.pingInterval = 10s;
  open();
  for (int i = 0; i < 10; ++i) {
    advance(9s);
    receiveText("hello");
  }
  EXPECT_THAT(said(), IsEmpty());
}

TEST_F(WebSocketTimesTest, SilenceCountsFromTheLastBytes) {
  options.pingInterval = 10s;
  open();
  advance(9s);
  receiveBytes(frames::fromClient(frames::kText, "hello").substr(0, 1));
  advanceAlmost(10s);
  EXPECT_THAT(said(), IsEmpty());
  advanceALittle();
  EXPECT_THAT(said(), ElementsAre("ping "));
}

TEST_F(WebSocketTimesTest, WhoAnswersAPingIsKeptAndPingedAgain) {
  options.pingInterval = 10s;
  options.pongTimeout = 2s;
  open();
  for (int i = 0; i < 5; ++i) {
    advanceAlmost(10s);
    advanceALittle();
    EXPECT_THAT(said(), ElementsAre("ping "));
    receive(frames::kPong, "");
  }
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketTimesTest, AnyBytesAnswerAPing) {
  options.pingInterval = 10s;
  options.pongTimeout = 2s;
  open();
  advance(10s);
  EXPECT_THAT(said(), ElementsAre("ping "));
  advance(1s);
  receiveBytes(frames::fromClient(frames::kText, "hello").substr(0, 3));
  advance(5s);
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketTimesTest, WhoDoesNotAnswerAPingIsGivenUp) {
  options.pingInterval = 10s;
  options.pongTimeout = 2s;
  open();
  advance(10s);
  advanceAlmost(2s);
  EXPECT_TRUE(socket->open());
  advanceALittle();
  EXPECT_TRUE(transport.aborted());
  EXPECT_TRUE(transport.lossReason()->check<TimeoutError>());
  EXPECT_EQ(script.why->by(), WebSocketClosed::By::kConnection);
  EXPECT_THAT(script.why->reason().text(), HasSubstr("pong"));
}

TEST_F(WebSocketTimesTest, APatienceThatIsLongerThanTheIntervalDelaysNoPing) {
  options.pingInterval = 5s;
  options.pongTimeout = 20s;
  open();
  for (int i = 0; i < 4; ++i) {
    advance(5s);
    EXPECT_THAT(said(), ElementsAre("ping "));
    receive(frames::kPong, "");
  }
}

TEST_F(WebSocketTimesTest, APatienceThatIsLongerThanTheIntervalIsKept) {
  options.pingInterval = 5s;
  options.pongTimeout = 20s;
  open();
  for (int i = 0; i < 24; ++i) advance(1s);
  EXPECT_TRUE(socket->open());
  EXPECT_THAT(said(), ElementsAre("ping "));
  advance(1s);
  advanceALittle();
  EXPECT_TRUE(transport.aborted());
}

TEST_F(WebSocketTimesTest, WithoutAnIntervalNothingIsAskedAndNoTimerRuns) {
  options.pingInterval.reset();
  open();
  EXPECT_EQ(transport.fakeClock().delayedCalls(), 0u);
  advance(1000h);
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_TRUE(socket->open());
}

// Where nothing is read

TEST_F(WebSocketTimesTest, WhoIsNotReadIsNotAsked) {
  options.pingInterval = 10s;
  open();
  transport.pauseProducing();
  for (int i = 0; i < 20; ++i) advance(10s);
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketTimesTest, WhoIsReadAgainHasTimeToSaySomething) {
  options.pingInterval = 10s;
  options.pongTimeout = 2s;
  open();
  advance(10s);
  transport.pauseProducing();
  for (int i = 0; i < 5; ++i) advance(10s);
  transport.resumeProducing();
  advance(9s);
  EXPECT_THAT(said(), ElementsAre("ping "));
  EXPECT_TRUE(socket->open());
  advance(11s);
  EXPECT_THAT(said(), ElementsAre("ping "));
}

TEST_F(WebSocketTimesTest, WhoReadsSlowlyIsKept) {
  options.pingInterval = 10s;
  open();
  transport.setThrottled(true);
  for (std::size_t left = 20; left > 0; --left) {
    transport.setUnsent(left * 1000);
    advance(10s);
  }
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketTimesTest, WhoReadsAsMuchAsIsWrittenIsKept) {
  options.pingInterval = 10s;
  options.pongTimeout = 15s;
  open();
  transport.setUnsent(1000);
  for (int i = 0; i < 20; ++i) {
    successResultOf(socket->sendBinary("more"));
    advance(10s);
  }
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketTimesTest, WhoReadsNothingIsNotGivenUpSoonerThanWhoIsSilent) {
  options.pingInterval = 10s;
  options.pongTimeout = 25s;
  open();
  transport.setThrottled(true);
  transport.setUnsent(100'000);
  for (int i = 0; i < 3; ++i) advance(10s);
  EXPECT_TRUE(socket->open());
  advance(10s);
  EXPECT_TRUE(transport.aborted());
}

TEST_F(WebSocketTimesTest, WhoIsBusyIsKeptHoweverOftenItIsThrottled) {
  options.pingInterval = 10s;
  options.pongTimeout = 5s;
  open();
  for (int i = 0; i < 10; ++i) {
    auto taken = socket->sendBinary(std::string(100'000, 'x'));
    transport.setThrottled(true);
    transport.setUnsent(100'000);
    advance(10s);
    transport.setThrottled(false);
    transport.setUnsent(0);
    receiveText("hello");
    advance(5s);
  }
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketTimesTest, WhoTakesWhatItIsSentIsThereThoughItSaysNothing) {
  options.pingInterval = 10s;
  options.pongTimeout = 5s;
  open();
  for (std::size_t left = 60; left > 0; --left) {
    transport.setUnsent(left * 1000);
    advance(1s);
  }
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketTimesTest, WhoSaysMuchAndReadsNothingIsGivenUp) {
  options.pingInterval = 10s;
  options.pongTimeout = 5s;
  open();
  transport.setUnsent(100'000);
  for (int i = 0; i < 5; ++i) {
    receive(frames::kPong, "");
    advance(9s);
  }
  EXPECT_TRUE(transport.aborted());
}

TEST_F(WebSocketTimesTest, WhoReadsNothingIsGivenUp) {
  options.pingInterval = 10s;
  options.pongTimeout = 5s;
  open();
  transport.setThrottled(true);
  transport.setUnsent(100'000);
  advance(10s);
  EXPECT_TRUE(socket->open());
  advance(10s);
  EXPECT_TRUE(transport.aborted());
  EXPECT_THAT(script.why->reason().text(), HasSubstr("read"));
}

// Closing

TEST_F(WebSocketTimesTest, AServerDoesNotWaitForEverToSayThatItHasHeard) {
  options.closeTimeout = 3s;
  open();
  transport.setUnsent(100'000);
  auto taken = socket->send("much");
  receiveClose(1000);
  EXPECT_FALSE(transport.disconnected());
  advanceAlmost(3s);
  EXPECT_FALSE(transport.disconnected());
  advanceALittle();
  EXPECT_TRUE(transport.aborted());
  testing::failureResultOf<WebSocketClosed>(taken);
}

TEST_F(WebSocketTimesTest, OneThatIsClosingIsNotAsked) {
  options.pingInterval = 10s;
  options.closeTimeout = 100s;
  open();
  socket->close();
  EXPECT_THAT(said(), ElementsAre("close 1000: "));
  for (int i = 0; i < 9; ++i) advance(10s);
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_FALSE(transport.disconnected());
}

TEST_F(WebSocketTimesTest, ATimeThatIsForEverNeverComes) {
  options.pingInterval = 10s;
  options.pongTimeout = Duration::max();
  options.closeTimeout = Duration::max();
  options.restAfter = Duration::max();
  options.compression.emplace();
  open();
  receiveText("hello");
  for (int i = 0; i < 20; ++i) advance(10s);
  EXPECT_THAT(said(), ElementsAre("ping "));
  socket->close();
  advance(1000h);
  EXPECT_FALSE(transport.disconnected());
}

TEST_F(WebSocketTimesTest, TimesThatCannotBeAreRefused) {
  options.closeTimeout = 0s;
  EXPECT_THROW(open(), std::invalid_argument);
  options = {};
  options.pongTimeout = -1s;
  EXPECT_THROW(open(), std::invalid_argument);
  options = {};
  options.pingInterval = 0s;
  EXPECT_THROW(open(), std::invalid_argument);
  options = {};
  options.restAfter = 0s;
  EXPECT_THROW(open(), std::invalid_argument);
}

// Many

/// Many of one resource, opened a millisecond after each other.
class ManyWebSocketsTest : public ::testing::Test {
 protected:
  static constexpr int kMany = 100;

  ManyWebSocketsTest() {
    options.pingInterval = 10s;
    all = std::make_shared<detail::OpenWebSockets>(options);
    for (int i = 0; i < kMany; ++i) {
      transports.emplace_back(clock);
      sockets.push_back(std::make_unique<testing::AccumulatingWebSocket>());
      sockets.back()->agreed(WebSocketSide::kServer, all, {});
      transports.back().connect(*sockets.back());
      clock.advance(1ms);
    }
  }

  std::size_t pinged() const {
    std::size_t count = 0;
    for (const auto& transport : transports) count += transport.value().size() / kPing.size();
    return count;
  }

  const std::string kPing = frames::fromServer(frames::kPing, "");
  testing::FakeClock clock;
  WebSocketOptions options;
  std::shared_ptr<detail::OpenWebSockets> all;
  std::deque<testing::StringTransport> transports;
  std::vector<std::unique_ptr<testing::AccumulatingWebSocket>> sockets;
};

TEST_F(ManyWebSocketsTest, TheyShareOneTimer) {
  EXPECT_EQ(clock.delayedCalls(), 1u);
  clock.advance(20s);
  EXPECT_EQ(pinged(), kMany);
  EXPECT_EQ(clock.delayedCalls(), 1u);
}

TEST_F(ManyWebSocketsTest, EachIsPingedAtItsTimeOrALittleLater) {
  clock.advance(10s - 100ms);
  for (int elapsed = 0; elapsed < kMany + 60; ++elapsed) {
    const int due = std::min(elapsed, kMany);
    const int dueBefore = std::min(std::max(elapsed - 51, 0), kMany);
    EXPECT_LE(pinged(), due + 1);
    EXPECT_GE(pinged(), dueBefore);
    clock.advance(1ms);
  }
  EXPECT_EQ(pinged(), kMany);
}

TEST_F(ManyWebSocketsTest, OneThatGoesTakesNoOtherAlong) {
  sockets[50].reset();
  sockets.erase(sockets.begin());
  sockets.pop_back();
  EXPECT_EQ(all->size(), kMany - 3u);
  clock.advance(20s);
  EXPECT_EQ(pinged(), kMany - 3u);
}

TEST_F(ManyWebSocketsTest, WithoutAnyLeftNoTimerRuns) {
  sockets.clear();
  EXPECT_EQ(all->size(), 0u);
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(ManyWebSocketsTest, TheTimerOutlivesNobody) {
  all.reset();
  clock.advance(20s);
  EXPECT_EQ(pinged(), kMany);
  sockets.clear();
  EXPECT_EQ(clock.delayedCalls(), 0u);
}

TEST_F(ManyWebSocketsTest, OneThatOpensWhenAllAreClosedIsClosedToo) {
  testing::StringTransport line(clock);
  testing::AccumulatingWebSocket late;
  late.agreed(WebSocketSide::kServer, all, {});
  auto closed = all->closeAll(CloseReason(1012), 1s, SourceLocation::current());
  line.connect(late);
  EXPECT_EQ(late.timesOpened, 1);
  EXPECT_EQ(line.value(), frames::fromServer(frames::kClose, frames::closing(1012)));
  sockets.clear();
  testing::assertNoResult(closed);
  line.abortConnection();
  line.turn();
  testing::successResultOf(closed);
}

TEST_F(ManyWebSocketsTest, AllAreOfOneReactor) {
  testing::StringTransport elsewhere;
  testing::AccumulatingWebSocket stranger;
  stranger.agreed(WebSocketSide::kServer, all, {});
  EXPECT_THROW(elsewhere.connect(stranger), std::logic_error);
  EXPECT_EQ(stranger.timesOpened, 0);
}

TEST_F(ManyWebSocketsTest, OfAnotherReactorLaterTimeIsAnother) {
  clock.advance(1h);
  sockets.clear();
  testing::StringTransport elsewhere;
  testing::AccumulatingWebSocket next;
  next.agreed(WebSocketSide::kServer, all, {});
  elsewhere.connect(next);
  elsewhere.fakeClock().advance(10s);
  EXPECT_EQ(elsewhere.value(), kPing);
}

}  // namespace
}  // namespace couplet
