// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// WebSockets on a web site.
#include "served.h"

#include <stdexcept>

#include <gmock/gmock.h>

#include <couplet/protocols/http/router.h>
#include <couplet/protocols/testing/every_cut.h>
#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// Says what it heard, and greets with what was agreed on.
class Echo : public WebSocketProtocol {
 public:
  void opened() override {
    if (!subprotocol().empty()) send("speaks " + std::string(subprotocol()));
  }
  void textReceived(std::string_view text) override { send(text); }
  void binaryReceived(std::string_view bytes) override { sendBinary(bytes); }
};

/// Is told by its request where it is.
class Room : public WebSocketProtocol {
 public:
  explicit Room(Request& request) : name_(request.path()) {}
  void opened() override { send("welcome to " + name_); }

 private:
  std::string name_;
};

class WebSocketResourceTest : public ServedTest {
 protected:
  /// The answer to a client that sends this.
  std::string answerTo(std::string_view bytes) { return newBrowser().send(bytes); }
  std::string answerToOrigin(const std::string& origin) {
    return answerTo(asking("/", "Origin: " + origin + "\r\n"));
  }
};

// The handshake

TEST_F(WebSocketResourceTest, WhoAsksIsSwitched) {
  serve(webSocketsOf<Echo>());
  const std::string head = answerTo(asking("/"));
  EXPECT_THAT(
      head, AllOf(StartsWith("HTTP/1.1 101 Switching Protocols\r\n"),
                  HasSubstr("\r\nConnection: upgrade\r\n"), HasSubstr("\r\nUpgrade: websocket\r\n"),
                  HasSubstr("\r\nSec-WebSocket-Accept: " + std::string(kSampleAccept)),
                  EndsWith("\r\n\r\n")));
  EXPECT_THAT(head, Not(HasSubstr("Sec-WebSocket-Protocol")));
  EXPECT_THAT(head, Not(HasSubstr("Sec-WebSocket-Extensions")));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
}

TEST_F(WebSocketResourceTest, MessagesGoBothWays) {
  serve(webSocketsOf<Echo>());
  Browser browser = newBrowser();
  browser.open();
  EXPECT_THAT(browser.sayText("hello"), ElementsAre("text hello"));
  EXPECT_THAT(browser.say(frames::kBinary, "bytes"), ElementsAre("binary bytes"));
}

TEST_F(WebSocketResourceTest, FramesRightBehindTheRequestAreHeard) {
  serve(webSocketsOf<Echo>());
  const std::string bytes = asking("/") + frames::fromClient(frames::kText, "hello") +
                            frames::fromClient(frames::kPing, "?");
  EXPECT_THAT(answerTo(bytes), EndsWith("\r\n\r\n" + frames::fromServer(frames::kText, "hello") +
                                        frames::fromServer(frames::kPong, "?")));
}

TEST_F(WebSocketResourceTest, ASessionIsTheSameAtEveryCut) {
  const std::string session = asking("/") + frames::fromClient(frames::kText, "hello") +
                              frames::fromClient(frames::kClose, frames::closing(1000));
  testing::expectSameAtEveryCut(session, [](const testing::Chunks& chunks) {
    testing::MemoryReactor reactor;
    SiteOptions options;
    options.wallTime = [] { return 784111777; };
    reactor.listenTCP(8080, std::make_shared<Site>(webSocketsOf<Echo>(), std::move(options)));
    auto peer = reactor.tcpServers().at(0).connect();
    for (const std::string_view chunk : chunks) {
      peer.write(chunk);
      reactor.flush();
    }
    return std::string(peer.value());
  });
}

TEST_F(WebSocketResourceTest, WhoAsksForNoWebSocketIsToldWhatIsSpoken) {
  serve(webSocketsOf<Echo>());
  EXPECT_THAT(answerTo("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 426 "), HasSubstr("\r\nUpgrade: websocket\r\n"),
                    HasSubstr("\r\nSec-WebSocket-Version: 13\r\n")));
}

TEST_F(WebSocketResourceTest, OtherVersionsAreNotSpoken) {
  serve(webSocketsOf<Echo>());
  std::string request = asking("/");
  request.replace(request.find("Version: 13"), 11, "Version: 8");
  EXPECT_THAT(answerTo(request),
              AllOf(StartsWith("HTTP/1.1 426 "), HasSubstr("\r\nSec-WebSocket-Version: 13\r\n")));
}

