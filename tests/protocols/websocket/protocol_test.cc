// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The life of a WebSocket, and what it receives.
#include <stdexcept>

#include <gmock/gmock.h>

#include <couplet/protocols/testing/every_cut.h>
#include <couplet/reactor/errors.h>
#include "speaker.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using By = WebSocketClosed::By;

class WebSocketProtocolTest : public SpeakerTest {};

// What is heard

TEST_F(WebSocketProtocolTest, ASessionIsHeardInOrder) {
  open();
  receiveText("hello");
  receive(frames::kBinary, "bytes");
  receive(frames::kPong, "here");
  receiveClose(1000, "bye");
  EXPECT_THAT(script.heard, ElementsAre("opened", "text hello", "binary bytes", "pong here",
                                        "closing 1000 (normal): bye", "closed"));
}

TEST_F(WebSocketProtocolTest, ASessionIsTheSameAtEveryCut) {
  std::string session = frames::fromClient(frames::kText, "hello");
  session += frames::fromClient(frames::unfinished(frames::kBinary), "two ");
  session += frames::fromClient(frames::kPing, "there?");
  session += frames::fromClient(frames::kContinuation, "pieces");
  session += frames::fromClient(frames::kText, std::string(300, 'x'));
  session += frames::fromClient(frames::kClose, frames::closing(1001, "gone"));
  testing::expectSameAtEveryCut(session, [](const testing::Chunks& chunks) {
    Script script;
    testing::StringTransport transport;
    Speaker socket(script);
    testing::openWebSocket(transport, socket);
    for (const std::string_view chunk : chunks) socket.dataReceived(chunk);
    transport.turn();
    script.heard.emplace_back(transport.value());
    script.heard.push_back(script.why->what());
    return script.heard;
  });
}

TEST_F(WebSocketProtocolTest, OneThatIsAgreedOnLaterOpensThen) {
  transport.connect(*socket);
  EXPECT_THAT(script.heard, IsEmpty());
  testing::agreeWebSocket(*socket);
  EXPECT_THAT(script.heard, ElementsAre("opened"));
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketProtocolTest, WhatWasAgreedOnIsTold) {
  options.compression.emplace();
  script.whenOpened = [](WebSocketProtocol& self) {
    EXPECT_EQ(self.subprotocol(), "chat");
    EXPECT_TRUE(self.compressed());
  };
  testing::openWebSocket(transport, *socket, {side, options, "chat"});
  EXPECT_THAT(script.heard, ElementsAre("opened"));
}

TEST_F(WebSocketProtocolTest, NothingIsAgreedOnUnlessItIsSaid) {
  open();
  EXPECT_EQ(socket->subprotocol(), "");
  EXPECT_FALSE(socket->compressed());
}

TEST_F(WebSocketProtocolTest, OneThatTakesNoTextClosesWith1003) {
  WebSocketProtocol mute;
  testing::openWebSocket(transport, mute);
  mute.dataReceived(frames::fromClient(frames::kText, "hello"));
  WebSocketParser browser(WebSocketSide::kClient, {});
  EXPECT_THAT(frames::hear(browser, sent()), ElementsAre("close 1003: no text is taken here"));
}

TEST_F(WebSocketProtocolTest, OneThatTakesNoBinaryMessagesClosesWith1003) {
  WebSocketProtocol mute;
  testing::openWebSocket(transport, mute);
  mute.dataReceived(frames::fromClient(frames::kBinary, "hello"));
  WebSocketParser browser(WebSocketSide::kClient, {});
  EXPECT_THAT(frames::hear(browser, sent()),
              ElementsAre("close 1003: no binary messages are taken here"));
}

TEST_F(WebSocketProtocolTest, APingIsAnsweredWithItsPayload) {
  open();
  receive(frames::kPing, "are you there?");
  receive(frames::kPing, "");
  EXPECT_THAT(said(), ElementsAre("pong are you there?", "pong "));
  EXPECT_THAT(script.heard, ElementsAre("opened"));
}

