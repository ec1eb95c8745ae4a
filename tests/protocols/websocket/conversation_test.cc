// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// WebSockets by `co_await`: the server's, on a site in memory.
#include <stdexcept>

#include <gmock/gmock.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/testing/logged_errors.h>
#include "served.h"
#include "speaker.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using testing::failureResultOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::successResultOf;

using Message = std::optional<WebSocketMessage>;

std::string textOf(Deferred<Message> receiving, SourceLocation here = SourceLocation::current()) {
  const Message message = successResultOf(receiving, here);
  return message ? message->payload : "nothing";
}

/// One WebSocket, on a transport whose other end is played by the test.
class WebSocketTest : public ::testing::Test {
 protected:
  WebSocketTest() {
    testing::agreeWebSocket(*protocol);
    transport.connect(*protocol);
  }

  void receive(unsigned first, std::string_view payload) {
    receiveBytes(frames::fromClient(first, payload));
  }
  void receiveText(std::string_view text) { receive(frames::kText, text); }
  void receiveClose(std::uint16_t code) { receive(frames::kClose, frames::closing(code)); }
  void receiveBytes(std::string_view bytes) {
    if (transport.receiving()) protocol->dataReceived(bytes);
    transport.turn();
  }
  void lose() {
    transport.failConnection(Failure(std::runtime_error("the cable was cut")));
    transport.turn();
  }
  std::vector<std::string> said() {
    const std::string bytes(transport.value());
    transport.clear();
    return frames::hear(browser, bytes);
  }

  testing::StringTransport transport;
  WebSocketParser browser{WebSocketSide::kClient, {}};
  WebSocket socket;
  std::unique_ptr<WebSocketConversation> protocol = std::make_unique<WebSocketConversation>(
      [this](WebSocket opened) { socket = std::move(opened); });
};

// Receiving

TEST_F(WebSocketTest, MessagesAreReceivedInOrder) {
  receiveText("one");
  receive(frames::kBinary, "two");
  EXPECT_EQ(successResultOf(socket.receive()), Message({WebSocketKind::kText, "one"}));
  EXPECT_EQ(successResultOf(socket.receive()), Message({WebSocketKind::kBinary, "two"}));
}

TEST_F(WebSocketTest, WhoWaitsGetsTheNextMessage) {
  auto next = socket.receive();
  testing::assertNoResult(next);
  receiveText("one");
  EXPECT_EQ(textOf(std::move(next)), "one");
}

TEST_F(WebSocketTest, OneWaitsAtATime) {
  auto first = socket.receive();
  EXPECT_THROW(socket.receive(), std::logic_error);
  receiveText("one");
  EXPECT_EQ(textOf(std::move(first)), "one");
}

TEST_F(WebSocketTest, WhoIsCancelledHasTakenNothing) {
  auto given = socket.receive();
  given.cancel();
  failureResultOf<CancelledError>(given);
  receiveText("one");
  EXPECT_EQ(textOf(socket.receive()), "one");
}

TEST_F(WebSocketTest, WhoTimesOutHasTakenNothing) {
  auto given = socket.receive().addTimeout(3s, transport.fakeClock());
  transport.fakeClock().advance(3s);
  failureResultOf<TimeoutError>(given);
  receiveText("one");
  EXPECT_EQ(textOf(socket.receive()), "one");
}

TEST_F(WebSocketTest, AtAnOrderlyEndThereIsNothing) {
  auto waiting = socket.receive();
  receiveClose(1001);
  EXPECT_EQ(textOf(std::move(waiting)), "nothing");
  EXPECT_EQ(textOf(socket.receive()), "nothing");
  EXPECT_EQ(textOf(socket.receive()), "nothing");
}

TEST_F(WebSocketTest, AnEndWithoutACodeIsOrderly) {
  receive(frames::kClose, "");
  EXPECT_EQ(textOf(socket.receive()), "nothing");
}

TEST_F(WebSocketTest, AnotherEndIsAFailureEveryTime) {
  auto waiting = socket.receive();
  receiveClose(1011);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(failureResultOf<WebSocketClosed>(waiting).message(), HasSubstr("1011"));
    waiting = socket.receive();
  }
  failureResultOf<WebSocketClosed>(waiting);
}

