// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <gmock/gmock.h>

#include <couplet/reactor/errors.h>

#include "examples/circuit/buzzer.h"
#include "examples/circuit/clock.h"
#include "examples/circuit/iopin.h"
#include "tests/examples/circuit_fixture.h"

namespace circuit {

using couplet::Deferred;
using couplet::WebSocket;
using namespace couplet::testing;
using namespace std::chrono_literals;

using Lines = std::vector<std::string>;

/// A buzzer that never acknowledges.
class Mute : public Node {
 public:
  explicit Mute(const Board& board) : Node(board, "buzzer", "Mute") {}

  Deferred<std::string> loop(std::string, std::string) override { return never_.deferred(); }

 private:
  couplet::Promise<std::string> never_;
};

/// A pin at 8765 whose bits are all 1, and that knows a buzzer at 8766.
class SketchesTest : public CircuitTest {
 protected:
  SketchesTest() {
    successResultOf(mesh.announce("buzzer", {"localhost", 8766}));
    pin.serve("localhost", 8765);
  }

  void serveBuzzer() {
    buzzer.serve("localhost", 8766);
    reactor.flush();
    lines();
  }

  /// Ticks once, and gives what is printed of that.
  Lines tick() {
    lines();
    EXPECT_EQ(ask(client, "7"), "acknowledged");
    return lines();
  }

  /// How often somebody has connected to the buzzer.
  int connections() const {
    int count = 0;
    for (const MemoryClient& made : reactor.tcpClients()) count += made.port == 8766 ? 1 : 0;
    return count;
  }

  IOPin pin{board, {.chance = 0, .sequence = 2}};
  Buzzer buzzer{board};
  WebSocket client;
};

// Circuit 3-5: A tick toggles the pin, which streams its bits to the buzzer.
TEST_F(SketchesTest, ATickIsStreamedToTheBuzzer) {
  serveBuzzer();
  client = connect(8765);
  EXPECT_EQ(
      tick(),
      (Lines{"[ IOPin ] new tick triggered on /datafeed: 7", "[ IOPin ] toggling pin state: [1, 1]",
             "[ IOPin ] starting to stream message to buzzer",
             "[ Buzzer ] ** new client connected, path=/datafeed", "[ IOPin ] > sending payload: 1",
             "[ Buzzer ] signal 1 received -> buzz buzz buzz", "[ IOPin ] < buzz buzz buzz",
             "[ IOPin ] > sending payload: 1", "[ Buzzer ] signal 1 received -> buzz buzz buzz",
             "[ IOPin ] < buzz buzz buzz"}));
}

// Circuit 4: The buzzer is silent at a 0.
TEST_F(SketchesTest, TheBuzzerIsSilentAtAZero) {
  serveBuzzer();
  client = connect(8766);
  lines();
  EXPECT_EQ(ask(client, "0"), "...");
  EXPECT_EQ(lines(), Lines{"[ Buzzer ] signal 0 received -> ..."});
}

// Circuit 3: chance is that of a 0.
TEST_F(SketchesTest, ABitIsZeroWithTheProbabilityChance) {
  serveBuzzer();
  IOPin zeros(board, {.chance = 1, .sequence = 4});
  zeros.serve("localhost", 8767);
  client = connect(8767);
  EXPECT_EQ(tick().at(1), "[ IOPin ] toggling pin state: [0, 0, 0, 0]");
}

// Circuit 3: chance is 0.6, and there are three bits.
TEST_F(SketchesTest, OfManyBitsSixOfTenAreZero) {
  serveBuzzer();
  IOPin fair(board, {.seed = 1});
  fair.serve("localhost", 8767);
  client = connect(8767);
  int zeros = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string line = tick().at(1);
    ASSERT_EQ(line.size(), std::string("[ IOPin ] toggling pin state: [0, 0, 0]").size());
    for (const char c : line) zeros += c == '0' ? 1 : 0;
  }
  EXPECT_GT(zeros, 300);
  EXPECT_LT(zeros, 420);
}

// Circuit 5: The connection is kept for the next stream.
TEST_F(SketchesTest, TheConnectionIsKept) {
  serveBuzzer();
  client = connect(8765);
  tick();
  tick();
  EXPECT_EQ(connections(), 1);
}

TEST_F(SketchesTest, WithoutABuzzerTheClockIsAcknowledgedAllTheSame) {
  client = connect(8765);
  lines();
  successResultOf(client.send("7"));
  reactor.flush();
  reactor.tcpClients().back().fail(couplet::ConnectionRefusedError());
  EXPECT_EQ(received(client), "acknowledged");
  EXPECT_THAT(lines().back(), ::testing::StartsWith("[ IOPin ] the buzzer did not get it: "));
}

TEST_F(SketchesTest, ABuzzerThatNobodyKnowsIsALineToo) {
  successResultOf(mesh.withdraw("buzzer", {"localhost", 8766}));
  client = connect(8765);
  EXPECT_EQ(tick().back(), "[ IOPin ] the buzzer did not get it: there is no node buzzer");
}