TEST_F(WebSocketResourceTest, AKeyThatIsNoneIsABadRequest) {
  serve(webSocketsOf<Echo>());
  std::string request = asking("/");
  request.replace(request.find(kSampleKey), kSampleKey.size(), "c2hvcnQ=");
  EXPECT_THAT(answerTo(request), StartsWith("HTTP/1.1 400 "));
}

TEST_F(WebSocketResourceTest, OtherMethodsAreNotAllowed) {
  serve(webSocketsOf<Echo>());
  std::string request = asking("/");
  request.replace(0, 3, "PUT");
  EXPECT_THAT(answerTo(request),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("\r\nAllow: GET\r\n")));
}

TEST_F(WebSocketResourceTest, WhereNothingIsBuiltNothingIsFound) {
  serve(std::make_shared<WebSocketResource>([](Request& request) {
    return request.path() == "/echo" ? std::make_unique<Echo>() : nullptr;
  }));
  EXPECT_THAT(answerTo(asking("/nowhere")), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answerTo(asking("/echo")), StartsWith("HTTP/1.1 101 "));
  EXPECT_EQ(resource->size(), 1u);
}

TEST_F(WebSocketResourceTest, ABuilderMayRefuse) {
  serve(std::make_shared<WebSocketResource>(
      [](Request&) -> std::unique_ptr<WebSocketProtocol> { throw HTTPError(401); }));
  EXPECT_THAT(answerTo(asking("/")), StartsWith("HTTP/1.1 401 "));
}