TEST_F(WebSocketProtocolTest, APingAmidAMessageIsAnsweredAtOnce) {
  open();
  receive(frames::unfinished(frames::kText), "hel");
  receive(frames::kPing, "now");
  EXPECT_THAT(said(), ElementsAre("pong now"));
  receive(frames::kContinuation, "lo");
  EXPECT_THAT(script.heard, ElementsAre("opened", "text hello"));
}

TEST_F(WebSocketProtocolTest, DeliveryStopsAtAPauseAndGoesOn) {
  open();
  script.whenText = [](WebSocketProtocol& self, auto) { self.transport().pauseProducing(); };
  receiveBytes(frames::fromClient(frames::kText, "one") + frames::fromClient(frames::kText, "two"));
  EXPECT_THAT(script.heard, ElementsAre("opened", "text one"));
  transport.resumeProducing();
  transport.turn();
  EXPECT_THAT(script.heard, ElementsAre("opened", "text one", "text two"));
}

TEST_F(WebSocketProtocolTest, APingInAPauseIsAnsweredAfterIt) {
  open();
  script.whenText = [](WebSocketProtocol& self, auto) { self.transport().pauseProducing(); };
  receiveBytes(frames::fromClient(frames::kText, "one") + frames::fromClient(frames::kPing, "?"));
  EXPECT_THAT(said(), IsEmpty());
  transport.resumeProducing();
  transport.turn();
  EXPECT_THAT(said(), ElementsAre("pong ?"));
}

TEST_F(WebSocketProtocolTest, ACloseInAReceivingMethodEndsDelivery) {
  open();
  script.whenText = [](WebSocketProtocol& self, auto) { self.close(); };
  receiveBytes(frames::fromClient(frames::kText, "one") + frames::fromClient(frames::kText, "two"));
  EXPECT_THAT(script.heard, ElementsAre("opened", "text one"));
  EXPECT_THAT(said(), ElementsAre("close 1000: "));
}

TEST_F(WebSocketProtocolTest, AnAbortInAReceivingMethodEndsDelivery) {
  open();
  script.whenText = [](WebSocketProtocol& self, auto) { self.transport().abortConnection(); };
  receiveBytes(frames::fromClient(frames::kText, "one") + frames::fromClient(frames::kText, "two"));
  EXPECT_THAT(script.heard, ElementsAre("opened", "text one", "closed"));
}

// Exceptions

TEST_F(WebSocketProtocolTest, AnExceptionOutOfAReceivingMethodClosesWith1011) {
  open();
  script.whenText = [](WebSocketProtocol&, auto) { throw std::runtime_error("no such room"); };
  EXPECT_THROW(receiveText("hello"), std::runtime_error);
  EXPECT_THAT(said(), ElementsAre("close 1011: "));
  lose();
  EXPECT_EQ(script.heard.back(), "closed");
  EXPECT_EQ(script.why->by(), By::kThisSide);
  EXPECT_EQ(script.why->reason().code(), CloseReason::kInternalError);
  EXPECT_FALSE(script.why->wasClean());
}

TEST_F(WebSocketProtocolTest, NothingIsHeardAfterAnExceptionButTheEnd) {
  open();
  script.whenText = [](WebSocketProtocol&, auto) { throw std::runtime_error("no such room"); };
  const std::string hello = frames::fromClient(frames::kText, "hello");
  EXPECT_THROW(receiveBytes(hello + hello), std::runtime_error);
  receiveBytes(hello);
  lose();
  EXPECT_THAT(script.heard, ElementsAre("opened", "text hello", "closed"));
}

TEST_F(WebSocketProtocolTest, AnExceptionOutOfOpenedClosesWith1011) {
  script.whenOpened = [](WebSocketProtocol&) { throw std::runtime_error("no room left"); };
  EXPECT_THROW(open(), std::runtime_error);
  other.emplace(WebSocketSide::kClient, WebSocketParser::Limits{});
  EXPECT_THAT(said(), ElementsAre("close 1011: "));
  lose();
  EXPECT_THAT(script.heard, ElementsAre("opened", "closed"));
}

