// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Bodies that come, or are made, piece by piece: on the server.
#include "site_fixture.h"

#include <chrono>
#include <optional>
#include <vector>

#include <gmock/gmock.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/reactor/testing/logged_errors.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kChunkedHead =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    "Content-Type: text/plain\r\n\r\n";

class StreamingTest : public SiteTest {
 protected:
  /// Takes the bodies of POST as they come.
  void postAsItComes(Handler handler) {
    router.add("POST", "/", std::move(handler), BodyWanted::kAsItComes);
  }

  static std::string post(std::string_view lines) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
  }
};

/// Keeps what it reads.
struct Reader {
  Deferred<Response> operator()(Request& request) {
    while (auto piece = co_await request.incoming().read()) pieces.push_back(*piece);
    trailers = request.incoming().trailers().size();
    co_return Response::text(std::to_string(pieces.size()));
  }
  std::vector<std::string> pieces;
  std::size_t trailers = 0;
};

TEST_F(StreamingTest, AHandlerWritesItsBodyInPieces) {
  router.get("/", [](Request&) {
    return Response::stream(
        [](OutgoingBody& body) -> Deferred<void> {
          co_await body.write("HERE IS ");
          co_await body.write("MY POEM");
        },
        "text/plain");
  });
  serve();
  EXPECT_EQ(send(kGet), std::string(kChunkedHead) + "8\r\nHERE IS \r\n7\r\nMY POEM\r\n0\r\n\r\n");
  EXPECT_TRUE(client->connected());
}

TEST_F(StreamingTest, ABodyThatIsWrittenMayHaveItsLength) {
  router.get("/", [](Request&) {
    Response response = Response::stream([](OutgoingBody& body) { return body.write("poem"); });
    response.headers.add("Content-Length", "4");
    return response;
  });
  serve();
  EXPECT_THAT(send(kGet), EndsWith("Content-Length: 4\r\n\r\npoem"));
  EXPECT_THAT(send(kGet), EndsWith("Content-Length: 4\r\n\r\npoem"));
}

