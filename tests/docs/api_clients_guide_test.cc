// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The listings of docs/guide/api-clients.md, and tests that run them.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/concurrently.h>
#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/errors.h>
#include <couplet/deferred/sequentially.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/message/api_resource.h>
#include <couplet/protocols/message/group.h>
#include <couplet/protocols/message/http_session.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "examples/crunch/crunch_api.h"

namespace couplet {
namespace {

using namespace couplet::testing;
using namespace crunch_api;
using namespace std::chrono_literals;

// [faults]
Deferred<std::string> quotient(Session& session, double x, double y) {
  try {
    const Output output = co_await session.request<Output, DivideByZero>(Divide{x, y});
    co_return std::to_string(output.value);
  } catch (const DivideByZero&) {
    co_return "infinity";
  } catch (const TimedOut&) {
    co_return "no idea";
  }
}

// [faults by callbacks]
Deferred<double> product(Session& session, double x, double y) {
  return session.request<Output>(Multiply{x, y})
      .addCallback([](const Output& output) { return output.value; })
      .addErrback([](const Failure& failure) {
        failure.trap<TimedOut, Abandoned>();
        return 0.0;
      });
}

// [at once]
Deferred<double> crunchBoth(Session& a, Session& b, Clock& clock, double x, double y) {
  auto both = concurrently(
                  [&] {
                    return a.request<Output>(Multiply{x, y});
                  },
                  [&] {
                    return b.request<Output, DivideByZero>(Divide{x, y});
                  })
                  .addTimeout(8s, clock);
  try {
    const auto [product, quotient] = co_await std::move(both);
    co_return product.value + quotient.value;
  } catch (const ItemError& error) {  // item 2 of 2: cannot divide by zero
    if (!error.subFailure().check<DivideByZero>()) throw;
    co_return 0.0;
  }
}

// [one by one]
Deferred<std::vector<Output>> squares(Session& session, const std::vector<double>& numbers) {
  const auto square = [&session](double x) {
    return [&session, x] { return session.request<Output>(Multiply{x, x}); };
  };
  std::vector<decltype(square(0.0))> items;
  for (const double x : numbers) items.push_back(square(x));
  return sequentially(std::move(items));
}

// [end of listings]

class ApiClientsGuideTest : public ::testing::Test {
 protected:
  ApiClientsGuideTest() {
    const auto api = std::make_shared<const Api>(
        crunch_api::Requests(),
        [this](const Multiply& m) -> Deferred<Output> {
          mostAtWork = std::max(mostAtWork, ++atWork);
          co_await deferLater(reactor, 1s);
          --atWork;
          co_return Output{m.x * m.y};
        },
        [](const Divide& m) {
          if (m.y == 0) throw DivideByZero();
          return Output{m.x / m.y};
        });
    reactor.listenTCP(5051, newApiSite(api));
    reactor.listenTCP(5054, newNativeFactory(api));
    session = connected(connectHTTP(reactor, "127.0.0.1", 5051));
    native = connected(connectNative(reactor, "127.0.0.1", 5054));
  }

  std::shared_ptr<Session> connected(Deferred<std::shared_ptr<Session>> connecting) {
    reactor.flush();
    return successResultOf(connecting);
  }
  void pass(int seconds) {
    reactor.flush();
    for (int i = 0; i < seconds; ++i) reactor.advance(1s);
  }