TEST_F(WebSocketResourceTest, ABuilderThatThrowsIsAnErrorOfTheServer) {
  testing::LoggedErrors errors;
  serve(std::make_shared<WebSocketResource>(
      [](Request&) -> std::unique_ptr<WebSocketProtocol> { throw std::runtime_error("no room"); }));
  EXPECT_THAT(answerTo(asking("/")), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no room")));
}

TEST_F(WebSocketResourceTest, OptionsThatCannotBeAreRefused) {
  EXPECT_THROW(webSocketsOf<Echo>({.subprotocols = {"not a token"}}), std::invalid_argument);
  EXPECT_THROW(webSocketsOf<Echo>({.subprotocols = {"chat", "chat"}}), std::invalid_argument);
  EXPECT_THROW(webSocketsOf<Echo>({.socket = {.fragmentSize = 0}}), std::invalid_argument);
  EXPECT_THROW(WebSocketResource(nullptr), std::invalid_argument);
}

// What is agreed on

TEST_F(WebSocketResourceTest, TheSubprotocolThatTheServerLikesBestIsSpoken) {
  serve(webSocketsOf<Echo>({.subprotocols = {"second", "first"}}));
  const std::string answer =
      answerTo(asking("/", "Sec-WebSocket-Protocol: first, third, second\r\n"));
  EXPECT_THAT(answer, AllOf(HasSubstr("\r\nSec-WebSocket-Protocol: second\r\n"),
                            EndsWith(frames::fromServer(frames::kText, "speaks second"))));
}

TEST_F(WebSocketResourceTest, WhoSpeaksNoneOfThemIsAcceptedWithoutOne) {
  serve(webSocketsOf<Echo>({.subprotocols = {"chat"}}));
  EXPECT_THAT(answerTo(asking("/", "Sec-WebSocket-Protocol: other\r\n")),
              AllOf(StartsWith("HTTP/1.1 101 "), Not(HasSubstr("Sec-WebSocket-Protocol"))));
}

TEST_F(WebSocketResourceTest, OnlyPagesOfTheSameOriginMayConnect) {
  serve(webSocketsOf<Echo>());
  EXPECT_THAT(answerToOrigin("http://poems.example:8080"), StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(answerToOrigin("http://poems.example"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(answerToOrigin("http://evil.example:8080"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(answerToOrigin("null"), StartsWith("HTTP/1.1 403 "));
  EXPECT_EQ(resource->size(), 1u);
}

TEST_F(WebSocketResourceTest, OriginsMayBeNamed) {
  serve(webSocketsOf<Echo>({.origins = {"https://a.example", "null"}}));
  EXPECT_THAT(answerToOrigin("https://a.example"), StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(answerToOrigin("null"), StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(answerToOrigin("http://a.example"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(answerToOrigin("http://poems.example:8080"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(WebSocketResourceTest, AnyOriginMayBeAccepted) {
  serve(webSocketsOf<Echo>({.origins = {"*"}}));
  EXPECT_THAT(answerToOrigin("http://evil.example"), StartsWith("HTTP/1.1 101 "));
}

TEST_F(WebSocketResourceTest, CompressionIsAgreedOnWithWhoOffersIt) {
  serve(webSocketsOf<Echo>({.socket = {.compression = WebSocketCompression{}}}));
  EXPECT_THAT(answerTo(asking("/", "Sec-WebSocket-Extensions: permessage-deflate\r\n")),
              HasSubstr("\r\nSec-WebSocket-Extensions: permessage-deflate"));
  EXPECT_THAT(answerTo(asking("/")), Not(HasSubstr("Sec-WebSocket-Extensions")));
}

TEST_F(WebSocketResourceTest, WithoutCompressionItIsNotAgreedOn) {
  serve(webSocketsOf<Echo>());
  EXPECT_THAT(answerTo(asking("/", "Sec-WebSocket-Extensions: permessage-deflate\r\n")),
              AllOf(StartsWith("HTTP/1.1 101 "), Not(HasSubstr("Sec-WebSocket-Extensions"))));
}

// What speaks there

TEST_F(WebSocketResourceTest, AProtocolMayBeMadeWithItsRequest) {
  serve(webSocketsOf<Room>());
  EXPECT_THAT(answerTo(asking("/blue?x=1")),
              EndsWith(frames::fromServer(frames::kText, "welcome to /blue")));
}

TEST_F(WebSocketResourceTest, ASiteHasOthersBesides) {
  auto page = std::make_shared<Router>();
  page->get("/", [](Request&) { return Response::text("a page"); });
  auto root = std::make_shared<Resource>();
  root->putChild("", page);
  root->putChild("rooms", webSocketsOf<Room>());
  reactor.listenTCP(8080, std::make_shared<Site>(root));
  EXPECT_THAT(answerTo("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), EndsWith("a page"));
  EXPECT_THAT(answerTo(asking("/rooms/blue")),
              EndsWith(frames::fromServer(frames::kText, "welcome to /rooms/blue")));
}

TEST_F(WebSocketResourceTest, OneOutlivesItsResource) {
  auto root = std::make_shared<Router>();
  root->get("/", [](Request& request) { return webSocketsOf<Echo>()->render(request); });
  reactor.listenTCP(8080, std::make_shared<Site>(root));
  Browser browser = newBrowser();
  browser.open();
  EXPECT_THAT(browser.sayText("hello"), ElementsAre("text hello"));
  reactor.advance(61s);
  EXPECT_THAT(browser.hear(), ElementsAre("ping "));
}

TEST_F(WebSocketResourceTest, ThoseThatAreOpenAreCounted) {
  serve(webSocketsOf<Echo>());
  Browser first = newBrowser();
  Browser second = newBrowser();
  EXPECT_EQ(resource->size(), 0u);
  first.open();
  second.open();
  EXPECT_EQ(resource->size(), 2u);
  first.peer().abortConnection();
  reactor.flush();
  EXPECT_EQ(resource->size(), 1u);
  second.say(frames::kClose, "");
  EXPECT_EQ(resource->size(), 0u);
}

TEST_F(WebSocketResourceTest, AnExceptionClosesThatOneOnly) {
  testing::LoggedErrors errors;
  class Fragile : public Echo {
    void textReceived(std::string_view text) override {
      if (text == "break") throw std::runtime_error("it broke");
      Echo::textReceived(text);
    }
  };
  serve(webSocketsOf<Fragile>());
  Browser first = newBrowser();
  Browser second = newBrowser();
  first.open();
  second.open();
  EXPECT_THAT(first.sayText("break"), ElementsAre("close 1011: "));
  EXPECT_FALSE(first.peer().connected());
  EXPECT_THAT(second.sayText("hello"), ElementsAre("text hello"));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("it broke")));
}

// Closing all

TEST_F(WebSocketResourceTest, AllAreClosedAndSayWhy) {
  serve(webSocketsOf<Echo>());
  Browser first = newBrowser();
  Browser second = newBrowser();
  first.open();
  second.open();
  auto closed = resource->close(CloseReason(CloseReason::kServiceRestart, "soon back"));
  EXPECT_THAT(first.hear(), ElementsAre("close 1012: soon back"));
  EXPECT_THAT(second.hear(), ElementsAre("close 1012: soon back"));
  first.say(frames::kClose, frames::closing(1012));
  testing::assertNoResult(closed);
  second.say(frames::kClose, frames::closing(1012));
  testing::successResultOf(closed);
}

TEST_F(WebSocketResourceTest, AllAreClosedWhenTheLastHasHeardIt) {
  class Leaving : public WebSocketProtocol {
   public:
    explicit Leaving(bool& left) : left_(left) {}
    void closed(const WebSocketClosed&) override { left_ = true; }

   private:
    bool& left_;
  };
  bool left = false;
  serve(std::make_shared<WebSocketResource>(
      [&](Request&) { return std::make_unique<Leaving>(left); }));
  Browser browser = newBrowser();
  browser.open();
  auto leftBefore = resource->close().addCallback([&] { return left; });
  browser.say(frames::kClose, frames::closing(1001));
  EXPECT_TRUE(testing::successResultOf(leftBefore));
}

TEST_F(WebSocketResourceTest, WhereThereAreNoneAllAreClosed) {
  serve(webSocketsOf<Echo>());
  testing::successResultOf(resource->close());
}

TEST_F(WebSocketResourceTest, WhoDoesNotAnswerIsAborted) {
  serve(webSocketsOf<Echo>());
  Browser browser = newBrowser();
  browser.open();
  auto closed = resource->close(CloseReason(CloseReason::kGoingAway), 200ms);
  EXPECT_THAT(browser.hear(), ElementsAre("close 1001: "));
  reactor.advance(190ms);
  testing::assertNoResult(closed);
  reactor.advance(70ms);
  testing::successResultOf(closed);
  EXPECT_FALSE(browser.peer().connected());
}

TEST_F(WebSocketResourceTest, WhoIsClosingAlreadyHasNoMoreTimeThanAll) {
  class Verbose : public WebSocketProtocol {
    void textReceived(std::string_view) override {
      send(std::string(400'000, 'x')).addErrback([](const Failure&) {});
    }
  };
  serve(webSocketsOf<Verbose>());
  Browser browser = newBrowser();
  browser.open();
  browser.peer().pauseProducing();
  browser.send(frames::fromClient(frames::kText, "tell me") +
               frames::fromClient(frames::kClose, ""));
  auto closed = resource->close(CloseReason(CloseReason::kGoingAway), 200ms);
  reactor.advance(100ms);
  testing::assertNoResult(closed);
  reactor.advance(200ms);
  testing::successResultOf(closed);
}

TEST_F(WebSocketResourceTest, AfterACloseNoMoreAreAccepted) {
  serve(webSocketsOf<Echo>());
  testing::successResultOf(resource->close());
  EXPECT_THAT(answerTo(asking("/")), StartsWith("HTTP/1.1 503 "));
}

TEST_F(WebSocketResourceTest, NobodyHasToWaitUntilAllAreClosed) {
  serve(webSocketsOf<Echo>());
  Browser browser = newBrowser();
  browser.open();
  auto closed = resource->close();
  auto closedAgain = resource->close();
  closed.cancel();
  testing::failureResultOf<CancelledError>(closed);
  browser.say(frames::kClose, frames::closing(1001));
  testing::successResultOf(closedAgain);
}

TEST_F(WebSocketResourceTest, AllAreClosedForReasonsThatMayBeSent) {
  serve(webSocketsOf<Echo>());
  Browser browser = newBrowser();
  browser.open();
  EXPECT_THROW(resource->close(CloseReason(1005)), std::invalid_argument);
  EXPECT_THROW(resource->close(CloseReason(1001, std::string(124, 'x'))), std::invalid_argument);
  EXPECT_THAT(browser.sayText("hello"), ElementsAre("text hello"));
}

// Conversations

Deferred<void> echo(WebSocket socket) {
  while (auto message = co_await socket.receive()) co_await socket.send(message->payload);
}

Deferred<void> greet(WebSocket socket, std::string target) {
  co_await socket.send("welcome to " + target);
}

TEST_F(WebSocketResourceTest, AConversationIsServed) {
  serve(std::make_shared<WebSocketResource>(conversing(echo)));
  Browser browser = newBrowser();
  browser.open();
  EXPECT_THAT(browser.sayText("hello"), ElementsAre("text hello"));
  EXPECT_THAT(browser.sayText("world"), ElementsAre("text world"));
  EXPECT_THAT(browser.say(frames::kClose, frames::closing(1000)), ElementsAre("close 1000: "));
  EXPECT_EQ(resource->size(), 0u);
}

TEST_F(WebSocketResourceTest, AConversationMayKnowWhereItIs) {
  serve(std::make_shared<WebSocketResource>(conversing(greet)));
  EXPECT_THAT(answerTo(asking("/feed?since=3")),
              HasSubstr(frames::fromServer(frames::kText, "welcome to /feed?since=3") +
                        frames::fromServer(frames::kClose, frames::closing(1000))));
}

}  // namespace
}  // namespace couplet