TEST_F(StreamingTest, ToHTTP10ABodyEndsWithTheConnection) {
  router.get("/", [](Request&) {
    return Response::stream([](OutgoingBody& body) { return body.write("poem"); });
  });
  serve();
  const std::string answer = send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(answer, EndsWith("\r\n\r\npoem"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_FALSE(client->connected());
}

TEST_F(StreamingTest, ToHeadNoBodyIsMade) {
  bool made = false;
  router.get("/", [&](Request&) {
    return Response::stream([&](OutgoingBody& body) {
      made = true;
      return body.write("poem");
    });
  });
  serve();
  EXPECT_THAT(send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"),
              HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_FALSE(made);
  EXPECT_TRUE(client->connected());
}

TEST_F(StreamingTest, ABodyThatFailsAbortsTheConnection) {
  testing::LoggedErrors errors;
  router.get("/", [](Request&) {
    return Response::stream([](OutgoingBody& body) -> Deferred<void> {
      co_await body.write("HERE");
      throw std::runtime_error("no more ink");
    });
  });
  serve();
  EXPECT_THAT(send(kGet), Not(EndsWith("0\r\n\r\n")));
  EXPECT_FALSE(client->connected());
  EXPECT_THAT(errors.take(), ::testing::ElementsAre(HasSubstr("no more ink")));
}

TEST_F(StreamingTest, ABodyOfAnotherLengthAbortsTheConnection) {
  for (const char* path : {"/poe", "/poems"}) {
    router.get(path, [path](Request&) {
      Response response =
          Response::stream([path](OutgoingBody& out) { return out.write(path + 1); });
      response.headers.add("Content-Length", "4");
      return response;
    });
  }
  serve();
  for (const char* path : {"/poe", "/poems"}) {
    testing::LoggedErrors errors;
    connect();
    send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_FALSE(client->connected());
    EXPECT_THAT(errors.take(), ::testing::Contains(HasSubstr("Content-Length")));
  }
}

TEST_F(StreamingTest, AWriteWaitsWhileMuchIsUnsent) {
  int written = 0;
  router.get("/", [&](Request&) {
    return Response::stream([&](OutgoingBody& body) -> Deferred<void> {
      for (; written < 100; ++written) co_await body.write(std::string(16 * 1024, 'x'));
    });
  });
  serve();
  client->pauseProducing();
  send(kGet);
  EXPECT_LT(written, 20);
  client->resumeProducing();
  reactor.flush();
  EXPECT_EQ(written, 100);
  EXPECT_THAT(received(), EndsWith("\r\n0\r\n\r\n"));
}

TEST_F(StreamingTest, ABodyIsReadAsItComes) {
  Reader reader;
  postAsItComes([&](Request& request) { return reader(request); });
  serve();
  EXPECT_EQ(send(post("Content-Length: 4\r\n")), "");
  EXPECT_EQ(send("po"), "");
  EXPECT_EQ(reader.pieces, (std::vector<std::string>{"po"}));
  EXPECT_EQ(send("em"), text("2"));
}

TEST_F(StreamingTest, ABodyThatIsStreamedMayBeOfAnyLength) {
  options.limits.body = 10;
  Reader reader;
  postAsItComes([&](Request& request) { return reader(request); });
  serve();
  EXPECT_EQ(send(post("Content-Length: 11\r\n") + "HERE IS MY "), text("1"));
}

TEST_F(StreamingTest, TrailersComeBehindTheBody) {
  Reader reader;
  postAsItComes([&](Request& request) { return reader(request); });
  serve();
  EXPECT_EQ(send(post("Transfer-Encoding: chunked\r\n") + "1\r\nx\r\n0\r\nDigest: 1\r\n\r\n"),
            text("1"));
  EXPECT_EQ(reader.trailers, 1u);
}

TEST_F(StreamingTest, TheBodyIsAskedForWhenItIsFirstRead) {
  Promise<void> ready;
  Deferred<void> whenReady = ready.deferred();
  postAsItComes([&](Request& request) -> Deferred<Response> {
    co_await std::move(whenReady);
    co_return Response::text(*co_await request.incoming().read());
  });
  serve();
  EXPECT_EQ(send(post("Content-Length: 4\r\nExpect: 100-continue\r\n")), "");
  ready.callback();
  reactor.flush();
  EXPECT_EQ(received(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(send("poem"), text("poem"));
}

TEST_F(StreamingTest, ABodyThatIsAnsweredWithItselfIsAskedForBeforeTheHead) {
  postAsItComes([](Request& request) {
    return Response::stream(
        [body = request.incoming()](OutgoingBody& out) mutable -> Deferred<void> {
          while (auto piece = co_await body.read()) co_await out.write(*piece);
        });
  });
  serve();
  EXPECT_THAT(send(post("Content-Length: 4\r\nExpect: 100-continue\r\n")),
              StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(send("poem"), "4\r\npoem\r\n0\r\n\r\n");
}

TEST_F(StreamingTest, WhoMakesABodyAndKeepsNoneAsksForNone) {
  postAsItComes([](Request&) {
    return Response::stream([](OutgoingBody& out) { return out.write("poem"); });
  });
  serve();
  EXPECT_THAT(send(post("Content-Length: 4\r\nExpect: 100-continue\r\n")),
              StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(StreamingTest, ABodyThatIsNotWantedIsNotAskedFor) {
  serve();
  const std::string answer = send(post("Content-Length: 4\r\nExpect: 100-continue\r\n"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST_F(StreamingTest, AnAnswerBeforeTheBodyHasComeClosesBehindIt) {
  postAsItComes([](Request&) { return Response::text("enough"); });
  serve();
  EXPECT_EQ(send(post("Content-Length: 4\r\n") + "po" + std::string(kGet)),
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nenough");
  EXPECT_EQ(send(kGet), "");
}

TEST_F(StreamingTest, WhatNobodyReadsIsNotReceived) {
  IncomingBody body;
  Promise<Response> answer;
  postAsItComes([&](Request& request) {
    body = request.incoming();
    return answer.deferred();
  });
  serve();
  send(post("Content-Length: 1000000\r\n"));
  std::size_t sent = 0;
  for (; sent < 1000000; sent += 1000) send(std::string(1000, 'x'));
  std::size_t read = testing::successResultOf(body.read())->size();
  EXPECT_LT(read, 200000u);
  reactor.flush();
  while (read < 1000000) {
    read += testing::successResultOf(body.read())->size();
    reactor.flush();
  }
  EXPECT_FALSE(testing::successResultOf(body.read()));
  answer.callback(Response::text("enough"));
}

TEST_F(StreamingTest, ABodyThatIsCutShortFailsForItsReader) {
  IncomingBody body;
  Promise<Response> answer;
  postAsItComes([&](Request& request) {
    body = request.incoming();
    return answer.deferred();
  });
  serve();
  send(post("Content-Length: 4\r\n") + "po");
  client->loseConnection();
  reactor.flush();
  EXPECT_EQ(testing::successResultOf(body.read()), "po");
  EXPECT_TRUE(testing::failureResultOf(body.read()).check<RemoteProtocolError>());
}

TEST_F(StreamingTest, ABodyThatIsRefusedIsAnsweredForItsHandler) {
  Reader reader;
  postAsItComes([&](Request& request) { return reader(request); });
  serve();
  EXPECT_THAT(send(post("Transfer-Encoding: chunked\r\n") + "1\r\nx\r\nnonsense\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_FALSE(client->connected());
}

TEST_F(StreamingTest, ABodyThatDoesNotComeWhileItIsReadIsA408) {
  Reader reader;
  postAsItComes([&](Request& request) { return reader(request); });
  serve();
  send(post("Content-Length: 4\r\n") + "po");
  reactor.advance(9s);
  EXPECT_EQ(received(), "");
  reactor.advance(1s);
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(StreamingTest, ABodyThatNobodyReadsIsNotHurried) {
  IncomingBody body;
  Promise<Response> answer;
  postAsItComes([&](Request& request) {
    body = request.incoming();
    return answer.deferred();
  });
  serve();
  send(post("Content-Length: 4\r\n") + "po");
  reactor.advance(10min);
  EXPECT_EQ(received(), "");
  answer.callback(Response::text("late"));
  reactor.flush();
  EXPECT_THAT(received(), EndsWith("late"));
}

TEST_F(StreamingTest, AClientThatReadsTooSlowlyIsAborted) {
  router.get("/", [](Request&) { return Response::text(std::string(1024 * 1024, 'x')); });
  serve();
  client->pauseProducing();
  send(kGet);
  reactor.advance(10s);
  EXPECT_TRUE(client->connected());
  reactor.advance(10s);
  EXPECT_FALSE(client->connected());
}

TEST_F(StreamingTest, AClientThatTakesMuchAndAsksForMoreIsNotSlow) {
  router.get("/", [](Request&) { return Response::text(std::string(1024 * 1024, 'x')); });
  serve();
  for (int i = 0; i < 5; ++i) {
    client->pauseProducing();
    send(kGet);
    reactor.advance(10s);
    client->resumeProducing();
    reactor.flush();
    client->pauseProducing();
    send(kGet);
    send(kGet);
    reactor.advance(9s);
    client->resumeProducing();
    reactor.flush();
  }
  EXPECT_TRUE(client->connected());
}

TEST_F(StreamingTest, ABodyInBothDirectionsAtOnce) {
  postAsItComes([](Request& request) {
    return Response::stream(
        [body = request.incoming()](OutgoingBody& out) mutable -> Deferred<void> {
          while (auto piece = co_await body.read()) co_await out.write(*piece);
        });
  });
  serve();
  EXPECT_THAT(send(post("Content-Length: 4\r\n") + "po"), EndsWith("\r\n\r\n2\r\npo\r\n"));
  EXPECT_EQ(send("em"), "2\r\nem\r\n0\r\n\r\n");
  EXPECT_TRUE(client->connected());
}

TEST_F(StreamingTest, AClientThatLeavesEndsTheMakingOfABody) {
  bool cancelled = false;
  Promise<void> waits([&] { cancelled = true; });
  Deferred<void> waiting = waits.deferred();
  router.get("/", [&](Request&) {
    return Response::stream([&](OutgoingBody& body) -> Deferred<void> {
      co_await body.write("HERE");
      co_await std::move(waiting);
    });
  });
  serve();
  send(kGet);
  client->abortConnection();
  reactor.flush();
  EXPECT_TRUE(cancelled);
}

/// Writes a piece whenever it is asked to, ten times.
class Puller : public Producer {
 public:
  explicit Puller(OutgoingBody& body) : body_(body) {}

  Deferred<void> produce() {
    body_.registerProducer(*this, false);
    return done_.deferred();
  }
  void resumeProducing() override {
    body_.write(std::string(50'000, 'x')).addErrback([](const Failure&) {});
    if (++pieces < 10) return;
    body_.unregisterProducer();
    done_.callback();
  }
  void stopProducing() override { stopped = true; }

  int pieces = 0;
  bool stopped = false;

 private:
  OutgoingBody& body_;
  Promise<void> done_;
};

TEST_F(StreamingTest, AProducerIsAskedForAsMuchAsIsTaken) {
  std::optional<Puller> puller;
  router.get("/", [&](Request&) {
    return Response::stream([&](OutgoingBody& body) { return puller.emplace(body).produce(); });
  });
  serve();
  client->pauseProducing();
  send(kGet);
  EXPECT_LT(puller->pieces, 5);
  client->resumeProducing();
  reactor.flush();
  EXPECT_EQ(puller->pieces, 10);
  EXPECT_THAT(received(), EndsWith("\r\n0\r\n\r\n"));
  EXPECT_TRUE(client->connected());
}

TEST_F(StreamingTest, AProducerIsStoppedWhenTheClientLeaves) {
  std::optional<Puller> puller;
  router.get("/", [&](Request&) {
    return Response::stream([&](OutgoingBody& body) { return puller.emplace(body).produce(); });
  });
  serve();
  client->pauseProducing();
  send(kGet);
  client->abortConnection();
  reactor.flush();
  EXPECT_TRUE(puller->stopped);
}

TEST_F(StreamingTest, ABodyThatIsLongerThanItsReaderTakesIsA413) {
  postAsItComes([](Request& request) -> Deferred<Response> {
    co_return Response::text(co_await request.incoming().readAll(4));
  });
  serve();
  EXPECT_THAT(send(post("Content-Length: 5\r\n") + "poems"), StartsWith("HTTP/1.1 413 "));
  connect();
  EXPECT_THAT(send(post("Transfer-Encoding: chunked\r\n") + "5\r\npoems\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  connect();
  EXPECT_EQ(send(post("Content-Length: 4\r\n") + "poem"), text("poem"));
}

TEST_F(StreamingTest, AnUploadIsTheSameAtEveryCut) {
  Reader reader;
  postAsItComes([&](Request& request) -> Deferred<Response> {
    co_return Response::text(co_await request.incoming().readAll(100));
  });
  serve();
  const std::string upload = post("Transfer-Encoding: chunked\r\n") +
                             "5\r\nHERE \r\n4\r\nIS M\r\n0\r\nA: b\r\n\r\n" + std::string(kGet);
  for (std::size_t cut = 0; cut <= upload.size(); ++cut) {
    connect();
    std::string answer = send(upload.substr(0, cut));
    answer += send(upload.substr(cut));
    EXPECT_THAT(answer, StartsWith(text("HERE IS M") + "HTTP/1.1 405 ")) << cut;
  }
}

TEST_F(StreamingTest, ABodyThatDribblesIsA408HoweverOftenItIsRead) {
  Reader reader;
  postAsItComes([&](Request& request) { return reader(request); });
  serve();
  send(post("Content-Length: 100\r\n"));
  for (int i = 0; i < 10; ++i) {
    send("x");
    reactor.advance(1s);
  }
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(StreamingTest, TheTimeInWhichNobodyReadsIsNotTheClients) {
  IncomingBody body;
  Promise<Response> answer;
  postAsItComes([&](Request& request) {
    body = request.incoming();
    return answer.deferred();
  });
  serve();
  send(post("Content-Length: 4\r\n"));
  reactor.advance(9s);
  Deferred<std::optional<std::string>> piece = body.read();
  reactor.advance(9s);
  EXPECT_EQ(received(), "");
  reactor.advance(1s);
  EXPECT_THAT(received(), StartsWith("HTTP/1.1 408 "));
  testing::failureResultOf(std::move(piece));
  answer.callback(Response());
}

TEST_F(StreamingTest, AClientThatLeavesWhileItsBodyIsNotWantedCancelsTheHandler) {
  bool cancelled = false;
  Promise<Response> answer([&] { cancelled = true; });
  postAsItComes([&](Request& request) {
    request.setIncoming({});
    return answer.deferred();
  });
  serve();
  send(post("Content-Length: 4\r\n") + "po");
  client->loseConnection();
  reactor.flush();
  EXPECT_TRUE(cancelled);
}

TEST_F(StreamingTest, TrailersOfABodyThatIsMade) {
  router.get("/", [](Request&) {
    return Response::stream([](OutgoingBody& body) {
      body.setTrailers({{"Digest", "1"}});
      return body.write("poem");
    });
  });
  serve();
  EXPECT_THAT(send(kGet), EndsWith("poem\r\n0\r\nDigest: 1\r\n\r\n"));
  EXPECT_THAT(send("GET / HTTP/1.0\r\n\r\n"), EndsWith("\r\n\r\npoem"));
}

TEST_F(StreamingTest, AnAccessLogMayLetTheBodyGoOn) {
  Promise<void> ready;
  Deferred<void> whenReady = ready.deferred();
  options.accessLog = [&](const AccessRecord&) {
    if (ready.pending()) ready.callback();
  };
  router.get("/", [&](Request&) {
    return Response::stream([&](OutgoingBody& body) {
      return body.write("HERE").addCallback([&] { return std::move(whenReady); });
    });
  });
  serve();
  send(kGet);
  client->abortConnection();
  reactor.flush();
  EXPECT_FALSE(ready.pending());
}

}  // namespace
}  // namespace couplet
