// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The listings of docs/guide/api-server.md, and tests that run them.
#include <chrono>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/http/site.h>
#include <couplet/protocols/message/api_control.h>
#include <couplet/protocols/message/api_resource.h>
#include <couplet/protocols/message/http_session.h>
#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "examples/crunch/crunch_api.h"

namespace couplet {
namespace {

using namespace couplet::testing;
using namespace crunch_api;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

Output multiply(const Multiply& m) { return {m.x * m.y}; }
Output divide(const Divide& m) { return {m.x / m.y}; }

// [later]
class SlowCruncher {
 public:
  explicit SlowCruncher(Clock& clock) : clock_(clock) {}

  Deferred<Output> operator()(const Multiply& m) {
    return deferLater(clock_, 2s, [&m] { return Output{m.x * m.y}; });
  }

  Deferred<Output> operator()(const Divide& m) {
    co_await deferLater(clock_, 1s);
    if (m.y == 0) throw DivideByZero();
    co_return Output{m.x / m.y};
  }

 private:
  Clock& clock_;
};

// [handler time]
Deferred<Output> multiplyInTime(SlowCruncher& cruncher, Clock& clock, const Multiply& m) {
  const auto tooLong = [](const Result<Output>&, Duration) -> Result<Output> {
    return Failure(TimedOut("the cruncher is slow today"));
  };
  return cruncher(m).addTimeout(1s, clock, tooLong);
}

// [end of handler time]

class ApiServerGuideTest : public ::testing::Test {
 protected:
  void serve(std::shared_ptr<const Api> api) {
    reactor.listenTCP(5051, newApiSite(api));
    reactor.listenTCP(5054, newNativeFactory(api));
  }
  std::shared_ptr<Session> connect(std::shared_ptr<const Api> ours = nullptr) {
    auto connecting = connectNative(reactor, "127.0.0.1", 5054, std::move(ours));
    reactor.flush();
    return successResultOf(connecting);
  }
  MemoryPeer ask(std::size_t port, std::string_view target) {
    MemoryPeer client = reactor.tcpServers().at(port).connect();
    client.write("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    reactor.flush();
    return client;
  }
  std::string get(std::size_t port, std::string_view target) {
    return std::string(ask(port, target).value());
  }

  MemoryReactor reactor;
};

TEST_F(ApiServerGuideTest, AnswersMayComeLater) {
  // [later api]
  auto api = std::make_shared<const Api>(crunch_api::Requests(), SlowCruncher(reactor));
  // [end of later api]
  serve(api);
  const auto session = connect();
  auto product = session->request<Output>(Multiply{6, 7});
  auto quotient = session->request<Output, DivideByZero>(Divide{1, 0});
  reactor.flush();
  reactor.advance(1s);
  failureResultOf<DivideByZero>(quotient);
  assertNoResult(product);
  reactor.advance(1s);
  EXPECT_EQ(successResultOf(product).value, 42);
}

TEST_F(ApiServerGuideTest, WhoLeavesCancelsTheAnswer) {
  serve(std::make_shared<const Api>(crunch_api::Requests(), SlowCruncher(reactor)));
  const auto session = connect();
  const auto before = reactor.delayedCalls();
  auto product = session->request<Output>(Multiply{6, 7}, {.timeout = std::nullopt});
  reactor.flush();
  EXPECT_EQ(reactor.delayedCalls(), before + 1);
  product.cancel();
  reactor.flush();
  EXPECT_EQ(reactor.delayedCalls(), before);
  failureResultOf(product);
}

TEST_F(ApiServerGuideTest, AHandlerMayHaveItsTime) {
  SlowCruncher cruncher(reactor);
  serve(std::make_shared<const Api>(
      crunch_api::Requests(),
      [&](const Multiply& m) { return multiplyInTime(cruncher, reactor, m); }, &divide));
  MemoryPeer client = ask(0, "/Multiply");
  reactor.advance(1s);
  EXPECT_THAT(std::string(client.value()), HasSubstr("HTTP/1.1 504 "));
}

TEST_F(ApiServerGuideTest, AnApiMayBeAPartOfASite) {
  const auto api = std::make_shared<const Api>(crunch_api::Requests(), &multiply, &divide);
  // [part of a site]
  auto root = std::make_shared<Resource>();
  root->putChild("crunch", std::make_shared<ApiResource>(api));  // /crunch/Multiply?x=1.5&y=2.25
  reactor.listenTCP(8080, std::make_shared<Site>(root, apiSiteOptions()));
  // [end of part of a site]
  EXPECT_THAT(get(0, "/crunch/Multiply?x=1.5&y=2.25"), HasSubstr(R"({"value":3.375})"));
}

// [till]
struct Add {
  double price = 0.0;
  static constexpr auto kMessage =
      couplet::message("shop.Add", couplet::member("price", &Add::price));
};
struct Sum {
  double price = 0.0;
  static constexpr auto kMessage =
      couplet::message("shop.Sum", couplet::member("price", &Sum::price));
};

struct Till {
  Address customer;
  double sum = 0.0;
};

std::shared_ptr<const Api> newShop(std::ostream& log) {
  const auto accepted = [](const Connected& connection) {
    return std::make_shared<Till>(Till{connection.peer});
  };
  const auto abandoned = [&log](Till& till) {
    log << till.customer << " left with a bill of " << till.sum << "\n";
  };
  return std::make_shared<const Api>(
      Requests<Add>(), SessionsOf<Till>{.accepted = accepted, .abandoned = abandoned},
      [](const Add& a, Till& till) { return Sum{till.sum += a.price}; });
}

// [end of till]

TEST_F(ApiServerGuideTest, EachConnectionHasItsTill) {
  std::ostringstream log;
  serve(newShop(log));
  auto session = connect();
  auto first = session->request<Sum>(Add{1.5});
  auto second = session->request<Sum>(Add{2});
  reactor.flush();
  EXPECT_EQ(successResultOf(first).price, 1.5);
  EXPECT_EQ(successResultOf(second).price, 3.5);
  EXPECT_THAT(get(0, "/Add?price=7"), HasSubstr(R"({"price":7.0})"));
  session.reset();
  reactor.flush();
  EXPECT_THAT(log.str(), HasSubstr(" left with a bill of 3.5\n"));
}

// [ask back]
struct Question {
  std::string text;
  static constexpr auto kMessage =
      couplet::message("shop.Question", couplet::member("text", &Question::text));
};
struct Reply {
  bool yes = false;
  static constexpr auto kMessage =
      couplet::message("shop.Reply", couplet::member("yes", &Reply::yes));
};

/// Asks whoever connects, if that can be asked.
std::shared_ptr<Till> greet(const Connected& connection) {
  if (connection.session) {
    connection.session->request<Reply>(Question{"a bag?"})
        .addCallback([](const Reply& reply) { std::cout << (reply.yes ? "yes\n" : "no\n"); })
        .addErrback([](const Failure& failure) { failure.trap<Fault>(); });
  }
  return std::make_shared<Till>(Till{connection.peer});
}

// [end of ask back]

TEST_F(ApiServerGuideTest, AnObjectMayAskItsClient) {
  serve(std::make_shared<const Api>(
      Requests<Add>(), SessionsOf<Till>{.accepted = &greet},
      [](const Add& a, Till& till) { return Sum{till.sum += a.price}; }));
  std::string asked;
  const auto session =
      connect(std::make_shared<const Api>(Requests<Question>(), [&asked](const Question& question) {
        asked = question.text;
        return Reply{true};
      }));
  reactor.flush();
  EXPECT_EQ(asked, "a bag?");
}

TEST_F(ApiServerGuideTest, WhatIsExpectedIsMetered) {
  // [expect]
  auto api = std::make_shared<Api>(crunch_api::Requests(), &multiply, &divide);
  api->expect(reactor, 500ms);
  reactor.listenTCP(5052, newApiSite(api));
  reactor.listenTCP(5053, newApiSite(newApiControl(api)), {.interface = "127.0.0.1"});

  const ServiceMeter& meter = api->service("Multiply")->meter();
  std::cout << meter.answered() << " answered, " << meter.shed() << " shed\n";
  api->service("Divide")->disable("inventory", 1h);
  // [end of expect]
  get(0, "/Multiply");
  EXPECT_EQ(meter.answered(), 1u);
  EXPECT_THAT(get(0, "/Divide"), HasSubstr("is out of service and resuming around"));
  EXPECT_THAT(get(1, "/ApiUpdate?enabled=true"), HasSubstr("HTTP/1.1 200 "));
  EXPECT_THAT(get(0, "/Divide?y=1"), HasSubstr("HTTP/1.1 200 "));
}

// [test a handler]
TEST(MultiplyTest, Multiplies) { EXPECT_EQ(multiply({6, 7}).value, 42); }

// [test an api]
TEST(CrunchTest, Divides) {
  MemoryReactor reactor;
  reactor.listenTCP(5051,
                    newApiSite(std::make_shared<Api>(crunch_api::Requests(), &multiply, &divide)));
  auto connecting = connectHTTP(reactor, "127.0.0.1", 5051);
  reactor.flush();
  const auto session = successResultOf(connecting);

  auto quotient = session->request<Output>(Divide{6, 4});
  reactor.flush();
  EXPECT_EQ(successResultOf(quotient).value, 1.5);
}

// [test over http]
TEST(CrunchTest, NamesAMemberThatIsUnknown) {
  MemoryReactor reactor;
  reactor.listenTCP(5051,
                    newApiSite(std::make_shared<Api>(crunch_api::Requests(), &multiply, &divide)));
  MemoryPeer client = reactor.tcpServers().at(0).connect();
  client.write("GET /Multiply?z=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  reactor.flush();
  EXPECT_TRUE(client.value().starts_with("HTTP/1.1 400 "));
}

// [end of tests]
}  // namespace
}  // namespace couplet
