// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What an Api makes of clients that fail it, by either protocol; the test is the client.
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/deferred/errors.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/http_session.h>
#include <couplet/protocols/message/native_protocol.h>

#include "api_fixture.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A protocol, as a client speaks it.
struct Speech {
  const char* name;
  std::shared_ptr<Factory> (*serve)(std::shared_ptr<const Api> api);
  std::string hello;
  std::string (*request)(std::size_t id, std::string_view name);  // with x = 6, y = 7
  std::string answer;                                             // has this
};

void PrintTo(const Speech& speech, std::ostream* out) { *out << speech.name; }

std::string frame(std::string_view text) {
  return std::to_string(text.size()) + ":" + std::string(text) + ",";
}

Speech native() {
  return {"Native", [](std::shared_ptr<const Api> api) { return newNativeFactory(std::move(api)); },
          frame(R"({"hello":{"version":1,"frame_limit":1048576}})"),
          [](std::size_t id, std::string_view name) {
            return frame("{\"id\":" + std::to_string(id) + ",\"request\":[\"crunch_api." +
                         std::string(name) + R"(",{"x":6,"y":7}]})");
          },
          R"("reply":["crunch_api.Output",)"};
}

Speech byHTTP() {
  return {"HTTP",
          [](std::shared_ptr<const Api> api) -> std::shared_ptr<Factory> {
            return newApiSite(std::move(api));
          },
          "",
          [](std::size_t, std::string_view name) {
            return "GET /" + std::string(name) + "?x=6&y=7 HTTP/1.1\r\nHost: a\r\n\r\n";
          },
          "HTTP/1.1 200 OK\r\n"};
}

/// Multiply waits for the test; Divide is answered at once.
class ApiFaultsTest : public ::testing::TestWithParam<Speech> {
 protected:
  ApiFaultsTest() {
    auto api = std::make_shared<const Api>(
        Requests<Multiply, Divide>(),
        [this](const Multiply&) {
          return waiting.emplace_back([this] { ++cancelled; }).deferred();
        },
        [this](const Divide& m) {
          ++divided;
          return Output{m.x / m.y};
        });
    reactor.listenTCP(5051, GetParam().serve(api));
    client.emplace(reactor.tcpServers().at(0).connect());
    say(GetParam().hello);
    client->clear();
  }

  void say(std::string_view bytes) {
    client->write(bytes);
    reactor.flush();
  }
  void ask(std::size_t id, std::string_view name) { say(GetParam().request(id, name)); }
  std::string heard() const { return std::string(client->value()); }
  std::size_t answers() const {
    std::size_t count = 0;
    const std::string_view text = client->value();
    for (auto at = text.find(GetParam().answer); at != text.npos;) {
      ++count;
      at = text.find(GetParam().answer, at + 1);
    }
    return count;
  }

  testing::MemoryReactor reactor;
  std::optional<testing::MemoryPeer> client;
  std::vector<Promise<Output>> waiting;
  int cancelled = 0;
  std::size_t divided = 0;
};

