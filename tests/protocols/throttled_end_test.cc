// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A peer that sends all it has to say, reads late, and ends its input meanwhile.
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
  void lineReceived(std::string_view) override { transport().write(std::string(kAnswer, 'y')); }
  void readConnectionLost() override {
    sendLine("bye");
    LineReceiver::readConnectionLost();
  }
};

TEST(ThrottledEndTest, EveryLineIsAnsweredThoughAWriteComesWhileThrottled) {
  testing::MemoryReactor reactor({.window = kAnswer});
  reactor.listenTCP(10000, Factory::forProtocol<Talker>());
  testing::MemoryPeer peer = reactor.tcpServers().at(0).connect();
  peer.pauseProducing();
  reactor.flush();
  peer.write("a\r\nb\r\nc\r\nd\r\ne\r\n");
  reactor.flush();
  peer.resumeProducing();
  peer.loseWriteConnection();
  reactor.flush();
  EXPECT_EQ(peer.value().size(), kLines * kAnswer + 5);
  EXPECT_TRUE(peer.inputEnded());
}

}  // namespace
}  // namespace couplet
