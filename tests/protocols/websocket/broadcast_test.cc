// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages that go to many.
#include <deque>
#include <stdexcept>

#include <gmock/gmock.h>

#include <couplet/protocols/websocket/broadcast.h>
#include <couplet/reactor/testing/pump.h>
#include "speaker.h"

namespace couplet {
namespace {

using testing::AccumulatingWebSocket;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::successResultOf;

// One

class PreparedMessageTest : public SpeakerTest {};

TEST_F(PreparedMessageTest, KeepsWhatItIs) {
  const PreparedMessage text = PreparedMessage::text("hello");
  const PreparedMessage bytes = PreparedMessage::binary("\xff");
  EXPECT_EQ(text.kind(), WebSocketKind::kText);
  EXPECT_EQ(text.payload(), "hello");
  EXPECT_EQ(bytes.kind(), WebSocketKind::kBinary);
  EXPECT_EQ(bytes.payload(), "\xff");
}

TEST_F(PreparedMessageTest, ATextIsUTF8) {
  EXPECT_THROW(PreparedMessage::text("\xff"), std::invalid_argument);
}

TEST_F(PreparedMessageTest, IsSentAsAnyOther) {
  open();
  successResultOf(socket->send(PreparedMessage::text("hello")));
  EXPECT_EQ(sent(), frames::fromServer(frames::kText, "hello"));
  successResultOf(socket->send(PreparedMessage::binary(std::string(70'000, 'x'))));
  EXPECT_EQ(sent(), frames::fromServer(frames::kBinary, std::string(70'000, 'x')));
  successResultOf(socket->send(PreparedMessage::text("")));
  EXPECT_EQ(sent(), frames::fromServer(frames::kText, ""));
}

TEST_F(PreparedMessageTest, IsSentAgainByACopyAfterTheFirstIsGone) {
  open();
  auto message = std::make_unique<PreparedMessage>(PreparedMessage::text("hello"));
  const PreparedMessage copy = *message;
  successResultOf(socket->send(*message));
  message.reset();
  successResultOf(socket->send(copy));
  EXPECT_THAT(said(), ElementsAre("text hello", "text hello"));
}

TEST_F(PreparedMessageTest, OfAClientIsMasked) {
  side = WebSocketSide::kClient;
  open();
  successResultOf(socket->send(PreparedMessage::text("hello")));
  EXPECT_THAT(said(), ElementsAre("text hello"));
}

TEST_F(PreparedMessageTest, IsSentInFragmentsToo) {
  options.fragmentSize = 3;
  open();
  successResultOf(socket->send(PreparedMessage::text("abcdefgh")));
  EXPECT_EQ(sent(), frames::fromServer(frames::unfinished(frames::kText), "abc") +
                        frames::fromServer(frames::unfinished(frames::kContinuation), "def") +
                        frames::fromServer(frames::kContinuation, "gh"));
}

TEST_F(PreparedMessageTest, IsCompressedFromTheThresholdOn) {
  options.compression.emplace();
  open();
  successResultOf(socket->send(PreparedMessage::text("hello")));
  EXPECT_EQ(sent(), frames::fromServer(frames::kText, "hello"));
  successResultOf(socket->send(PreparedMessage::text(std::string(1000, 'x'))));
  EXPECT_LT(transport.value().size(), 50u);
  EXPECT_THAT(said(), ElementsAre("text " + std::string(1000, 'x')));
}

/// A server and a client that agreed to compress in some way.
class MixedMessagesTest : public ::testing::TestWithParam<WebSocketCompression> {
 protected:
  MixedMessagesTest() {
    WebSocketOptions options;
    options.compression = GetParam();
    auto serverEnd = std::make_unique<AccumulatingWebSocket>();
    auto clientEnd = std::make_unique<AccumulatingWebSocket>();
    testing::agreeWebSocket(*serverEnd, {WebSocketSide::kServer, options, ""});
    testing::agreeWebSocket(*clientEnd, {WebSocketSide::kClient, options, ""});
    server = serverEnd.get();
    client = clientEnd.get();
    pump.emplace(std::move(serverEnd), std::move(clientEnd));
  }

  static std::string poem(int number) {
    std::string text;
    for (int line = 0; line < 40; ++line) text += std::to_string(line * number) + " swallows; ";
    return text;
  }

  AccumulatingWebSocket* server;
  AccumulatingWebSocket* client;
  std::optional<testing::Pump> pump;
};

TEST_P(MixedMessagesTest, PreparedOnesStandAmongOthers) {
  for (AccumulatingWebSocket* from : {server, client}) {
    AccumulatingWebSocket* const to = from == server ? client : server;
    const PreparedMessage prepared = PreparedMessage::text(poem(7));
    std::vector<WebSocketMessage> expected;
    for (int i = 0; i < 30; ++i) {
      const bool shared = i % 3 == 0 || i % 5 == 0;
      const std::string text = shared ? poem(7) : poem(i);
      expected.push_back({WebSocketKind::kText, text});
      successResultOf(shared ? from->send(prepared) : from->send(text));
      pump->flush();
    }
    EXPECT_EQ(to->messages, expected);
  }
  EXPECT_TRUE(server->open());
}

INSTANTIATE_TEST_SUITE_P(
    HoweverItIsCompressed, MixedMessagesTest,
    ::testing::Values(WebSocketCompression{},
                      WebSocketCompression{.serverContextTakeover = false,
                                           .clientContextTakeover = false},
                      WebSocketCompression{.serverMaxWindowBits = 9, .clientMaxWindowBits = 9},
                      WebSocketCompression{.serverMaxWindowBits = 8, .clientMaxWindowBits = 8}));

// Many

class BroadcastTest : public ::testing::Test {
 protected:
  BroadcastTest() {
    for (int i = 0; i < 4; ++i) open();
  }
  void open(WebSocketOptions options = {}) {
    transports.emplace_back();
    members.push_back(std::make_unique<AccumulatingWebSocket>());
    testing::openWebSocket(transports.back(), *members.back(),
                           {WebSocketSide::kServer, options, ""});
  }
  std::vector<std::string> got() const {
    std::vector<std::string> all;
    for (const auto& transport : transports) all.emplace_back(transport.value());
    return all;
  }

  const PreparedMessage hello = PreparedMessage::text("hello, all");
  const std::string kHello = frames::fromServer(frames::kText, "hello, all");
  std::deque<testing::StringTransport> transports;
  std::vector<std::unique_ptr<AccumulatingWebSocket>> members;
};

TEST_F(BroadcastTest, GoesToAll) {
  EXPECT_EQ(broadcast(members, hello), 4u);
  EXPECT_THAT(got(), ElementsAre(kHello, kHello, kHello, kHello));
}

TEST_F(BroadcastTest, TakesPointersAndReferences) {
  std::vector<WebSocketProtocol*> pointers{members[0].get(), members[1].get()};
  EXPECT_EQ(broadcast(pointers, hello), 2u);
  std::vector<std::reference_wrapper<AccumulatingWebSocket>> references{*members[2]};
  EXPECT_EQ(broadcast(references, hello), 1u);
  std::deque<AccumulatingWebSocket> nobody;
  EXPECT_EQ(broadcast(nobody, hello), 0u);
  EXPECT_THAT(got(), ElementsAre(kHello, kHello, kHello, ""));
}

TEST_F(BroadcastTest, PassesByWhoIsNotOpen) {
  transports[0].abortConnection();
  members.push_back(std::make_unique<AccumulatingWebSocket>());
  members[1]->close();
  transports[1].clear();
  EXPECT_EQ(broadcast(members, hello), 2u);
  EXPECT_THAT(got(), ElementsAre("", "", kHello, kHello));
}

TEST_F(BroadcastTest, PassesByWhoIsAmidAMessage) {
  members[0]->beginMessage(WebSocketKind::kText);
  EXPECT_EQ(broadcast(members, hello), 3u);
  successResultOf(members[0]->endMessage());
  EXPECT_EQ(broadcast(members, hello), 4u);
}

TEST_F(BroadcastTest, ClosesWhoIsTooSlow) {
  transports[1].setUnsent(1001);
  transports[2].setUnsent(1000);
  EXPECT_EQ(broadcast(members, hello, {.mostUnsent = 1000}), 3u);
  EXPECT_FALSE(members[1]->open());
  WebSocketParser browser(WebSocketSide::kClient, {});
  EXPECT_THAT(frames::hear(browser, transports[1].value()),
              ElementsAre(HasSubstr("close 1008: too slow")));
  EXPECT_EQ(got()[2], kHello);
}

TEST_F(BroadcastTest, AtMostAMebibyteIsUnsentUnlessItIsSaidOtherwise) {
  transports[1].setUnsent(1024 * 1024 + 1);
  transports[2].setUnsent(1024 * 1024);
  EXPECT_EQ(broadcast(members, hello), 3u);
  EXPECT_FALSE(members[1]->open());
}

TEST_F(BroadcastTest, EachGetsItAsItAgreed) {
  const PreparedMessage poem = PreparedMessage::text(std::string(1000, 'x'));
  WebSocketOptions compressing;
  compressing.compression.emplace();
  open(compressing);
  compressing.compression->serverMaxWindowBits = 9;
  open(compressing);
  open({.fragmentSize = 100});
  EXPECT_EQ(broadcast(members, poem), 7u);
  EXPECT_EQ(got()[0], frames::fromServer(frames::kText, poem.payload()));
  for (const auto& bytes : got()) {
    WebSocketParser browser(WebSocketSide::kClient, {});
    browser.inflateWith(std::make_unique<detail::MessageInflater>(15, true));
    EXPECT_THAT(frames::hear(browser, bytes), ElementsAre("text " + std::string(poem.payload())));
  }
  EXPECT_LT(got()[4].size(), 50u);
  EXPECT_LT(got()[5].size(), 50u);
}

}  // namespace
}  // namespace couplet