TEST_F(WebSocketProtocolTest, AnExceptionAfterACloseSendsNoSecondOne) {
  open();
  script.whenText = [](WebSocketProtocol& self, auto) {
    self.close(CloseReason(4000, "enough"));
    throw std::runtime_error("no such room");
  };
  EXPECT_THROW(receiveText("hello"), std::runtime_error);
  EXPECT_THAT(said(), ElementsAre("close 4000: enough"));
}

TEST_F(WebSocketProtocolTest, AnExceptionOutOfClosingStillAnswers) {
  open();
  script.whenClosing = [](WebSocketProtocol&) { throw std::runtime_error("no such room"); };
  EXPECT_THROW(receiveClose(1001), std::runtime_error);
  EXPECT_THAT(said(), ElementsAre("close 1001: "));
  lose();
  EXPECT_EQ(script.heard.back(), "closed");
  EXPECT_EQ(script.why->by(), By::kOtherSide);
}

TEST_F(WebSocketProtocolTest, AnExceptionOutOfClosedComesOut) {
  open();
  auto ended = socket->whenClosed();
  script.whenClosed = [] { throw std::runtime_error("no such room"); };
  EXPECT_THROW(lose(), std::runtime_error);
  EXPECT_EQ(testing::successResultOf(ended).by(), By::kConnection);
}

// The other side closes

TEST_F(WebSocketProtocolTest, ACloseIsAnsweredWithTheSameCode) {
  open();
  receiveClose(4321, "enough");
  EXPECT_THAT(said(), ElementsAre("close 4321: enough"));
  EXPECT_TRUE(transport.disconnected());
  EXPECT_FALSE(transport.aborted());
  EXPECT_EQ(script.why->by(), By::kOtherSide);
  EXPECT_EQ(script.why->reason(), CloseReason(4321, "enough"));
  EXPECT_TRUE(script.why->wasClean());
}

TEST_F(WebSocketProtocolTest, ACloseWithoutACodeIsAnsweredWithoutOne) {
  open();
  receive(frames::kClose, "");
  EXPECT_EQ(sent(), frames::fromServer(frames::kClose, ""));
  EXPECT_EQ(script.why->reason().code(), CloseReason::kNoCode);
  EXPECT_THAT(script.why->what(), HasSubstr("did not say why"));
}

TEST_F(WebSocketProtocolTest, WhoHearsThatTheOtherClosesMaySayMore) {
  open();
  script.whenClosing = [](WebSocketProtocol& self) {
    EXPECT_TRUE(self.open());
    testing::successResultOf(self.send("bye, then"));
  };
  receiveClose(1000);
  EXPECT_THAT(said(), ElementsAre("text bye, then", "close 1000: "));
}

TEST_F(WebSocketProtocolTest, WhoHearsThatTheOtherClosesMayGiveItsOwnReason) {
  open();
  script.whenClosing = [](WebSocketProtocol& self) { self.close(CloseReason(4000)); };
  receiveClose(1001);
  EXPECT_THAT(said(), ElementsAre("close 4000: "));
  EXPECT_EQ(script.why->by(), By::kOtherSide);
  EXPECT_EQ(script.why->reason().code(), 1001);
  EXPECT_TRUE(script.why->wasClean());
}

TEST_F(WebSocketProtocolTest, NothingIsHeardBehindAClose) {
  open();
  receiveBytes(frames::fromClient(frames::kClose, "") + frames::fromClient(frames::kText, "more"));
  EXPECT_THAT(script.heard, ElementsAre("opened", HasSubstr("closing 1005"), "closed"));
}

TEST_F(WebSocketProtocolTest, AClientLeavesTheEndOfTheConnectionToTheServer) {
  side = WebSocketSide::kClient;
  open();
  receiveClose(1000);
  EXPECT_THAT(said(), ElementsAre("close 1000: "));
  EXPECT_FALSE(transport.disconnecting());
  otherEndsInput();
  EXPECT_TRUE(transport.disconnected());
  EXPECT_TRUE(script.why->wasClean());
}

