// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Receivers on real connections: what was answered arrives, and the reason of a loss is theirs.
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/protocols/netstring.h>
#include <couplet/protocols/timeout_mixin.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/reactor.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

/// What the server does, and what both ends hear.
struct Script {
  std::string request = {};                // of the client, all at once
  bool endsInput = false;                  // the client, after that
  int answers = 1;                         // to each string
  bool pauses = false;                     // after each string, until the next turn
  std::optional<Duration> patience = {};   // the server's
  std::string heard = {};                  // by the client
  std::optional<Failure> serverLost = {};  // why
  std::optional<Failure> clientLost = {};
};

class Server : public TimeoutMixin<NetstringReceiver> {
 public:
  explicit Server(Script& script) : script_(script) {}
  void connectionMade() override { setTimeout(script_.patience); }
  void stringReceived(std::string_view string) override {
    for (int i = 0; i < script_.answers; ++i) sendString(string);
    if (!script_.pauses) return;
    transport().pauseProducing();
    callLater(1ms, [this] { transport().resumeProducing(); });
  }
  void connectionLost(const Failure& reason) override { script_.serverLost = reason; }

 private:
  Script& script_;
};

class Client : public Protocol {
 public:
  explicit Client(Script& script) : script_(script) {}
  void connectionMade() override {
    transport().write(script_.request);
    if (script_.endsInput) transport().loseWriteConnection();
  }
  void dataReceived(std::string_view bytes) override { script_.heard += bytes; }
  void connectionLost(const Failure& reason) override { script_.clientLost = reason; }

 private:
  Script& script_;
};

template <class P>
class FactoryOf : public ClientFactory {
 public:
  explicit FactoryOf(Script& script) : script_(script) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<P>(script_);
  }

 private:
  Script& script_;
};

/// Plays the script until both ends have lost the connection.
void play(Script& script) {
  const auto reactor = newReactor({.handleSignals = false});
  auto port = reactor->listenTCP(0, std::make_shared<FactoryOf<Server>>(script),
                                 {.interface = "127.0.0.1"});
  reactor->connectTCP("127.0.0.1", port->getHost().port,
                      std::make_shared<FactoryOf<Client>>(script));
  std::function<void()> look = [&] {
    if (script.serverLost && script.clientLost) return reactor->stop();
    reactor->callLater(1ms, [&] { look(); });
  };
  reactor->callWhenRunning([&] { look(); });
  reactor->callLater(20s, [&] { reactor->stop(); });
  reactor->run();
  ASSERT_TRUE(script.serverLost && script.clientLost);
}

std::string repeat(int times, std::string_view text) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(ReceiversTcpTest, AnswersToGoodStringsArriveBeforeTheCloseForABadOne) {
  Script script{.request = "5:hello,garbage", .answers = 300'000};
  play(script);
  EXPECT_EQ(script.heard, repeat(300'000, "5:hello,"));
  EXPECT_TRUE(script.serverLost->check<NetstringParseError>()) << *script.serverLost;
  EXPECT_TRUE(script.clientLost->check<ConnectionDone>()) << *script.clientLost;
}

TEST(ReceiversTcpTest, InputThatEndsInMidStringIsTheReason) {
  Script script{.request = "5:hello,15:here", .endsInput = true};
  play(script);
  EXPECT_EQ(script.heard, "5:hello,");
  EXPECT_TRUE(script.serverLost->check<IncompleteStringError>()) << *script.serverLost;
}

TEST(ReceiversTcpTest, StringsThatPausesHeldBackAreDeliveredAfterTheEndOfInput) {
  Script script{.request = "1:a,1:b,1:c,1:d,", .endsInput = true, .pauses = true};
  play(script);
  EXPECT_EQ(script.heard, "1:a,1:b,1:c,1:d,");
  EXPECT_TRUE(script.serverLost->check<ConnectionDone>()) << *script.serverLost;
}

TEST(ReceiversTcpTest, AnswersToPipelinedStringsDoNotPileUpToTheCap) {
  Script script{.request = repeat(1000, "5:hello,"), .endsInput = true, .answers = 10'000};
  play(script);
  EXPECT_EQ(script.heard.size(), 80'000'000u);
  EXPECT_TRUE(script.serverLost->check<ConnectionDone>()) << *script.serverLost;
}

TEST(ReceiversTcpTest, AClientThatIsSilentIsTimedOut) {
  Script script{.patience = 1ms};
  play(script);
  EXPECT_TRUE(script.serverLost->check<TimeoutError>()) << *script.serverLost;
}

}  // namespace
}  // namespace couplet
