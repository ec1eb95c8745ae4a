// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Site answers. When it loses patience: site_deadlines_test.cc.
#include "site_fixture.h"

#include <chrono>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/deferred/errors.h>
#include <couplet/reactor/testing/logged_errors.h>
#include <couplet/reactor/testing/string_transport.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

TEST_F(SiteTest, AHandlerAnswers) {
  router.get("/", [](Request&) { return Response::text("Hello, world!"); });
  serve();
  EXPECT_EQ(send(kGet), text("Hello, world!"));
  EXPECT_TRUE(client->connected());
}

TEST_F(SiteTest, PipelinedRequestsAreAnsweredInOrder) {
  router.get("/:n",
             [](Request& request) { return Response::text(std::string(*request.param("n"))); });
  serve();
  EXPECT_EQ(send(get("/1") + get("/2") + get("/3")), text("1") + text("2") + text("3"));
}

TEST_F(SiteTest, ARequestThatIsAtWorkKeepsTheNextWaiting) {
  std::vector<Promise<Response>> work;
  std::vector<std::string> asked;
  router.get("/:n", [&](Request& request) {
    asked.emplace_back(request.path());
    work.emplace_back();
    return work.back().deferred();
  });
  serve();
  EXPECT_EQ(send(get("/1") + get("/2")), "");
  EXPECT_EQ(asked, (std::vector<std::string>{"/1"}));
  work[0].callback(Response::text("one"));
  reactor.flush();
  EXPECT_EQ(received(), text("one"));
  EXPECT_EQ(asked.size(), 2u);
  work[1].callback(Response::text("two"));
  reactor.flush();
  EXPECT_EQ(received(), text("two"));
}

/// CVE-2023-46137 of Twisted, and CVE-2024-41671: with answers at once and later.
TEST_F(SiteTest, NoOrderOfAnswersAndSegmentsChangesTheOrderOfResponses) {
  Promise<Response> slow;
  router.post("/0", [](Request& request) { return Response::text(std::string(request.body())); });
  router.get("/1", [&](Request&) { return slow.deferred(); });
  router.get("/2", [](Request&) { return Response::text("two"); });
  serve();
  EXPECT_EQ(send("POST /0 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx" + get("/1")),
            text("x"));
  EXPECT_EQ(send(get("/2")), "");
  slow.callback(Response::text("one"));
  reactor.flush();
  EXPECT_EQ(received(), text("one") + text("two"));
}