INSTANTIATE_TEST_SUITE_P(Protocols, ApiFaultsTest, ::testing::Values(native(), byHTTP()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(ApiFaultsTest, AClientThatIsKilledCancelsItsRequest) {
  ask(1, "Multiply");
  ASSERT_EQ(waiting.size(), 1u);
  client->abortConnection();
  reactor.flush();
  EXPECT_EQ(cancelled, 1);
  EXPECT_EQ(reactor.delayedCalls(), 0u);
}

TEST_P(ApiFaultsTest, AClientThatSaysNoMoreIsLost) {
  ask(1, "Multiply");
  client->loseWriteConnection();
  reactor.flush();
  EXPECT_EQ(cancelled, 1);
  EXPECT_FALSE(client->connected());
}

TEST_P(ApiFaultsTest, ARequestThatIsCutShortIsNone) {
  const std::string whole = GetParam().request(1, "Divide");
  say(whole.substr(0, whole.size() - 1));
  client->loseConnection();
  reactor.flush();
  EXPECT_EQ(divided, 0u);
  EXPECT_FALSE(client->connected());
}

TEST_P(ApiFaultsTest, AClientThatDoesNotReadIsNotAnsweredWithoutEnd) {
  constexpr std::size_t kRequests = 10'000;
  client->pauseProducing();
  for (std::size_t id = 1; id <= kRequests; ++id) ask(id, "Divide");
  EXPECT_LT(divided, kRequests / 2);
  client->resumeProducing();
  reactor.flush();
  EXPECT_EQ(divided, kRequests);
  EXPECT_EQ(answers(), kRequests);
}

TEST_P(ApiFaultsTest, WhatIsOfAnotherProtocolEndsTheConnection) {
  say("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  EXPECT_FALSE(client->connected());
  EXPECT_EQ(reactor.delayedCalls(), 0u);
}

class NativeApiFaultsTest : public ApiFaultsTest {};

INSTANTIATE_TEST_SUITE_P(Protocols, NativeApiFaultsTest, ::testing::Values(native()),
                         [](const auto& info) { return std::string(info.param.name); });

// Crunch 22: An enquiry after 60 s idle, closed if unanswered for 5 s.
TEST_P(NativeApiFaultsTest, AClientThatIsGoneWithoutAWordIsFoundOut) {
  ask(1, "Multiply");
  reactor.advance(60s);
  EXPECT_EQ(heard(), frame(R"({"enquiry":0})"));
  EXPECT_EQ(cancelled, 0);
  reactor.advance(5s);
  EXPECT_FALSE(client->connected());
  EXPECT_EQ(cancelled, 1);
}

// Crunch 23: A size limit.
TEST_P(NativeApiFaultsTest, ARequestThatIsTooLongEndsTheConnectionBeforeItIsThere) {
  say("1048577:{");
  EXPECT_FALSE(client->connected());
}

TEST_P(NativeApiFaultsTest, AnIdThatIsInUseEndsTheConnection) {
  ask(1, "Multiply");
  ask(1, "Multiply");
  EXPECT_THAT(heard(), HasSubstr("a request with the id of another"));
  EXPECT_FALSE(client->connected());
  EXPECT_EQ(cancelled, 1);
}

TEST_P(NativeApiFaultsTest, ACancelledRequestIsAnsweredOnce) {
  ask(1, "Multiply");
  for (int i = 0; i < 2; ++i) say(frame(R"({"id":1,"cancel":true})"));
  EXPECT_EQ(cancelled, 1);
  EXPECT_THAT(heard(), HasSubstr(R"({"id":1,"fault":["couplet.Aborted",)"));
  EXPECT_EQ(heard().find("fault"), heard().rfind("fault"));
  client->clear();
  ask(1, "Divide");
  EXPECT_EQ(answers(), 1u);
}

class HTTPApiFaultsTest : public ApiFaultsTest {};

INSTANTIATE_TEST_SUITE_P(Protocols, HTTPApiFaultsTest, ::testing::Values(byHTTP()),
                         [](const auto& info) { return std::string(info.param.name); });

// Crunch 9: Too large is 413.
TEST_P(HTTPApiFaultsTest, ARequestThatIsTooLongIsRefusedBeforeItIsThere) {
  say("POST /Divide HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n{");
  EXPECT_THAT(heard(), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(heard(), HasSubstr(R"({"value":["couplet.TooLarge",)"));
}

/// As long as it is wanted.
struct Long {
  std::string text;
  static constexpr auto kMessage = message("crunch_api.Long", member("text", &Long::text));
};

// Crunch 9: Too large is 413.
TEST(LongRequestTest, ASessionHearsThatItsRequestWasTooLong) {
  auto api = std::make_shared<const Api>(Requests<Long>(), [](const Long&) { return Output{6}; });
  testing::MemoryReactor reactor;
  reactor.listenTCP(5051, newApiSite(api));
  auto connecting = connectHTTP(reactor, "127.0.0.1", 5051);
  reactor.flush();
  const auto session = testing::successResultOf(connecting);
  auto answer = session->request<Output>(Long{std::string(3'000'000, 'x')});
  auto next = session->request<Output>(Long{"x"});
  reactor.flush();
  testing::failureResultOf<TooLarge>(answer);
  testing::failureResultOf<Abandoned>(next);
}

// Crunch 9, 14: A fault of one of several requests answers the whole.
TEST(ItemFaultsTest, AFaultOfAnItemIsTheAnswer) {
  auto api = std::make_shared<const Api>(Requests<Divide>(), [](const Divide&) -> Output {
    throw ItemError(1, 2, Failure(ItemError(0, 1, Failure(DivideByZero()))));
  });
  testing::MemoryReactor reactor;
  reactor.listenTCP(5051, newApiSite(api));
  auto client = reactor.tcpServers().at(0).connect();
  client.write("GET /Divide HTTP/1.1\r\nHost: a\r\n\r\n");
  reactor.flush();
  EXPECT_THAT(std::string(client.value()), StartsWith("HTTP/1.1 422 "));
  EXPECT_THAT(std::string(client.value()), HasSubstr(R"(["crunch_api.DivideByZero",)"));
}

}  // namespace
}  // namespace couplet