TEST_F(WebSocketTest, MessagesBeforeTheEndAreReceivedFirst) {
  receiveText("one");
  receiveText("two");
  receiveClose(1011);
  EXPECT_EQ(textOf(socket.receive()), "one");
  EXPECT_EQ(textOf(socket.receive()), "two");
  failureResultOf<WebSocketClosed>(socket.receive());
}

TEST_F(WebSocketTest, MessagesBeforeALossAreReceivedFirst) {
  receiveText("one");
  lose();
  EXPECT_EQ(textOf(socket.receive()), "one");
  EXPECT_THAT(failureResultOf<WebSocketClosed>(socket.receive()).message(),
              HasSubstr("the cable was cut"));
}

TEST_F(WebSocketTest, BytesThatAreRefusedAreAFailure) {
  auto waiting = socket.receive();
  receiveBytes(frames::fromServer(frames::kText, "not masked"));
  protocol->readConnectionLost();
  transport.turn();
  EXPECT_THAT(failureResultOf<WebSocketClosed>(waiting).message(), HasSubstr("1002"));
}

TEST_F(WebSocketTest, UnreadMessagesPauseTheConnection) {
  const std::string half(WebSocket::kMostUnread / 2, 'x');
  receive(frames::kBinary, half);
  EXPECT_FALSE(transport.paused());
  receive(frames::kBinary, half);
  EXPECT_TRUE(transport.paused());
  textOf(socket.receive());
  EXPECT_FALSE(transport.paused());
}

TEST_F(WebSocketTest, EmptyMessagesPauseTheConnectionToo) {
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += frames::fromClient(frames::kText, "");
  receiveBytes(many);
  EXPECT_TRUE(transport.paused());
}

TEST_F(WebSocketTest, AMessageThatSomebodyWaitsForPausesNothing) {
  auto waiting = socket.receive();
  receive(frames::kBinary, std::string(WebSocket::kMostUnread, 'x'));
  EXPECT_FALSE(transport.paused());
  EXPECT_EQ(textOf(std::move(waiting)).size(), WebSocket::kMostUnread);
}

TEST_F(WebSocketTest, AfterAPauseAllIsReceived) {
  const std::string large(WebSocket::kMostUnread, 'x');
  std::string all;
  for (int i = 0; i < 5; ++i) {
    all += frames::fromClient(frames::kText, large) +
           frames::fromClient(frames::kText, std::to_string(i));
  }
  receiveBytes(all);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(textOf(socket.receive()), large);
    transport.turn();
    EXPECT_EQ(textOf(socket.receive()), std::to_string(i));
    transport.turn();
  }
}

TEST_F(WebSocketTest, WhileTooMuchIsUnsentNothingIsReceived) {
  receiveText("one");
  receiveText("two");
  transport.setThrottled(true);
  auto waiting = socket.receive();
  testing::assertNoResult(waiting);
  transport.setThrottled(false);
  transport.turn();
  EXPECT_EQ(textOf(std::move(waiting)), "one");
  EXPECT_EQ(textOf(socket.receive()), "two");
}

TEST_F(WebSocketTest, ALossWhileTooMuchIsUnsentIsHeardOf) {
  receiveText("one");
  transport.setThrottled(true);
  auto waiting = socket.receive();
  lose();
  EXPECT_EQ(textOf(std::move(waiting)), "one");
  failureResultOf<WebSocketClosed>(socket.receive());
}

// Sending

TEST_F(WebSocketTest, AllThatAProtocolSendsIsSent) {
  successResultOf(socket.send("text"));
  successResultOf(socket.sendBinary("bytes"));
  successResultOf(socket.send(PreparedMessage::text("prepared")));
  socket.beginMessage(WebSocketKind::kText);
  successResultOf(socket.sendPiece("in "));
  successResultOf(socket.sendPiece("pieces"));
  successResultOf(socket.endMessage());
  EXPECT_THAT(said(), ElementsAre("text text", "binary bytes", "text prepared", "text in pieces"));
}

TEST_F(WebSocketTest, APingIsAnswered) {
  auto answer = socket.ping();
  receive(frames::kPong, "1");
  successResultOf(answer);
}

TEST_F(WebSocketTest, EverythingFailsAfterALoss) {
  lose();
  EXPECT_FALSE(socket.open());
  failureResultOf<WebSocketClosed>(socket.send("text"));
  failureResultOf<WebSocketClosed>(socket.sendBinary("bytes"));
  failureResultOf<WebSocketClosed>(socket.send(PreparedMessage::text("prepared")));
  socket.beginMessage(WebSocketKind::kText);
  failureResultOf<WebSocketClosed>(socket.sendPiece("piece"));
  failureResultOf<WebSocketClosed>(socket.endMessage());
  failureResultOf<WebSocketClosed>(socket.ping());
  socket.abort();
  EXPECT_EQ(socket.getPeer(), transport.getPeer());
  EXPECT_EQ(socket.getHost(), transport.getHost());
}

