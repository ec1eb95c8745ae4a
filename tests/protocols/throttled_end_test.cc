// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A peer that sends all it has to say, reads late, and ends its input meanwhile.
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <couplet/protocols/line.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {
namespace {

constexpr std::size_t kAnswer = 60'000;
constexpr std::size_t kLines = 5;

/// Answers each line with much, and the end of the input with a last word.
class Talker : public LineReceiver {
 public:
  explicit Talker(int& ends) : ends_(ends) {}
  void lineReceived(std::string_view) override { transport().write(std::string(kAnswer, 'y')); }
  void readConnectionLost() override {
    ++ends_;
    sendLine("bye");
    LineReceiver::readConnectionLost();
  }

 private:
  int& ends_;
};

/// A peer that has asked for more than it reads.
class ThrottledEndTest : public ::testing::Test {
 protected:
  void SetUp() override {
    reactor.listenTCP(10000, Factory::forProtocol<Talker>(std::ref(ends)));
    peer = std::make_unique<testing::MemoryPeer>(reactor.tcpServers().at(0).connect());
    peer->pauseProducing();
    reactor.flush();
    peer->write("a\r\nb\r\nc\r\nd\r\ne\r\n");
    reactor.flush();
  }

  void expectAllAnswersAndTheEnd() {
    reactor.flush();
    EXPECT_EQ(peer->value().size(), kLines * kAnswer + 5);
    EXPECT_TRUE(peer->inputEnded());
    EXPECT_EQ(ends, 1);
  }

  int ends = 0;
  testing::MemoryReactor reactor{{.window = kAnswer}};
  std::unique_ptr<testing::MemoryPeer> peer;
};

TEST_F(ThrottledEndTest, EveryLineIsAnsweredThoughAWriteComesWhileThrottled) {
  peer->resumeProducing();
  peer->loseWriteConnection();
  expectAllAnswersAndTheEnd();
}

TEST_F(ThrottledEndTest, EveryLineIsAnsweredThoughTheEndComesWhileThrottled) {
  peer->loseWriteConnection();
  reactor.flush();
  EXPECT_LT(peer->value().size(), kLines * kAnswer);
  peer->resumeProducing();
  expectAllAnswersAndTheEnd();
}

}  // namespace
}  // namespace couplet
