// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a WebSocket sends, and who waits for it.
#include <stdexcept>

#include <gmock/gmock.h>

#include <couplet/reactor/producer.h>
#include <couplet/reactor/testing/pump.h>
#include "speaker.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using testing::failureResultOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::successResultOf;

/// Lengths around those where the head of a frame changes, and the way it is written.
constexpr std::size_t kLengths[] = {0, 1, 125, 126, 1024, 1025, 16370, 16384, 65535, 65536, 200000};

class WebSocketSendingTest : public SpeakerTest {};

// Frames

TEST_F(WebSocketSendingTest, AServersFramesAreAsTheRFCSays) {
  open();
  for (const std::size_t length : kLengths) {
    const std::string payload(length, 'x');
    successResultOf(socket->send(payload));
    EXPECT_EQ(sent(), frames::fromServer(frames::kText, payload)) << length;
    successResultOf(socket->sendBinary(payload));
    EXPECT_EQ(sent(), frames::fromServer(frames::kBinary, payload)) << length;
  }
}

TEST_F(WebSocketSendingTest, AClientsFramesAreMasked) {
  side = WebSocketSide::kClient;
  open();
  for (const std::size_t length : kLengths) {
    const std::string payload(length, 'x');
    successResultOf(socket->send(payload));
    const std::string bytes = sent();
    const std::string head = frames::head(frames::kText, length, true);
    EXPECT_EQ(bytes.substr(0, head.size()), head);
    EXPECT_EQ(bytes.size(), head.size() + frames::kKey.size() + length);
    EXPECT_THAT(frames::hear(*other, bytes), ElementsAre("text " + payload));
  }
}

TEST_F(WebSocketSendingTest, AClientMasksEachFrameDifferently) {
  side = WebSocketSide::kClient;
  open();
  successResultOf(socket->send("hello"));
  const std::string first = sent();
  successResultOf(socket->send("hello"));
  EXPECT_NE(sent(), first);
}

TEST_F(WebSocketSendingTest, AClientsControlFramesAreMasked) {
  side = WebSocketSide::kClient;
  open();
  receive(frames::kPing, "there?");
  socket->close(CloseReason(4000));
  EXPECT_THAT(said(), ElementsAre("pong there?", "close 4000: "));
}

TEST_F(WebSocketSendingTest, ALongMessageIsSentInFragments) {
  options.fragmentSize = 3;
  open();
  successResultOf(socket->send("abcdefgh"));
  EXPECT_EQ(sent(), frames::fromServer(frames::unfinished(frames::kText), "abc") +
                        frames::fromServer(frames::unfinished(frames::kContinuation), "def") +
                        frames::fromServer(frames::kContinuation, "gh"));
}

TEST_F(WebSocketSendingTest, TheLastFragmentIsNotEmpty) {
  options.fragmentSize = 3;
  open();
  successResultOf(socket->sendBinary("abcdef"));
  EXPECT_EQ(sent(), frames::fromServer(frames::unfinished(frames::kBinary), "abc") +
                        frames::fromServer(frames::kContinuation, "def"));
  successResultOf(socket->sendBinary("abc"));
  EXPECT_EQ(sent(), frames::fromServer(frames::kBinary, "abc"));
  successResultOf(socket->sendBinary(""));
  EXPECT_EQ(sent(), frames::fromServer(frames::kBinary, ""));
}

TEST_F(WebSocketSendingTest, FragmentsMayCutCharacters) {
  options.fragmentSize = 1;
  open();
  successResultOf(socket->send("h\xc3\xa9!"));
  EXPECT_THAT(said(), ElementsAre("text h\xc3\xa9!"));
}

TEST_F(WebSocketSendingTest, AFragmentHasAByteAtLeast) {
  options.fragmentSize = 0;
  EXPECT_THROW(open(), std::invalid_argument);
}

TEST_F(WebSocketSendingTest, ATextThatIsNoUTF8IsNotSent) {
  open();
  for (const char* bad : {"\xff", "h\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf"}) {
    failureResultOf<std::invalid_argument>(socket->send(bad));
  }
  EXPECT_EQ(sent(), "");
  EXPECT_TRUE(socket->open());
  successResultOf(socket->sendBinary("\xff"));
  EXPECT_THAT(said(), ElementsAre("binary \xff"));
}