  MemoryReactor reactor;
  std::shared_ptr<Session> session;
  std::shared_ptr<Session> native;
  int atWork = 0;
  int mostAtWork = 0;
};

TEST_F(ApiClientsGuideTest, FaultsAreTold) {
  auto fine = quotient(*session, 3, 2);
  auto bad = quotient(*session, 3, 0);
  reactor.flush();
  EXPECT_EQ(successResultOf(fine), "1.500000");
  EXPECT_EQ(successResultOf(bad), "infinity");
}

TEST_F(ApiClientsGuideTest, FaultsAreToldByCallbacksToo) {
  auto six = product(*session, 2, 3);
  pass(1);
  EXPECT_EQ(successResultOf(six), 6);
  auto none = product(*session, 2, 3);
  reactor.hold();
  reactor.advance(60s);
  EXPECT_EQ(successResultOf(none), 0);
  reactor.release();
}

TEST_F(ApiClientsGuideTest, ARequestHasItsTime) {
  // [time]
  auto answer = session->request<Output>(Multiply{6, 7}, {.timeout = 500ms});
  // [end of time]
  reactor.flush();
  reactor.advance(500ms);
  EXPECT_EQ(failureResultOf<TimedOut>(answer).message(),
            "\"Multiply\" timed out (no answer within 0.5 s)");
  auto next = session->request<Output>(Multiply{2, 3});
  reactor.advance(500ms);
  pass(1);
  EXPECT_EQ(successResultOf(next).value, 6);
}

TEST_F(ApiClientsGuideTest, ManyAreUnderWayNatively) {
  // [many]
  std::vector<Deferred<Output>> answers;
  for (int i = 0; i < 10; ++i) answers.push_back(native->request<Output>(Multiply{1.0 * i, 2}));
  // [end of many]
  pass(1);
  EXPECT_EQ(mostAtWork, 10);
  EXPECT_EQ(successResultOf(answers.back()).value, 18);
}

TEST_F(ApiClientsGuideTest, OneIsUnderWayByHTTP) {
  auto first = session->request<Output>(Multiply{6, 7});
  auto second = session->request<Output>(Multiply{6, 7});
  pass(2);
  EXPECT_EQ(mostAtWork, 1);
  successResultOf(first);
  successResultOf(second);
}

TEST_F(ApiClientsGuideTest, TheQueueIsBounded) {
  // [queue]
  auto connecting = connectHTTP(reactor, "127.0.0.1", 5051, {.mostWaiting = 1});
  // [end of queue]
  const auto bounded = connected(std::move(connecting));
  auto first = bounded->request<Output>(Multiply{});
  auto second = bounded->request<Output>(Multiply{});
  failureResultOf<Overloaded>(bounded->request<Output>(Multiply{}));
  pass(2);
}

TEST_F(ApiClientsGuideTest, CancellingTellsTheOtherSide) {
  const auto before = reactor.delayedCalls();
  // [cancel]
  auto answer = native->request<Output>(Multiply{6, 7});
  answer.addErrback([](const Failure& failure) {
    failure.trap<CancelledError>();
    return Output{};
  });
  answer.cancel();
  // [end of cancel]
  reactor.flush();
  EXPECT_EQ(successResultOf(answer).value, 0);
  EXPECT_EQ(reactor.delayedCalls(), before);
  EXPECT_TRUE(native->connected());
}

TEST_F(ApiClientsGuideTest, BothAreAskedAtOnce) {
  auto sum = crunchBoth(*session, *native, reactor, 6, 7);
  pass(1);
  EXPECT_DOUBLE_EQ(successResultOf(sum), 42 + 6.0 / 7);
}

TEST_F(ApiClientsGuideTest, AnItemFails) {
  auto none = crunchBoth(*session, *native, reactor, 6, 0);
  pass(1);
  EXPECT_EQ(successResultOf(none), 0);
}

TEST_F(ApiClientsGuideTest, TheWholeHasItsTime) {
  auto both = crunchBoth(*session, *native, reactor, 6, 7);
  reactor.hold();
  reactor.advance(8s);
  EXPECT_EQ(failureResultOf<TimeoutError>(both).message(),
            "items 1 and 2 of 2 timed out after 8 s");
  reactor.release();
}

TEST_F(ApiClientsGuideTest, OneIsAskedBehindTheOther) {
  auto all = squares(*native, {1, 2, 3});
  pass(3);
  EXPECT_EQ(mostAtWork, 1);
  EXPECT_EQ(successResultOf(all).back().value, 9);
}

TEST_F(ApiClientsGuideTest, AGroupIsKeptConnected) {
  // [group]
  Group group(reactor);
  Session& a = group.connectHTTP("server_a", "127.0.0.1", 5051);
  Session& b = group.connectNative("server_b", "127.0.0.1", 5054);
  group.onReady = [] { std::cout << "ready\n"; };
  group.onNotReady = [&] { std::cout << group.missing()->what() << "\n"; };
  auto ready = group.whenReady(8s);
  // [end of group]
  EXPECT_FALSE(a.connected());
  // [missing]
  if (const auto fault = group.missing({{"server_a", "a"}, {"server_b", "b"}})) {
    std::cout << fault->what() << "\n";  // required services "a, b" are temporarily unavailable ...
  }
  // [end of missing]
  EXPECT_EQ(group.missing({{"server_a", "a"}, {"server_b", "b"}})->unavailable.size(), 2u);
  reactor.flush();
  successResultOf(ready);
  EXPECT_TRUE(a.connected() && b.connected());
}

TEST_F(ApiClientsGuideTest, TheDelaysMayBeOthers) {
  // [delays]
  ReconnectDelays delays;
  delays.local = {250ms, 500ms, 1s};
  delays.jitter = 0.1;
  Group group(reactor, delays);
  // [end of delays]
  group.connectHTTP("nobody", "127.0.0.1", 5059);
  const auto attempts = reactor.tcpClients().size();
  reactor.tcpClients().back().fail(ConnectionRefusedError());
  reactor.flush();
  reactor.advance(275ms);
  EXPECT_EQ(reactor.tcpClients().size(), attempts + 1);
}

// [test a client]
TEST(QuotientTest, KnowsInfinity) {
  MemoryReactor reactor;
  const auto api = std::make_shared<Api>(
      crunch_api::Requests(), [](const Multiply&) { return Output{}; },
      [](const Divide&) -> Output { throw DivideByZero(); });
  reactor.listenTCP(5051, newApiSite(api));
  auto connecting = connectHTTP(reactor, "127.0.0.1", 5051);
  reactor.flush();
  const auto session = successResultOf(connecting);

  auto text = quotient(*session, 1, 2);
  reactor.flush();
  EXPECT_EQ(successResultOf(text), "infinity");
}

// [test a silent server]
TEST(QuotientTest, WaitsAMinute) {
  MemoryReactor reactor;
  auto connecting = connectHTTP(reactor, "crunch.example", 5051);
  MemoryPeer server = reactor.tcpClients().at(0).succeed();
  reactor.flush();
  const auto session = successResultOf(connecting);

  auto text = quotient(*session, 1, 2);
  reactor.advance(59s);
  assertNoResult(text);
  reactor.advance(1s);
  EXPECT_EQ(successResultOf(text), "no idea");
}

// [test a group]
TEST(CrunchGroupTest, SaysWhoIsMissing) {
  MemoryReactor reactor;
  Group group(reactor);
  group.connectHTTP("server_a", "10.0.0.1", 5051);
  auto ready = group.whenReady(8s);
  reactor.tcpClients().at(0).fail(ConnectionRefusedError());
  reactor.flush();
  reactor.advance(6s);  // the second attempt comes 4 to 6 s after the first
  EXPECT_EQ(reactor.tcpClients().size(), 2u);
  reactor.advance(2s);
  failureResultOf<TimedOut>(ready);
}

// [end of tests]
}  // namespace
}  // namespace couplet