TEST_F(WebSocketProtocolTest, AClientThatWaitsForTheEndInVainMakesIt) {
  side = WebSocketSide::kClient;
  options.closeTimeout = 3s;
  open();
  receiveClose(1000);
  advance(2900ms);
  EXPECT_FALSE(transport.disconnecting());
  advance(200ms);
  EXPECT_TRUE(transport.disconnected());
  EXPECT_TRUE(script.why->wasClean());
}

// This side closes

TEST_F(WebSocketProtocolTest, ACloseThatIsAnsweredIsClean) {
  open();
  socket->close(CloseReason(CloseReason::kGoingAway, "back in a minute"));
  EXPECT_FALSE(socket->open());
  EXPECT_THAT(said(), ElementsAre("close 1001: back in a minute"));
  EXPECT_FALSE(transport.disconnecting());
  receiveClose(1001);
  EXPECT_THAT(script.heard, ElementsAre("opened", "closed"));
  EXPECT_EQ(script.why->by(), By::kThisSide);
  EXPECT_EQ(script.why->reason().text(), "back in a minute");
  EXPECT_TRUE(script.why->wasClean());
}

TEST_F(WebSocketProtocolTest, ACloseThatIsNotAnsweredIsAborted) {
  options.closeTimeout = 3s;
  open();
  socket->close();
  advance(2900ms);
  EXPECT_FALSE(transport.disconnected());
  advance(200ms);
  EXPECT_TRUE(transport.aborted());
  EXPECT_TRUE(transport.lossReason()->check<TimeoutError>());
  EXPECT_EQ(script.why->by(), By::kThisSide);
  EXPECT_FALSE(script.why->wasClean());
}

TEST_F(WebSocketProtocolTest, ACloseIsSentOnceAndItsTimeNotProlonged) {
  options.closeTimeout = 3s;
  open();
  socket->close(CloseReason(4000));
  advance(2s);
  socket->close(CloseReason(4001));
  EXPECT_THAT(said(), ElementsAre("close 4000: "));
  advance(1100ms);
  EXPECT_TRUE(transport.aborted());
  EXPECT_EQ(script.why->reason().code(), 4000);
}

TEST_F(WebSocketProtocolTest, TheAnswerDoesNotProlongTheTimeOfAClose) {
  side = WebSocketSide::kClient;
  options.closeTimeout = 3s;
  open();
  socket->close();
  advance(2s);
  receiveClose(1000);
  advance(1100ms);
  EXPECT_TRUE(transport.disconnected());
}

TEST_F(WebSocketProtocolTest, WhatComesAfterACloseIsDropped) {
  open();
  socket->close();
  EXPECT_THAT(said(), ElementsAre("close 1000: "));
  receiveText("hello");
  receive(frames::kPing, "there?");
  receive(frames::kPong, "here");
  EXPECT_THAT(script.heard, ElementsAre("opened"));
  EXPECT_EQ(sent(), "");
}

TEST_F(WebSocketProtocolTest, ACloseInAPauseHearsItsAnswer) {
  open();
  transport.pauseProducing();
  socket->close();
  transport.turn();
  EXPECT_FALSE(transport.paused());
  receiveClose(1000);
  EXPECT_TRUE(script.why->wasClean());
}

TEST_F(WebSocketProtocolTest, ACloseAtTheSameTimeIsBothSidesOwn) {
  open();
  socket->close(CloseReason(4000));
  receiveClose(4001);
  EXPECT_THAT(said(), ElementsAre("close 4000: "));
  EXPECT_THAT(script.heard, ElementsAre("opened", "closed"));
  EXPECT_EQ(script.why->reason().code(), 4000);
}

TEST_F(WebSocketProtocolTest, ReasonsThatNobodyMaySendAreRefused) {
  open();
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) {
    EXPECT_THROW(socket->close(CloseReason(static_cast<std::uint16_t>(code))),
                 std::invalid_argument)
        << code;
  }
  EXPECT_THROW(socket->close(CloseReason(1000, std::string(124, 'x'))), std::invalid_argument);
  EXPECT_THROW(socket->close(CloseReason(1000, "\xc3")), std::invalid_argument);
  EXPECT_TRUE(socket->open());
  EXPECT_EQ(sent(), "");
}