TEST_F(SketchesTest, ABuzzerThatAcceptsAndIsSilentIsGivenUp) {
  client = connect(8765);
  successResultOf(client.send("7"));
  reactor.flush();
  MemoryPeer silent = reactor.tcpClients().back().succeed();
  reactor.advance(5s);
  EXPECT_EQ(received(client), "acknowledged");
  EXPECT_FALSE(silent.connected());
}

TEST_F(SketchesTest, ABuzzerThatNeverAcknowledgesIsGivenUp) {
  Mute mute(board);
  mute.serve("localhost", 8766);
  client = connect(8765);
  successResultOf(client.send("7"));
  reactor.flush();
  reactor.advance(5s);
  EXPECT_EQ(received(client), "acknowledged");
  EXPECT_THAT(lines(), ::testing::Contains("[ IOPin ] the buzzer did not get it: the "
                                           "acknowledgement timed out after 5 s"));
}

TEST_F(SketchesTest, ABuzzerThatDoesNotSayGoodbyeHoldsNobodyUpForLong) {
  serveBuzzer();
  client = connect(8765);
  tick();
  reactor.hold();
  reactor.stop();
  reactor.advance(499ms);
  EXPECT_TRUE(reactor.running());
  reactor.advance(1ms);
  reactor.advance(1s);  // the reactor's own patience
  EXPECT_FALSE(reactor.running());
}

TEST_F(SketchesTest, ALostConnectionIsMadeAnew) {
  client = connect(8765);
  successResultOf(client.send("7"));
  reactor.flush();
  MemoryPeer old = reactor.tcpClients().back().succeed();
  old.abortConnection();
  EXPECT_EQ(received(client), "acknowledged");
  serveBuzzer();
  EXPECT_EQ(tick().back(), "[ IOPin ] < buzz buzz buzz");
}

TEST_F(SketchesTest, ANodeThatIsWithdrawnIsLeft) {
  serveBuzzer();
  client = connect(8765);
  tick();
  successResultOf(mesh.withdraw("buzzer", {"localhost", 8766}));
  reactor.flush();
  EXPECT_EQ(lines().back(),
            "[ Buzzer ] done processing messages: the other side closed the WebSocket: 1000 "
            "(normal)");
  EXPECT_EQ(tick().back(), "[ IOPin ] the buzzer did not get it: there is no node buzzer");
}

TEST_F(SketchesTest, StreamsOfTwoClocksDoNotMix) {
  serveBuzzer();
  client = connect(8765);
  WebSocket other = connect(8765);
  lines();
  successResultOf(client.send("1"));
  successResultOf(other.send("2"));
  reactor.flush();
  Lines streams;
  for (const std::string& line : lines()) {
    if (line.find("IOPin ] s") != line.npos || line.find("] <") != line.npos) {
      streams.push_back(line);
    }
  }
  const std::string begins = "[ IOPin ] starting to stream message to buzzer";
  const std::string answer = "[ IOPin ] < buzz buzz buzz";
  EXPECT_EQ(streams, (Lines{begins, answer, answer, begins, answer, answer}));
  EXPECT_EQ(connections(), 1);
}

class ClockTest : public SketchesTest {
 protected:
  /// What the clock has printed since the last call.
  Lines ticks() {
    Lines found;
    for (const std::string& line : lines()) {
      if (line.starts_with("[ clock ]")) found.push_back(line);
    }
    return found;
  }

  Clock clock{reactor, out, {.tacks = 2, .delay = 3s}};
};

// Circuit 1: The clock sends ticks, each acknowledged, with a delay between them.
TEST_F(ClockTest, TicksAndWaits) {
  serveBuzzer();
  Deferred<void> running = clock.run();
  reactor.flush();
  EXPECT_EQ(ticks(), (Lines{"[ clock ] > 0", "[ clock ] < acknowledged"}));
  reactor.advance(2999ms);
  EXPECT_EQ(ticks(), Lines());
  reactor.advance(1ms);
  EXPECT_EQ(ticks(), (Lines{"[ clock ] > 1", "[ clock ] < acknowledged"}));
  successResultOf(running);
}

TEST_F(ClockTest, InterruptedItSaysThatItGoesAway) {
  serveBuzzer();
  Deferred<void> running = clock.run();
  reactor.flush();
  Deferred<void> lost = clock.interrupt();
  reactor.flush();
  successResultOf(lost);
  EXPECT_EQ(lines().back(),
            "[ IOPin ] done processing messages: the other side closed the WebSocket: 1001 (going "
            "away)");
  std::move(running).discard();
}

TEST_F(ClockTest, InterruptedBeforeItIsConnectedItHasNothingToClose) {
  successResultOf(clock.interrupt());
}

}  // namespace circuit