// Messages in pieces

TEST_F(WebSocketSendingTest, AMessageInPiecesHasAFrameForEach) {
  open();
  socket->beginMessage(WebSocketKind::kText);
  EXPECT_EQ(sent(), "");
  successResultOf(socket->sendPiece("hel"));
  EXPECT_EQ(sent(), frames::fromServer(frames::unfinished(frames::kText), "hel"));
  successResultOf(socket->sendPiece("lo"));
  EXPECT_EQ(sent(), frames::fromServer(frames::unfinished(frames::kContinuation), "lo"));
  successResultOf(socket->endMessage());
  EXPECT_EQ(sent(), frames::fromServer(frames::kContinuation, ""));
  successResultOf(socket->send("next"));
  EXPECT_EQ(sent(), frames::fromServer(frames::kText, "next"));
}

TEST_F(WebSocketSendingTest, AMessageWithoutPiecesIsEmpty) {
  open();
  socket->beginMessage(WebSocketKind::kBinary);
  successResultOf(socket->endMessage());
  EXPECT_THAT(said(), ElementsAre("binary "));
}

TEST_F(WebSocketSendingTest, ACharacterMayLieInTwoPieces) {
  open();
  socket->beginMessage(WebSocketKind::kText);
  successResultOf(socket->sendPiece("h\xc3"));
  successResultOf(socket->sendPiece("\xa9!"));
  successResultOf(socket->endMessage());
  EXPECT_THAT(said(), ElementsAre("text h\xc3\xa9!"));
}

TEST_F(WebSocketSendingTest, APieceThatIsNoUTF8IsNotSentAndTheOthersAre) {
  open();
  socket->beginMessage(WebSocketKind::kText);
  successResultOf(socket->sendPiece("h\xc3"));
  failureResultOf<std::invalid_argument>(socket->sendPiece("\xc3"));
  failureResultOf<std::invalid_argument>(socket->endMessage());
  successResultOf(socket->sendPiece("\xa9"));
  successResultOf(socket->endMessage());
  EXPECT_THAT(said(), ElementsAre("text h\xc3\xa9"));
}

TEST_F(WebSocketSendingTest, BetweenPiecesNoMessageIsSent) {
  open();
  socket->beginMessage(WebSocketKind::kText);
  successResultOf(socket->sendPiece("hel"));
  failureResultOf<std::logic_error>(socket->send("other"));
  failureResultOf<std::logic_error>(socket->sendBinary("other"));
  failureResultOf<std::logic_error>(socket->send(PreparedMessage::text("other")));
  EXPECT_THROW(socket->beginMessage(WebSocketKind::kText), std::logic_error);
  successResultOf(socket->sendPiece("lo"));
  successResultOf(socket->endMessage());
  EXPECT_THAT(said(), ElementsAre("text hello"));
}

TEST_F(WebSocketSendingTest, BetweenPiecesPingsAreSentAndAnswered) {
  open();
  socket->beginMessage(WebSocketKind::kText);
  successResultOf(socket->sendPiece("hel"));
  receive(frames::kPing, "there?");
  auto answer = socket->ping();
  successResultOf(socket->endMessage());
  EXPECT_THAT(said(), ElementsAre("pong there?", "ping 1", "text hel"));
  std::move(answer).discard();
}

TEST_F(WebSocketSendingTest, BetweenPiecesItMayClose) {
  open();
  socket->beginMessage(WebSocketKind::kText);
  successResultOf(socket->sendPiece("hel"));
  socket->close();
  failureResultOf<WebSocketClosed>(socket->sendPiece("lo"));
  failureResultOf<WebSocketClosed>(socket->endMessage());
  EXPECT_THAT(said(), ElementsAre("close 1000: "));
}

TEST_F(WebSocketSendingTest, WithoutABeginningThereAreNoPieces) {
  open();
  failureResultOf<std::logic_error>(socket->sendPiece("lo"));
  failureResultOf<std::logic_error>(socket->endMessage());
  EXPECT_EQ(sent(), "");
}

// Compression

class WebSocketCompressedTest : public SpeakerTest {
 protected:
  WebSocketCompressedTest() { options.compression.emplace(); }