TEST_F(WebSocketProtocolTest, TheLongestTextOfACloseIsSent) {
  open();
  const std::string text(CloseReason::kMaxText, 'x');
  socket->close(CloseReason(1000, text));
  EXPECT_THAT(said(), ElementsAre("close 1000: " + text));
}

// Bytes that are refused

TEST_F(WebSocketProtocolTest, AFrameThatIsNotMaskedIsRefused) {
  open();
  receiveBytes(frames::fromServer(frames::kText, "hello"));
  EXPECT_THAT(said(), ElementsAre(HasSubstr("close 1002: ")));
  EXPECT_FALSE(socket->open());
}

TEST_F(WebSocketProtocolTest, ATextThatIsNoUTF8IsRefused) {
  open();
  receiveText("\xff");
  EXPECT_THAT(said(), ElementsAre(HasSubstr("close 1007: ")));
}

TEST_F(WebSocketProtocolTest, AMessageThatIsTooLongIsRefused) {
  options.messageLimit = 10;
  open();
  receive(frames::kBinary, "ten bytes!");
  receive(frames::kBinary, "eleven byte");
  EXPECT_THAT(script.heard, ElementsAre("opened", "binary ten bytes!"));
  EXPECT_THAT(said(), ElementsAre(HasSubstr("close 1009: ")));
}

TEST_F(WebSocketProtocolTest, AfterARefusalTheRestIsReadAndDropped) {
  open();
  receiveBytes(frames::fromServer(frames::kText, "hello"));
  EXPECT_TRUE(transport.writeDisconnecting());
  EXPECT_FALSE(transport.disconnecting());
  receiveText("more");
  EXPECT_THAT(script.heard, ElementsAre("opened"));
  otherEndsInput();
  EXPECT_THAT(script.heard, ElementsAre("opened", "closed"));
  EXPECT_EQ(script.why->by(), By::kThisSide);
  EXPECT_EQ(script.why->reason().code(), CloseReason::kProtocolError);
}

TEST_F(WebSocketProtocolTest, WhoSendsOnAfterARefusalIsAborted) {
  options.closeTimeout = 3s;
  open();
  receiveBytes(frames::fromServer(frames::kText, "hello"));
  for (int i = 0; i < 31; ++i) {
    receiveText("more");
    advance(100ms);
  }
  EXPECT_TRUE(transport.aborted());
  EXPECT_EQ(script.why->reason().code(), CloseReason::kProtocolError);
}

TEST_F(WebSocketProtocolTest, BytesThatAreRefusedAfterACloseChangeNoReason) {
  open();
  socket->close(CloseReason(4000));
  receiveBytes(frames::fromServer(frames::kText, "hello"));
  EXPECT_THAT(said(), ElementsAre("close 4000: "));
  otherEndsInput();
  EXPECT_EQ(script.why->reason().code(), 4000);
}

// The connection is lost

TEST_F(WebSocketProtocolTest, ALossWithoutACloseSaysWhy) {
  open();
  transport.failConnection(Failure(std::runtime_error("the cable was cut")));
  transport.turn();
  EXPECT_THAT(script.heard, ElementsAre("opened", "closed"));
  EXPECT_EQ(script.why->by(), By::kConnection);
  EXPECT_EQ(script.why->reason(), CloseReason(CloseReason::kAbnormal, "the cable was cut"));
  EXPECT_FALSE(script.why->wasClean());
}

TEST_F(WebSocketProtocolTest, InputThatEndsAmidAMessageIsTheReason) {
  open();
  receive(frames::unfinished(frames::kText), "hel");
  otherEndsInput();
  EXPECT_EQ(script.why->reason().code(), CloseReason::kAbnormal);
  EXPECT_THAT(script.why->reason().text(), HasSubstr("3 bytes of a text message"));
}

TEST_F(WebSocketProtocolTest, AClosingTransportEndsIt) {
  open();
  transport.loseConnection();
  EXPECT_FALSE(socket->open());
  transport.turn();
  EXPECT_THAT(script.heard, ElementsAre("opened", "closed"));
  EXPECT_EQ(script.why->reason().code(), CloseReason::kAbnormal);
}