// Closing

TEST_F(WebSocketTest, ACloseFiresWhenTheConnectionIsLost) {
  auto closed = socket.close(CloseReason(4000, "enough"));
  EXPECT_THAT(said(), ElementsAre("close 4000: enough"));
  testing::assertNoResult(closed);
  receiveClose(4000);
  const WebSocketClosed why = successResultOf(closed);
  EXPECT_TRUE(why.wasClean());
  EXPECT_EQ(why.reason(), CloseReason(4000, "enough"));
}

TEST_F(WebSocketTest, ACloseAfterTheEndFiresAtOnce) {
  receiveClose(1001);
  EXPECT_EQ(successResultOf(socket.close()).reason().code(), 1001);
}

TEST_F(WebSocketTest, AReasonThatMayNotBeSentIsRefused) {
  EXPECT_THROW(socket.close(CloseReason(1006)), std::invalid_argument);
  EXPECT_TRUE(socket.open());
}

TEST_F(WebSocketTest, AfterACloseThereIsNothingToReceive) {
  receiveText("one");
  auto closed = socket.close();
  receiveText("two");
  EXPECT_EQ(textOf(socket.receive()), "one");
  EXPECT_EQ(textOf(socket.receive()), "nothing");
  receiveClose(1000);
  EXPECT_EQ(textOf(socket.receive()), "nothing");
  successResultOf(closed);
}

TEST_F(WebSocketTest, WhoWaitsWhenItIsClosedGetsNothing) {
  auto waiting = socket.receive();
  auto closed = socket.close();
  EXPECT_EQ(textOf(std::move(waiting)), "nothing");
  lose();
  successResultOf(closed);
}

TEST_F(WebSocketTest, AnAbortIsNoClose) {
  auto waiting = socket.receive();
  socket.abort();
  transport.turn();
  EXPECT_TRUE(transport.aborted());
  EXPECT_THAT(said(), IsEmpty());
  failureResultOf<WebSocketClosed>(waiting);
}

TEST_F(WebSocketTest, OneThatIsDroppedIsClosed) {
  socket = WebSocket();
  EXPECT_THAT(said(), ElementsAre("close 1000: "));
  receiveText("hello");
  receiveClose(1000);
  EXPECT_TRUE(transport.disconnected());
}

TEST_F(WebSocketTest, OneThatIsDroppedInAPauseIsClosed) {
  receive(frames::kBinary, std::string(WebSocket::kMostUnread, 'x'));
  socket = WebSocket();
  EXPECT_THAT(said(), ElementsAre("close 1000: "));
  EXPECT_FALSE(transport.paused());
}

TEST_F(WebSocketTest, WhoWaitsForOneThatIsDroppedIsToldSo) {
  auto waiting = socket.receive();
  socket = WebSocket();
  failureResultOf<AbandonedError>(waiting);
}

TEST_F(WebSocketTest, OneThatReceivesMayDropIt) {
  auto waiting = socket.receive().addCallback([this](const Message&) { socket = WebSocket(); });
  receiveBytes(frames::fromClient(frames::kText, "one") + frames::fromClient(frames::kText, "two"));
  successResultOf(waiting);
  EXPECT_THAT(said(), ElementsAre("close 1000: "));
}

TEST_F(WebSocketTest, OneThatHearsTheEndMayDropIt) {
  auto waiting = socket.receive().addBoth([this](const Result<Message>&) { socket = WebSocket(); });
  lose();
  successResultOf(waiting);
}

TEST_F(WebSocketTest, OneThatClosesItMayDropIt) {
  auto waiting = socket.receive().addCallback([this](const Message&) { socket = WebSocket(); });
  auto closed = socket.close();
  successResultOf(waiting);
  receiveClose(1000);
  successResultOf(closed);
}