  const std::string kLong = std::string(1000, 'x');
};

TEST_F(WebSocketCompressedTest, ALongMessageIsSentSmall) {
  open();
  successResultOf(socket->send(kLong));
  const std::string bytes = sent();
  EXPECT_LT(bytes.size(), 50u);
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]), frames::compressed(frames::kText));
  EXPECT_THAT(frames::hear(*other, bytes), ElementsAre("text " + kLong));
}

TEST_F(WebSocketCompressedTest, AShortMessageIsSentAsItIs) {
  options.compression->threshold = 6;
  open();
  successResultOf(socket->send("hello"));
  EXPECT_EQ(sent(), frames::fromServer(frames::kText, "hello"));
  successResultOf(socket->send("hello!"));
  const std::string bytes = sent();
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]), frames::compressed(frames::kText));
  EXPECT_THAT(frames::hear(*other, bytes), ElementsAre("text hello!"));
}

TEST_F(WebSocketCompressedTest, WhatWasSentBeforeIsSentSmaller) {
  open();
  std::string numbers;
  for (int i = 0; i < 100; ++i) numbers += std::to_string(i * 7919);
  successResultOf(socket->send(numbers));
  const std::string first = sent();
  successResultOf(socket->send(numbers));
  const std::string second = sent();
  EXPECT_LT(second.size() * 4, first.size());
  EXPECT_THAT(frames::hear(*other, first + second),
              ElementsAre("text " + numbers, "text " + numbers));
}

TEST_F(WebSocketCompressedTest, FragmentsOfItAreUnderstood) {
  options.fragmentSize = 3;
  open();
  successResultOf(socket->send(kLong));
  successResultOf(socket->send(kLong));
  EXPECT_THAT(said(), ElementsAre("text " + kLong, "text " + kLong));
}

TEST_F(WebSocketCompressedTest, PiecesOfItAreUnderstood) {
  open();
  successResultOf(socket->send(kLong));
  socket->beginMessage(WebSocketKind::kText);
  for (int i = 0; i < 3; ++i) successResultOf(socket->sendPiece(kLong));
  successResultOf(socket->endMessage());
  socket->beginMessage(WebSocketKind::kText);
  successResultOf(socket->endMessage());
  successResultOf(socket->send(kLong));
  EXPECT_THAT(said(), ElementsAre("text " + kLong, "text " + kLong + kLong + kLong, "text ",
                                  "text " + kLong));
}

TEST_F(WebSocketCompressedTest, AClientsAreUnderstood) {
  side = WebSocketSide::kClient;
  open();
  successResultOf(socket->send(kLong));
  successResultOf(socket->send("hello"));
  successResultOf(socket->sendBinary(kLong));
  EXPECT_THAT(said(), ElementsAre("text " + kLong, "text hello", "binary " + kLong));
}

TEST_F(WebSocketCompressedTest, OptionsThatCannotBeAreRefused) {
  options.compression->level = 10;
  EXPECT_THROW(open(), std::invalid_argument);
  options.compression->level = 6;
  options.compression->memoryLevel = 0;
  EXPECT_THROW(open(), std::invalid_argument);
  options.compression->memoryLevel = 8;
  options.compression->serverMaxWindowBits = 16;
  EXPECT_THROW(open(), std::invalid_argument);
}

// Who waits until it is sent

class WebSocketBackPressureTest : public SpeakerTest {
 protected:
  static constexpr std::size_t kTooMuch = Producer::kHighMark + 1;

  WebSocketBackPressureTest() { open(); }

  void takeAll() {
    transport.setUnsent(0);
    transport.producer()->resumeProducing();
  }
};

TEST_F(WebSocketBackPressureTest, ASendWaitsWhileTooMuchIsUnsent) {
  transport.setUnsent(kTooMuch);
  auto first = socket->send("hello");
  auto second = socket->sendBinary("hello");
  auto third = socket->send(PreparedMessage::text("hello"));
  EXPECT_THAT(said(), SizeIs(3));
  testing::assertNoResult(first);
  ASSERT_TRUE(transport.producer());
  takeAll();
  successResultOf(first);
  successResultOf(second);
  successResultOf(third);
  EXPECT_FALSE(transport.producer());
}

