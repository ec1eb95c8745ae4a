// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/node.h"

#include <deque>
#include <memory>
#include <stdexcept>

#include "tests/examples/circuit_fixture.h"

namespace circuit {

using couplet::CloseReason;
using couplet::Deferred;
using couplet::Promise;
using couplet::WebSocket;
using namespace couplet::testing;

namespace {

/// Answers when the test says so, and notes what it hears.
class Patient : public Node {
 public:
  explicit Patient(const Board& board) : Node(board, "patient", "Patient") {}

  void setup() override { ++setups; }
  Deferred<std::string> loop(std::string channel, std::string data) override {
    heard.push_back(channel + " " + data);
    return answers.emplace_back().deferred();
  }

  int setups = 0;
  std::vector<std::string> heard;
  std::deque<Promise<std::string>> answers;
};

/// Answers at once, by what it hears.
class Prompt : public Node {
 public:
  explicit Prompt(const Board& board) : Node(board, "prompt", "Prompt") {}

  Deferred<std::string> loop(std::string, std::string data) override {
    if (data == "rain") throw std::runtime_error("the wire is wet");
    return couplet::succeed(data == "nothing" ? "" : data + "!");
  }
};

}  // namespace

class NodeTest : public CircuitTest {
 protected:
  Prompt prompt{board};
  Patient patient{board};
};

// Circuit 2: A node sets itself up once, says where it serves, and acknowledges each message.
TEST_F(NodeTest, SetsItselfUpOnceAndSaysWhereItServes) {
  patient.serve("localhost", 8765);
  reactor.flush();
  EXPECT_EQ(patient.setups, 1);
  EXPECT_EQ(lines(), (std::vector<std::string>{"[ mesh ] registering new node: patient",
                                               "[ Patient ] serving on localhost:8765"}));
}

TEST_F(NodeTest, SaysTheRealPort) {
  patient.serve("127.0.0.1", 0);
  reactor.flush();
  const std::string port = std::to_string(reactor.tcpServers().at(0).port);
  EXPECT_EQ(lines().back(), "[ Patient ] serving on 127.0.0.1:" + port);
}

TEST_F(NodeTest, TellsTheMesh) {
  patient.serve("localhost", 8765);
  EXPECT_EQ(successResultOf(mesh.pick("patient")), (couplet::Address{"localhost", 8765}));
}

TEST_F(NodeTest, AcknowledgesWithWhatLoopAnswers) {
  prompt.serve("localhost", 8765);
  WebSocket client = connect(8765);
  EXPECT_EQ(ask(client, "snow"), "snow!");
}

// Circuit 2: Where loop has no answer, the acknowledgement is n/a.
TEST_F(NodeTest, SaysThatThereIsNoAnswer) {
  prompt.serve("localhost", 8765);
  WebSocket client = connect(8765);
  EXPECT_EQ(ask(client, "nothing"), "n/a");
}

TEST_F(NodeTest, AFailureOfLoopIsAcknowledgedToo) {
  prompt.serve("localhost", 8765);
  WebSocket client = connect(8765);
  EXPECT_EQ(ask(client, "rain"), "error: the wire is wet");
  EXPECT_EQ(ask(client, "snow"), "snow!");
}

TEST_F(NodeTest, SaysWhoComesAndHowTheyGo) {
  prompt.serve("localhost", 8765);
  WebSocket client = connect(8765, "/feed?a=1");
  lines();
  auto closed = client.close();
  reactor.flush();
  successResultOf(closed);
  EXPECT_EQ(lines(), std::vector<std::string>{"[ Prompt ] done processing messages: the other side "
                                              "closed the WebSocket: 1000 (normal)"});
}

TEST_F(NodeTest, SaysThePathOfWhoComes) {
  prompt.serve("localhost", 8765);
  WebSocket client = connect(8765, "/feed?a=1");
  EXPECT_EQ(lines().back(), "[ Prompt ] ** new client connected, path=/feed?a=1");
}

TEST_F(NodeTest, WhatItPrintsCannotTellTheTerminalAnything) {
  circuit::say(out, "Prompt", "\x1b[2J\n");
  EXPECT_EQ(lines(), std::vector<std::string>{"[ Prompt ] \\x1b[2J\\x0a"});
}

TEST_F(NodeTest, MessagesOfOneConnectionComeOneAfterTheOther) {
  patient.serve("localhost", 8765);
  WebSocket client = connect(8765);
  successResultOf(client.send("1"));
  successResultOf(client.send("2"));
  reactor.flush();
  EXPECT_EQ(patient.heard, std::vector<std::string>{"/datafeed 1"});
  patient.answers.at(0).callback("one");
  EXPECT_EQ(received(client), "one");
  patient.answers.at(1).callback("two");
  EXPECT_EQ(received(client), "two");
}

TEST_F(NodeTest, ThoseOfAnotherConnectionDoNotWait) {
  patient.serve("localhost", 8765);
  WebSocket one = connect(8765);
  WebSocket other = connect(8765);
  successResultOf(one.send("1"));
  successResultOf(other.send("2"));
  reactor.flush();
  EXPECT_EQ(patient.heard.size(), 2u);
  patient.answers.at(1).callback("two");
  EXPECT_EQ(received(other), "two");
}

TEST_F(NodeTest, BytesAreRefused) {
  patient.serve("localhost", 8765);
  WebSocket client = connect(8765);
  successResultOf(client.sendBinary("\xff"));
  reactor.flush();
  auto closed = client.close();
  reactor.flush();
  EXPECT_EQ(successResultOf(closed).reason().code(), CloseReason::kUnsupportedData);
  EXPECT_TRUE(patient.heard.empty());
}

TEST_F(NodeTest, WhenInterruptedItSaysThatItGoesAway) {
  prompt.serve("localhost", 8765);
  WebSocket client = connect(8765);
  lines();
  reactor.stop();
  reactor.flush();
  auto closed = client.close();
  reactor.flush();
  EXPECT_EQ(successResultOf(closed).reason().code(), CloseReason::kGoingAway);
  EXPECT_EQ(lines().front(), "Keyboard interruption, aborting.");
  failureResultOf<UnknownNodeError>(mesh.pick("prompt"));
}

TEST_F(NodeTest, ADestroyedNodeForgetsWhatIsAtWork) {
  auto mortal = std::make_unique<Patient>(board);
  mortal->serve("localhost", 8765);
  WebSocket client = connect(8765);
  successResultOf(client.send("1"));
  reactor.flush();
  Promise<std::string> answer = std::move(mortal->answers.at(0));
  mortal.reset();
  answer.callback("too late");
}

}  // namespace circuit
