// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/transform_protocol.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <couplet/protocols/testing/gtest_every_cut.h>
#include <couplet/reactor/testing/string_transport.h>

namespace poetry {

using namespace couplet::testing;
using namespace std::chrono_literals;

namespace {

std::string netstring(const std::string& payload) {
  return std::to_string(payload.size()) + ":" + payload + ",";
}

/// One connection with a transform server.
struct Conversation {
  Conversation() { transport.connect(protocol); }

  /// The answer, and `.` behind it when the server closed.
  std::string heard() const {
    return std::string(transport.value()) + (transport.disconnecting() ? "." : "");
  }

  StringTransport transport;
  TransformProtocol protocol{std::make_shared<const TransformService>(transport.clock(), 2s)};
};

std::string answerTo(std::string_view bytes) {
  Conversation conversation;
  conversation.protocol.dataReceived(bytes);
  return conversation.heard();
}

}  // namespace

TEST(TransformProtocolTest, AnswersAndCloses) {
  EXPECT_EQ(answerTo("27:cummingsify.HERE IS MY POEM,"), "15:here is my poem,.");
  EXPECT_EQ(answerTo("12:cummingsify.,"), "0:,.");
  EXPECT_EQ(answerTo("14:cummingsify. B,"), "2: b,.");
  EXPECT_EQ(answerTo("14:cummingsify.B\n,"), "2:b\n,.");
}

TEST(TransformProtocolTest, TheNameEndsAtTheFirstDot) {
  EXPECT_EQ(answerTo("15:cummingsify.A.B,"), "3:a.b,.");
}

TEST(TransformProtocolTest, SaysTheSameAtEveryCut) {
  const std::string request = netstring("cummingsify.CÉLÈBRE ΣΑΣ");
  EXPECT_EQ(answerTo(request), netstring("célèbre σασ") + ".");
  EXPECT_TRUE(sameAtEveryCut(request, [](const Chunks& chunks) {
    Conversation conversation;
    for (std::string_view chunk : chunks) conversation.protocol.dataReceived(chunk);
    return conversation.heard();
  }));
}

TEST(TransformProtocolTest, ClosesWithoutAWordOnWhatItDoesNotKnow) {
  for (const char* request :
       {"nope.A", "foo.", "Cummingsify.A", "__init__.", ".A", "cummingsify", "no dot", ""})
    EXPECT_EQ(answerTo(netstring(request)), ".") << request;
}

TEST(TransformProtocolTest, ClosesWithoutAWordOnWhatIsNoNetstring) {
  for (const char* bytes : {"x", "100000:", "027:", "3:abc;", ":"})
    EXPECT_EQ(answerTo(bytes), ".") << bytes;
}

TEST(TransformProtocolTest, ClosesWithoutAWordOnWhatIsNotUtf8) {
  EXPECT_EQ(answerTo(netstring("cummingsify.\xC3(")), ".");
  EXPECT_EQ(answerTo(netstring("reverse_lines.\xED\xA0\x80")), ".");
}

TEST(TransformProtocolTest, ClosesWhereTheAnswerIsTooLong) {
  std::string poem;
  while (poem.size() < 90000) poem += "ɐ";  // two bytes each; three in capitals
  EXPECT_EQ(answerTo(netstring("scream." + poem)), ".");
}

TEST(TransformProtocolTest, TakesTheLongestRequest) {
  const std::string poem(99999 - 12, 'A');
  EXPECT_EQ(answerTo(netstring("cummingsify." + poem)),
            netstring(std::string(poem.size(), 'a')) + ".");
}

TEST(TransformProtocolTest, WaitsForTheRestOfARequest) {
  EXPECT_EQ(answerTo("27:cummingsify.HERE IS"), "");
}

TEST(TransformProtocolTest, AnswersOneRequestOnly) {
  EXPECT_EQ(answerTo("13:cummingsify.A,13:cummingsify.B,"), "1:a,.");
  EXPECT_EQ(answerTo("13:cummingsify.A,garbage"), "1:a,.");
}

TEST(TransformProtocolTest, ASlowTransformAnswersLater) {
  Conversation conversation;
  conversation.protocol.dataReceived("18:slow_cummingsify.A,18:slow_cummingsify.B,");
  EXPECT_EQ(conversation.heard(), "");
  conversation.transport.fakeClock().advance(2s);
  EXPECT_EQ(conversation.heard(), "1:a,.");
  conversation.transport.turn();
  EXPECT_EQ(conversation.heard(), "1:a,.");
}

TEST(TransformProtocolTest, AClientThatLeavesEndsItsSlowTransform) {
  Conversation conversation;
  conversation.protocol.dataReceived("18:slow_cummingsify.A,");
  EXPECT_EQ(conversation.transport.fakeClock().delayedCalls(), 1u);
  conversation.protocol.readConnectionLost();
  conversation.transport.turn();
  EXPECT_EQ(conversation.transport.fakeClock().delayedCalls(), 0u);
  EXPECT_EQ(conversation.heard(), ".");
}

}  // namespace poetry