TEST_F(WebSocketBackPressureTest, ASendDoesNotWaitForALittle) {
  transport.setUnsent(Producer::kHighMark);
  successResultOf(socket->send("hello"));
  EXPECT_FALSE(transport.producer());
}

TEST_F(WebSocketBackPressureTest, APieceWaitsLikewise) {
  socket->beginMessage(WebSocketKind::kText);
  transport.setUnsent(kTooMuch);
  auto piece = socket->sendPiece("hello");
  auto end = socket->endMessage();
  testing::assertNoResult(piece);
  takeAll();
  successResultOf(piece);
  successResultOf(end);
}

TEST_F(WebSocketBackPressureTest, WhoWaitsWhenItIsLostHearsWhy) {
  transport.setUnsent(kTooMuch);
  auto taken = socket->send("hello");
  transport.failConnection(Failure(std::runtime_error("the cable was cut")));
  transport.turn();
  EXPECT_THAT(failureResultOf<WebSocketClosed>(taken).message(), HasSubstr("the cable was cut"));
}

TEST_F(WebSocketBackPressureTest, WhoGaveUpWaitingHasSentIt) {
  transport.setUnsent(kTooMuch);
  auto given = socket->send("hello");
  auto kept = socket->send("world");
  given.cancel();
  failureResultOf<CancelledError>(given);
  EXPECT_THAT(said(), ElementsAre("text hello", "text world"));
  takeAll();
  successResultOf(kept);
}

TEST_F(WebSocketBackPressureTest, WhoWaitedMaySendAgainAndWaitAgain) {
  transport.setUnsent(kTooMuch);
  auto first = socket->send("hello").addCallback([this] {
    transport.setUnsent(kTooMuch);
    return socket->send("again");
  });
  takeAll();
  testing::assertNoResult(first);
  takeAll();
  successResultOf(first);
}

TEST_F(WebSocketBackPressureTest, WhoWaitsWhenItClosesIsFiredWhenAllIsSent) {
  transport.setUnsent(kTooMuch);
  auto taken = socket->send("hello");
  socket->close();
  receiveClose(1000);
  EXPECT_FALSE(transport.disconnected());
  takeAll();
  successResultOf(taken);
  transport.turn();
  EXPECT_TRUE(script.why->wasClean());
}

TEST_F(WebSocketBackPressureTest, WhoReadsNothingIsGivenUpAtTheCap) {
  Script serverScript;
  Script clientScript;
  auto server = std::make_unique<Speaker>(serverScript);
  auto client = std::make_unique<Speaker>(clientScript);
  testing::agreeWebSocket(*server);
  testing::agreeWebSocket(*client, {.side = WebSocketSide::kClient});
  Speaker& sender = *server;
  testing::Pump pump(std::move(server), std::move(client));
  pump.hold();
  auto first = sender.send(std::string(40'000'000, 'x'));
  auto second = sender.send(std::string(40'000'000, 'x'));
  pump.flush();
  failureResultOf<WebSocketClosed>(first);
  failureResultOf<WebSocketClosed>(second);
  EXPECT_THAT(serverScript.heard, ElementsAre("opened", "closed"));
}

TEST_F(WebSocketBackPressureTest, APeerThatPausesIsWaitedFor) {
  Script serverScript;
  Script clientScript;
  auto server = std::make_unique<Speaker>(serverScript);
  auto client = std::make_unique<Speaker>(clientScript);
  testing::agreeWebSocket(*server);
  testing::agreeWebSocket(*client, {.side = WebSocketSide::kClient});
  Speaker& sender = *server;
  Transport* hearing = nullptr;
  clientScript.whenOpened = [&](WebSocketProtocol& self) { hearing = &self.transport(); };
  testing::Pump pump(std::move(server), std::move(client));
  hearing->pauseProducing();
  auto taken = sender.send(std::string(1'000'000, 'x'));
  pump.flush();
  testing::assertNoResult(taken);
  hearing->resumeProducing();
  pump.flush();
  successResultOf(taken);
  EXPECT_THAT(clientScript.heard, SizeIs(2));
}

}  // namespace
}  // namespace couplet