TEST_F(WebSocketProtocolTest, OneThatWasNeverOpenedIsNotClosed) {
  transport.connect(*socket);
  lose();
  EXPECT_THAT(script.heard, IsEmpty());
}

TEST_F(WebSocketProtocolTest, WhoWaitsForTheEndHearsIt) {
  open();
  auto first = socket->whenClosed();
  auto second = socket->whenClosed();
  testing::assertNoResult(first);
  receiveClose(1001);
  EXPECT_EQ(testing::successResultOf(first).reason().code(), 1001);
  EXPECT_EQ(testing::successResultOf(second).reason().code(), 1001);
  EXPECT_EQ(testing::successResultOf(socket->whenClosed()).reason().code(), 1001);
}

TEST_F(WebSocketProtocolTest, AWaitForTheEndMayBeCancelled) {
  open();
  auto ended = socket->whenClosed();
  ended.cancel();
  testing::failureResultOf<CancelledError>(ended);
  lose();
  EXPECT_EQ(script.heard.back(), "closed");
}

TEST_F(WebSocketProtocolTest, WhoHearsTheEndFindsItLost) {
  open();
  bool stood = true;
  auto ended = socket->whenClosed().addCallback([&](const WebSocketClosed&) {
    stood = socket->open();
    testing::failureResultOf<WebSocketClosed>(socket->send("hello"));
  });
  lose();
  testing::successResultOf(ended);
  EXPECT_FALSE(stood);
}

// Misuse, and the end of the object

TEST_F(WebSocketProtocolTest, NothingIsSentBeforeItIsOpen) {
  EXPECT_FALSE(socket->open());
  testing::failureResultOf<WebSocketClosed>(socket->send("hello"));
  testing::failureResultOf<WebSocketClosed>(socket->sendBinary("hello"));
  testing::failureResultOf<WebSocketClosed>(socket->ping());
  socket->close();
  open();
  EXPECT_EQ(sent(), "");
  EXPECT_TRUE(socket->open());
}

TEST_F(WebSocketProtocolTest, NothingIsSentAfterAClose) {
  open();
  socket->close(CloseReason(4000, "enough"));
  sent();
  const Failure why = testing::failureResultOf<WebSocketClosed>(socket->send("hello"));
  EXPECT_THAT(why.message(), HasSubstr("4000: enough"));
  testing::failureResultOf<WebSocketClosed>(socket->sendBinary("hello"));
  testing::failureResultOf<WebSocketClosed>(socket->send(PreparedMessage::text("hello")));
  testing::failureResultOf<WebSocketClosed>(socket->ping());
  EXPECT_EQ(sent(), "");
}

TEST_F(WebSocketProtocolTest, ItIsAgreedOnOnce) {
  testing::agreeWebSocket(*socket);
  EXPECT_THROW(testing::agreeWebSocket(*socket), std::logic_error);
}

TEST_F(WebSocketProtocolTest, BytesBeforeTheHandshakeAreAMistake) {
  transport.connect(*socket);
  EXPECT_THROW(socket->dataReceived("hello"), std::logic_error);
}

TEST_F(WebSocketProtocolTest, NothingFollowsItOnItsConnection) {
  open();
  EXPECT_THROW(socket->takeUnparsed(), std::logic_error);
}

TEST_F(WebSocketProtocolTest, ItMayGoAtAnyTime) {
  socket.reset();
  socket = std::make_unique<Speaker>(script);
  testing::agreeWebSocket(*socket);
  socket = std::make_unique<Speaker>(script);
  open();
  auto ended = socket->whenClosed();
  auto answer = socket->ping();
  transport.setUnsent(1'000'000);
  auto taken = socket->send("hello");
  socket.reset();
  testing::failureResultOf<AbandonedError>(ended);
  testing::failureResultOf<AbandonedError>(answer);
  testing::failureResultOf<AbandonedError>(taken);
  EXPECT_EQ(transport.producer(), nullptr);
  EXPECT_EQ(transport.fakeClock().delayedCalls(), 0u);
  transport.fakeClock().advance(1h);
}

}  // namespace
}  // namespace couplet