TEST_F(WebSocketTest, AMoveLeavesAnEmptyOne) {
  WebSocket other = std::move(socket);
  EXPECT_TRUE(other.open());
  EXPECT_FALSE(socket);
  EXPECT_FALSE(socket.open());
  EXPECT_EQ(socket.subprotocol(), "");
  EXPECT_FALSE(socket.compressed());
  EXPECT_THROW(socket.send("hello"), std::logic_error);
  EXPECT_THROW(socket.receive(), std::logic_error);
  EXPECT_THROW(socket.close(), std::logic_error);
  EXPECT_THROW(socket.getPeer(), std::logic_error);
  EXPECT_THAT(said(), IsEmpty());
}

TEST_F(WebSocketTest, OneWhoseProtocolIsGoneFails) {
  receiveText("one");
  protocol.reset();
  EXPECT_FALSE(socket.open());
  EXPECT_EQ(textOf(socket.receive()), "one");
  failureResultOf<WebSocketClosed>(socket.receive());
  failureResultOf<WebSocketClosed>(socket.send("hello"));
  EXPECT_EQ(successResultOf(socket.close()).by(), WebSocketClosed::By::kConnection);
}

TEST_F(WebSocketTest, WhoWaitsWhenItsProtocolGoesIsTold) {
  auto waiting = socket.receive();
  protocol.reset();
  failureResultOf<WebSocketClosed>(waiting);
}

TEST_F(WebSocketTest, WhatWasAgreedOnIsKnownAfterALoss) {
  testing::StringTransport line;
  WebSocket chat;
  WebSocketConversation agreed([&](WebSocket opened) { chat = std::move(opened); });
  WebSocketOptions options;
  options.compression.emplace();
  testing::openWebSocket(line, agreed, {WebSocketSide::kServer, options, "chat"});
  EXPECT_EQ(chat.subprotocol(), "chat");
  EXPECT_TRUE(chat.compressed());
  line.abortConnection();
  line.turn();
  EXPECT_EQ(chat.subprotocol(), "chat");
  EXPECT_TRUE(chat.compressed());
}

// Conversations that are served

class WebSocketConversationTest : public ServedTest {
 protected:
  template <class F>
  void converse(F conversation) {
    serve(std::make_shared<WebSocketResource>(conversing(std::move(conversation))));
    browser.emplace(newBrowser());
    browser->open();
  }

  std::optional<Browser> browser;
};

Deferred<void> echo(WebSocket socket) {
  while (auto message = co_await socket.receive()) co_await socket.send(message->payload);
}

TEST_F(WebSocketConversationTest, GoesOnUntilTheOtherSideCloses) {
  converse(echo);
  EXPECT_THAT(browser->sayText("hello"), ElementsAre("text hello"));
  EXPECT_THAT(browser->sayText("world"), ElementsAre("text world"));
  EXPECT_THAT(browser->say(frames::kClose, frames::closing(1001)), ElementsAre("close 1001: "));
  EXPECT_EQ(resource->size(), 0u);
}

Deferred<void> answerOne(WebSocket socket) {
  const auto message = co_await socket.receive();
  co_await socket.send("bye, " + message->payload);
}

TEST_F(WebSocketConversationTest, OneThatEndsClosesWith1000) {
  converse(answerOne);
  EXPECT_THAT(browser->sayText("Ann"), ElementsAre("text bye, Ann", "close 1000: "));
  browser->say(frames::kClose, frames::closing(1000));
  EXPECT_EQ(resource->size(), 0u);
}

Deferred<void> failAtOnce(WebSocket) {
  throw std::runtime_error("no such room");
  co_return;
}

Deferred<void> failLater(WebSocket socket) {
  co_await socket.receive();
  throw std::runtime_error("no such room");
}

TEST_F(WebSocketConversationTest, OneThatFailsClosesWith1011AndIsReported) {
  testing::LoggedErrors errors;
  converse(failLater);
  EXPECT_THAT(browser->sayText("hello"), ElementsAre("close 1011: "));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no such room")));
}

TEST_F(WebSocketConversationTest, OneThatFailsAtOnceClosesWith1011AndIsReported) {
  testing::LoggedErrors errors;
  serve(std::make_shared<WebSocketResource>(conversing(failAtOnce)));
  EXPECT_THAT(newBrowser().send(asking("/")),
              HasSubstr(frames::fromServer(frames::kClose, frames::closing(1011))));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no such room")));
}