TEST_F(SiteTest, ACoroutineMayUseTheRequestThroughout) {
  Promise<void> ready;
  Deferred<void> whenReady = ready.deferred();
  router.post("/", [&](Request& request) -> Deferred<Response> {
    co_await std::move(whenReady);
    co_return Response::text(std::string(request.body()));
  });
  serve();
  EXPECT_EQ(send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\npoem"), "");
  ready.callback();
  reactor.flush();
  EXPECT_EQ(received(), text("poem"));
}

TEST_F(SiteTest, AChunkedBodyComesWhole) {
  router.post("/", [](Request& request) { return Response::text(std::string(request.body())); });
  serve();
  EXPECT_EQ(send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\nHERE \r\n4\r\nIS M\r\n0\r\n\r\n"),
            text("HERE IS M"));
}

TEST_F(SiteTest, TheBodyIsAskedForWhereTheClientExpectsThat) {
  router.post("/", [](Request& request) { return Response::text(std::string(request.body())); });
  serve();
  EXPECT_EQ(send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(send("x"), text("x"));
}

TEST_F(SiteTest, ABodyThatIsTooLongIsRefusedBeforeItComes) {
  options.limits.body = 10;
  router.post("/", [](Request&) { return Response(); });
  serve();
  EXPECT_THAT(
      send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n"),
      StartsWith("HTTP/1.1 413 "));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, HeadIsAnsweredAsGetWithoutTheBody) {
  router.get("/", [](Request&) { return Response::text("Hello"); });
  serve();
  std::string head = text("Hello");
  head.resize(head.size() - 5);
  EXPECT_EQ(send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), head);
}

TEST_F(SiteTest, ConnectionCloseIsHeeded) {
  router.get("/", [](Request&) { return Response::text("bye"); });
  serve();
  EXPECT_EQ(send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + std::string(kGet)),
            text("bye", "Connection: close\r\n"));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, AnHTTP10ClientIsKeptWhereItAsksForThat) {
  router.get("/", [](Request&) { return Response::text("hi"); });
  serve();
  EXPECT_EQ(send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
            text("hi", "Connection: keep-alive\r\n"));
  EXPECT_EQ(send("GET / HTTP/1.0\r\n\r\n"), text("hi", "Connection: close\r\n"));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, WhatIsRefusedGetsAPageAndIsClosed) {
  serve();
  const std::string page = send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(page, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, AnExceptionIsA500AndIsLogged) {
  testing::LoggedErrors errors;
  router.get("/", [](Request&) -> Response { throw std::runtime_error("secret"); });
  serve();
  const std::string page = send(kGet);
  EXPECT_THAT(page, StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_THAT(page, Not(HasSubstr("secret")));
  EXPECT_THAT(errors.take(), ::testing::ElementsAre(HasSubstr("secret")));
  EXPECT_TRUE(client->connected());
}

TEST_F(SiteTest, AnEmptyDeferredIsA500) {
  testing::LoggedErrors errors;
  router.get("/", [](Request&) { return Deferred<Response>(); });
  serve();
  EXPECT_THAT(send(kGet), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(errors.take(), ::testing::ElementsAre(HasSubstr("empty Deferred")));
}

/// Short responses are written another way than others: with headers that were replaced, too.
TEST_F(SiteTest, AResponseIsTheSameByEitherWay) {
  router.get("/:size/:way", [](Request& request) {
    Response response(200, std::string(std::stoul(std::string(*request.param("size"))), 'x'));
    response.headers.add("X-A", request.param("way") == "short" ? "1" : "0");
    if (request.param("way") == "long") response.headers.set("X-A", "1");
    return response;
  });
  serve();
  for (const int size : {0, 1, 9, 10, 99, 100, 999, 1000, 4080, 4088, 4089, 4090, 4096, 5000}) {
    const std::string path = "GET /" + std::to_string(size);
    const std::string first = send(path + "/short HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(first, send(path + "/long HTTP/1.1\r\nHost: a\r\n\r\n")) << size;
    EXPECT_THAT(first, HasSubstr("\r\nContent-Length: " + std::to_string(size) + "\r\n"));
  }
}

TEST_F(SiteTest, AHandlerThatIsNoneIsRefused) {
  Response (*none)(Request&) = nullptr;
  EXPECT_THROW(router.get("/", none), std::invalid_argument);
  EXPECT_THROW(router.get("/", Callable<Answer(Request&)>()), std::invalid_argument);
  EXPECT_THROW(router.get("/", std::function<Answer(Request&)>()), std::invalid_argument);
  EXPECT_THROW(router.get("/", Handler()), std::invalid_argument);
}

TEST_F(SiteTest, AClockThatHasFailedTellsItsTime) {
  options.wallTime = [] { return std::time_t{-1}; };
  router.get("/", [](Request&) { return Response::text("x"); });
  serve();
  EXPECT_THAT(send(kGet), HasSubstr("\r\nDate: Wed, 31 Dec 1969 23:59:59 GMT\r\n"));
}

TEST_F(SiteTest, AClockThatThrowsClosesTheConnection) {
  testing::LoggedErrors errors;
  options.wallTime = []() -> std::time_t { throw std::runtime_error("no clock"); };
  router.get("/", [](Request&) { return Response::text("x"); });
  serve();
  EXPECT_EQ(send(kGet), "");
  EXPECT_THAT(errors.take(),
              ::testing::Each(HasSubstr("A response that cannot be sent: no clock")));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, OfTwoReactorsAtATimeServesTheFirst) {
  testing::LoggedErrors errors;
  router.get("/", [](Request&) { return Response::text("x"); });
  const auto site = std::make_shared<Site>(std::move(router), std::move(options));
  reactor.listenTCP(8080, site);
  connect();
  {
    testing::MemoryReactor other;
    other.listenTCP(8080, site);
    auto second = other.tcpServers().at(0).connect();
    other.flush();
    EXPECT_FALSE(second.connected());
  }
  EXPECT_THAT(errors.take(), ::testing::ElementsAre(HasSubstr("one reactor at a time")));
  EXPECT_EQ(send(kGet), text("x"));
}

TEST_F(SiteTest, AnHTTPErrorIsThePageOfItsStatus) {
  router.get("/", [](Request&) { return fail<Response>(HTTPError(403, "<not> for you")); });
  serve();
  const std::string page = send(kGet);
  EXPECT_THAT(page, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_THAT(page, HasSubstr("&lt;not&gt; for you"));
}

TEST_F(SiteTest, AResponseThatCannotBeSentIsA500) {
  testing::LoggedErrors errors;
  router.get("/", [](Request&) {
    Response response = Response::text("x");
    response.headers.add("Transfer-Encoding", "gzip");
    return response;
  });
  serve();
  EXPECT_THAT(send(kGet), StartsWith("HTTP/1.1 500 "));
  EXPECT_EQ(errors.take().size(), 1u);
}

/// A length that is not the body's would split the next response.
TEST_F(SiteTest, AHandlerCannotGiveAnotherLengthThanItsBodyHas) {
  testing::LoggedErrors errors;
  router.get("/", [](Request&) {
    Response response = Response::text("x");
    response.headers.add("Content-Length", "2");
    return response;
  });
  serve();
  EXPECT_THAT(send(kGet), StartsWith("HTTP/1.1 500 "));
  EXPECT_EQ(errors.take().size(), 1u);
}

TEST_F(SiteTest, AHandlerIsCancelledWhenTheClientHasLeft) {
  bool cancelled = false;
  Promise<Response> work([&](Promise<Response>&) { cancelled = true; });
  router.get("/", [&](Request&) { return work.deferred(); });
  serve();
  send(kGet);
  client->loseWriteConnection();
  reactor.flush();
  EXPECT_TRUE(cancelled);
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, AClientThatHalfClosesGetsItsAnswerWhereTheSiteAllowsIt) {
  options.allowHalfClose = true;
  Promise<Response> work;
  router.get("/", [&](Request&) { return work.deferred(); });
  serve();
  send(kGet);
  client->loseWriteConnection();
  reactor.flush();
  work.callback(Response::text("still here"));
  reactor.flush();
  EXPECT_EQ(received(), text("still here", "Connection: close\r\n"));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, OptionsOfTheServerIsAnswered) {
  serve();
  EXPECT_THAT(send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(SiteTest, ConnectIsA501) {
  serve();
  EXPECT_THAT(send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), StartsWith("HTTP/1.1 501 "));
}

TEST_F(SiteTest, AClientThatPipelinesTooMuchIsNotReadUntilThereIsAnAnswer) {
  Promise<Response> work;
  router.get("/", [&](Request&) { return work.deferred(); });
  Site site(std::move(router), std::move(options));
  testing::StringTransport transport;
  const auto channel = site.buildProtocol(transport.getPeer());
  channel->makeConnection(transport);
  channel->dataReceived(kGet);
  channel->dataReceived(std::string(16 * 1024, 'x'));
  EXPECT_FALSE(transport.paused());
  channel->dataReceived("x");
  EXPECT_TRUE(transport.paused());
  work.callback(Response::text("at last"));
  EXPECT_FALSE(transport.paused());
}

/// A child that getChild makes lives as long as its answer takes.
struct Child : Resource {
  explicit Child(Promise<void>& ready) : ready(ready) {}
  Answer render(Request&) override { return later(); }
  Deferred<Response> later() {
    co_await ready.deferred();
    co_return Response::text(name);
  }
  Promise<void>& ready;
  std::string name = "a child of its own, with a long name";
};

struct Parent : Resource {
  explicit Parent(Promise<void>& ready) : ready(ready) {}
  std::shared_ptr<Resource> getChild(std::string_view, Request&) override {
    return std::make_shared<Child>(ready);
  }
  Promise<void>& ready;
};

TEST_F(SiteTest, AResourceLivesUntilItHasAnswered) {
  Promise<void> ready;
  reactor.listenTCP(8080,
                    std::make_shared<Site>(std::make_shared<Parent>(ready), std::move(options)));
  connect();
  EXPECT_EQ(send(kGet), "");
  ready.callback();
  reactor.flush();
  EXPECT_EQ(received(), text("a child of its own, with a long name"));
}

TEST_F(SiteTest, AnswersThatComeLaterAreNotMadeFasterThanTheyAreRead) {
  std::vector<Promise<Response>> work;
  router.get("/", [&](Request&) { return work.emplace_back().deferred(); });
  serve();
  client->pauseProducing();
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += kGet;
  client->write(requests);
  reactor.flush();
  std::size_t answered = 0;
  for (; answered < work.size(); ++answered) {
    work[answered].callback(Response::text(std::string(100'000, 'x')));
    reactor.flush();
  }
  EXPECT_LT(answered, 5u);
  client->resumeProducing();
  while (answered < 40) {
    reactor.flush();
    ASSERT_LT(answered, work.size());
    work[answered++].callback(Response::text(std::string(100'000, 'x')));
  }
  reactor.flush();
  EXPECT_GT(client->value().size(), 4'000'000u);
}

TEST_F(SiteTest, AnAnswerAtOnceBehindOneThatCameLaterIsNotMadeFasterThanItIsRead) {
  Promise<Response> first;
  int made = 0;
  router.get("/first", [&](Request&) { return first.deferred(); });
  router.get("/", [&](Request&) {
    ++made;
    return Response::text(std::string(100'000, 'x'));
  });
  serve();
  client->pauseProducing();
  std::string requests = get("/first");
  for (int i = 0; i < 100; ++i) requests += kGet;
  client->write(requests);
  reactor.flush();
  first.callback(Response::text("first"));
  reactor.flush();
  EXPECT_LT(made, 5);
  client->resumeProducing();
  reactor.flush();
  EXPECT_EQ(made, 100);
}

TEST_F(SiteTest, AnErrorPageThatCannotBeSentIsAPlain500) {
  testing::LoggedErrors errors;
  Promise<Response> work;
  options.errorPage = [](int, std::string_view) { return Response(1000); };
  router.get("/", [&](Request&) { return work.deferred(); });
  serve();
  send(kGet);
  work.errback(HTTPError(404));
  reactor.flush();
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_EQ(errors.take().size(), 2u);
}

TEST_F(SiteTest, ARefusalBehindAnAnswerThatCameLaterIsSentBehindIt) {
  Promise<Response> work;
  router.get("/", [&](Request&) { return work.deferred(); });
  serve();
  send(std::string(kGet) + "bad\x01 request\r\n");
  work.callback(Response::text("good"));
  reactor.flush();
  EXPECT_THAT(received(), StartsWith(text("good") + "HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, WhatIsRefusedAfterAPauseIsRefusedOnce) {
  Promise<Response> work;
  router.get("/", [&](Request&) { return work.deferred(); });
  serve();
  send(std::string(kGet) + "bad\x01 request\r\n" + std::string(100'000, 'x'));
  work.callback(Response::text("good"));
  reactor.flush();
  const std::string answers = received();
  EXPECT_EQ(answers.find("HTTP/1.1 400"), answers.rfind("HTTP/1.1 400"));
  EXPECT_THAT(answers, HasSubstr("HTTP/1.1 400"));
}

TEST_F(SiteTest, NothingBehindAConnectIsARequest) {
  router.get("/", [](Request&) { return Response::text("smuggled"); });
  serve();
  const std::string answers =
      send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n" + std::string(kGet));
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 501 "));
  EXPECT_THAT(answers, Not(HasSubstr("smuggled")));
  EXPECT_FALSE(client->connected());
}

TEST_F(SiteTest, AnInterimStatusIsNoAnswer) {
  testing::LoggedErrors errors;
  router.get("/", [](Request&) { return Response(101); });
  serve();
  EXPECT_THAT(send(kGet), StartsWith("HTTP/1.1 500 "));
  EXPECT_EQ(errors.take().size(), 1u);
}

TEST_F(SiteTest, AHandlerMayCloseTheConnection) {
  router.get("/", [](Request&) {
    Response response = Response::text("last");
    response.headers.add("Connection", "close");
    return response;
  });
  serve();
  EXPECT_EQ(send(std::string(kGet) + std::string(kGet)), text("last", "Connection: close\r\n"));
  EXPECT_FALSE(client->connected());
}

/// While answers are unsent, so that a body waits half-way and more of it is held than may be.
TEST_F(SiteTest, AClientThatPipelinesBodiesAndReadsLateIsAnsweredWhole) {
  router.post("/", [](Request& request) { return Response::text(std::string(request.body())); });
  serve();
  const std::string body(300'000, 'x');
  std::string requests;
  for (int i = 0; i < 6; ++i) {
    requests += "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + body;
  }
  client->pauseProducing();
  client->write(requests);
  reactor.advance(1s);
  client->resumeProducing();
  reactor.flush();
  EXPECT_EQ(received().size(), 6 * text(body).size());
  EXPECT_TRUE(client->connected());
}

TEST_F(SiteTest, WhatWasAnsweredIsTold) {
  std::vector<std::string> lines;
  options.accessLog = [&](const AccessRecord& record) { lines.push_back(combinedLogLine(record)); };
  router.get("/", [](Request&) { return Response::text("Hello, world!"); });
  router.get("/stream", [](Request&) {
    return Response::stream([](OutgoingBody& body) { return body.write("poem"); });
  });
  serve();
  send("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl\r\n\r\n" + get("/stream") + get("/nowhere") +
       "nonsense\r\n\r\n");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0],
              EndsWith("[06/Nov/1994:08:49:37 +0000] \"GET / HTTP/1.1\" 200 13 \"-\" \"curl\""));
  EXPECT_THAT(lines[1], HasSubstr("\"GET /stream HTTP/1.1\" 200 4 "));
  EXPECT_THAT(lines[2], HasSubstr("\"GET /nowhere HTTP/1.1\" 404 "));
  EXPECT_THAT(lines[3], HasSubstr("\"-\" 400 "));
}

/// Parsers are used again, for other connections: this one's empty line must not count there.
TEST_F(SiteTest, AnEmptyLineBeforeARequestIsTheConnectionsOwn) {
  router.get("/", [](Request&) { return Response::text("hi"); });
  serve();
  send("\r\n");
  auto other = reactor.tcpServers().at(0).connect();
  other.write("\r\n" + std::string(kGet));
  reactor.flush();
  EXPECT_EQ(other.value(), text("hi"));
  EXPECT_THAT(send("\r\n" + std::string(kGet)), StartsWith("HTTP/1.1 400 "));
}

}  // namespace
}  // namespace couplet