TEST_F(WebSocketConversationTest, AFunctionThatThrowsClosesWith1011AndIsReported) {
  testing::LoggedErrors errors;
  serve(std::make_shared<WebSocketResource>(
      conversing([](const WebSocket&) -> Deferred<void> { throw std::runtime_error("no room"); })));
  EXPECT_THAT(newBrowser().send(asking("/")),
              HasSubstr(frames::fromServer(frames::kClose, frames::closing(1011))));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no room")));
}

TEST_F(WebSocketConversationTest, OneThatEndsByTheLossOfItsPeerIsNoError) {
  testing::LoggedErrors errors;
  converse(echo);
  browser->peer().abortConnection();
  reactor.flush();
  EXPECT_THAT(errors.take(), IsEmpty());
}

Deferred<void> failByAnother(WebSocket socket) {
  co_await socket.receive();
  throw WebSocketClosed(WebSocketClosed::By::kConnection,
                        CloseReason(CloseReason::kAbnormal, "another one"));
}

TEST_F(WebSocketConversationTest, OneThatFailsByTheEndOfAnotherIsReported) {
  testing::LoggedErrors errors;
  converse(failByAnother);
  EXPECT_THAT(browser->sayText("hello"), ElementsAre("close 1011: "));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("another one")));
}

TEST_F(WebSocketConversationTest, ASocketThatIsKeptElsewhereStaysOpen) {
  WebSocket kept;
  converse([&](WebSocket socket) {
    kept = std::move(socket);
    return succeed();
  });
  EXPECT_THAT(browser->sayText("hello"), IsEmpty());
  EXPECT_TRUE(kept.open());
  EXPECT_EQ(textOf(kept.receive()), "hello");
  kept = WebSocket();
  EXPECT_THAT(browser->hear(), ElementsAre("close 1000: "));
}

TEST_F(WebSocketConversationTest, OneThatIsCutOffEndsWithTheResourceAndItsWebSockets) {
  bool ended = false;
  struct Ending {
    bool& ended;
    ~Ending() { ended = true; }
  };
  const auto waitForEver = [](WebSocket socket, bool& itsEnd) -> Deferred<void> {
    Promise<void> never;
    const Ending ending{itsEnd};
    co_await never.deferred();
    co_await socket.send("never");
  };
  {
    testing::MemoryReactor brief;
    brief.listenTCP(8080,
                    newWebSocketFactory(std::make_shared<WebSocketResource>(conversing(
                        [&](WebSocket socket) { return waitForEver(std::move(socket), ended); }))));
    Browser other(brief, brief.tcpServers().at(0).connect());
    brief.flush();
    other.open();
    other.peer().abortConnection();
    brief.flush();
    EXPECT_FALSE(ended);
  }
  EXPECT_TRUE(ended);
}

TEST_F(WebSocketConversationTest, AReactorThatGoesEndsAll) {
  WebSocket kept;
  std::optional<Deferred<Message>> waiting;
  {
    testing::MemoryReactor brief;
    auto sockets = std::make_shared<WebSocketResource>(conversing([&](WebSocket socket) {
      kept = std::move(socket);
      waiting = kept.receive();
      return succeed();
    }));
    brief.listenTCP(8080, newWebSocketFactory(sockets));
    Browser other(brief, brief.tcpServers().at(0).connect());
    brief.flush();
    other.open();
  }
  failureResultOf<WebSocketClosed>(*waiting);
  EXPECT_FALSE(kept.open());
  failureResultOf<WebSocketClosed>(kept.send("hello"));
}

TEST_F(WebSocketConversationTest, AllThatTheBrowserSendsAtOnceIsEchoed) {
  converse(echo);
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    all += frames::fromClient(frames::kText, std::string(1000, 'x') + std::to_string(i));
  }
  const std::string echoed = browser->send(all);
  WebSocketParser parser(WebSocketSide::kClient, {});
  const std::vector<std::string> heard = frames::hear(parser, echoed);
  ASSERT_EQ(heard.size(), 1000u);
  EXPECT_EQ(heard.back(), "text " + std::string(1000, 'x') + "999");
  browser->say(frames::kClose, "");
}

TEST_F(WebSocketConversationTest, ABrowserThatReadsNothingIsNotReadFromEither) {
  converse(echo);
  browser->peer().pauseProducing();
  const std::string large(100'000, 'x');
  for (int i = 0; i < 50; ++i) browser->sayText(large);
  browser->peer().resumeProducing();
  EXPECT_EQ(browser->hear().size(), 50u);
  browser->say(frames::kClose, "");
}

}  // namespace
}  // namespace couplet
