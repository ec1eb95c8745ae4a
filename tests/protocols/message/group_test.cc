// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Groups, in virtual time: the test is the servers.
#include <couplet/protocols/message/group.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <couplet/deferred/testing/results.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/testing/gtest_unexpected_errors.h>

#include "api_fixture.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::assertNoResult;
using testing::expectLogged;
using testing::failureResultOf;
using testing::successResultOf;

class GroupTest : public ::testing::Test {
 protected:
  GroupTest() {
    ReconnectDelays delays;
    delays.random = [] { return 0.0; };
    group = std::make_unique<Group>(reactor, delays);
    group->onReady = [this] { ++readies; };
    group->onNotReady = [this] { ++losses; };
    a = &group->connectHTTP("server_a", "127.0.0.1", 5051);
    b = &group->connectHTTP("server_b", "10.0.0.1", 5051);
  }

  /// The attempt that was begun as the `index`th succeeds.
  testing::MemoryPeer succeed(std::size_t index) {
    auto peer = reactor.tcpClients().at(index).succeed();
    reactor.flush();
    return peer;
  }
  void refuse(std::size_t index) {
    reactor.tcpClients().at(index).fail(Failure(ConnectionRefusedError("refused")));
    reactor.flush();
  }
  std::size_t attempts() const { return reactor.tcpClients().size(); }

  testing::MemoryReactor reactor;
  std::unique_ptr<Group> group;
  Session* a = nullptr;
  Session* b = nullptr;
  int readies = 0;
  int losses = 0;
};

// Crunch 18: It connects at once, and tells Ready when all are there.
TEST_F(GroupTest, ItIsReadyWhenAllAreThere) {
  EXPECT_EQ(attempts(), 2u);
  auto all = group->whenReady();
  succeed(0);
  assertNoResult(all);
  EXPECT_FALSE(group->ready());
  succeed(1);
  successResultOf(all);
  EXPECT_TRUE(group->ready());
  EXPECT_EQ(readies, 1);
  successResultOf(group->whenReady());
}

// Crunch 18: NotReady on a loss, Ready again after recovery.
TEST_F(GroupTest, ALossIsToldAndMended) {
  auto peer = succeed(0);
  succeed(1);
  reactor.advance(10s);
  peer.abortConnection();
  reactor.flush();
  EXPECT_EQ(losses, 1);
  EXPECT_FALSE(group->ready());
  succeed(2);
  EXPECT_EQ(readies, 2);
  EXPECT_TRUE(group->ready());
}

// Crunch 21: The first attempt after a loss is immediate; then the waits of the scope.
TEST_F(GroupTest, AttemptsAreMadeInTheirTime) {
  auto peer = succeed(0);
  reactor.advance(10s);
  peer.abortConnection();
  reactor.flush();
  EXPECT_EQ(attempts(), 3u);
  std::size_t made = 3;
  for (const Duration wait : {2s, 4s, 8s, 8s}) {
    refuse(made - 1);
    reactor.advance(wait - 1ms);
    EXPECT_EQ(attempts(), made);
    reactor.advance(1ms);
    EXPECT_EQ(attempts(), ++made);
  }
}

// Crunch 21: By the scope of the address.
TEST_F(GroupTest, ThoseFartherAwayHaveLongerWaits) {
  refuse(1);
  reactor.advance(4s - 1ms);
  EXPECT_EQ(attempts(), 2u);
  reactor.advance(1ms);
  EXPECT_EQ(attempts(), 3u);
}

// Crunch 21: The sequence restarts after a connection that worked.
TEST_F(GroupTest, WhoTakesConnectionsOnlyToDropThemIsNotAskedWithoutEnd) {
  succeed(0).abortConnection();
  reactor.flush();
  EXPECT_EQ(attempts(), 3u);
  succeed(2).abortConnection();
  reactor.flush();
  EXPECT_EQ(attempts(), 3u);
  reactor.advance(2s);
  EXPECT_EQ(attempts(), 4u);
  auto peer = succeed(3);
  reactor.advance(2s);
  peer.abortConnection();
  reactor.flush();
  EXPECT_EQ(attempts(), 5u);
}

// Crunch 18: When the first wait ends, TimedOut names the missing members.
TEST_F(GroupTest, TheFirstWaitHasItsLimit) {
  auto all = group->whenReady(8s);
  succeed(0);
  reactor.advance(8s);
  EXPECT_EQ(failureResultOf<TimedOut>(all).message(),
            "the group is not ready (no connection to server_b within 8.0 s)");
  succeed(1);
  EXPECT_EQ(readies, 1);
}

// Crunch 11, 19: The fault names those that are missing, by name or by the caller's alias.
TEST_F(GroupTest, WhoIsMissingIsNamed) {
  const auto all = group->missing();
  ASSERT_TRUE(all);
  EXPECT_STREQ(
      all->what(),
      R"(required services "server_a, server_b" are temporarily unavailable (try again later))");
  const auto aliases = group->missing({{"server_a", "a"}, {"server_b", "b"}});
  ASSERT_TRUE(aliases);
  EXPECT_EQ(aliases->condition, R"(required services "a, b" are temporarily unavailable)");
  EXPECT_EQ(aliases->unavailable, (std::vector<std::string>{"a", "b"}));
  succeed(0);
  EXPECT_FALSE(group->missing({"server_a"}));
  EXPECT_EQ(group->missing({{"server_a", "a"}, {"server_b", "b"}})->unavailable,
            std::vector<std::string>{"b"});
  EXPECT_THROW(group->missing({"server_c"}), std::invalid_argument);
}

// Crunch 15: A request on a session that is not connected fails at once.
TEST_F(GroupTest, WhoIsNotThereIsNotAsked) {
  EXPECT_EQ(failureResultOf<NotConnected>(a->request<Output>(Multiply{2, 3})).message(),
            R"(not connected to "server_a")");
}

TEST_F(GroupTest, MembersAreAsked) {
  auto peer = succeed(0);
  auto six = a->request<Output>(Multiply{2, 3});
  reactor.flush();
  EXPECT_NE(peer.value(), "");
  const std::string body = R"({"value":["crunch_api.Output",{"value":6.0},[]]})";
  peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
             body);
  reactor.flush();
  EXPECT_EQ(successResultOf(six), Output{6});
}

TEST_F(GroupTest, WhatIsUnderWayEndsWithTheGroup) {
  succeed(0);
  auto six = a->request<Output>(Multiply{2, 3});
  group.reset();
  reactor.flush();
  failureResultOf<Closed>(six);
  reactor.advance(100s);
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(GroupTest, WhoWaitsForAGroupThatGoesHearsOfIt) {
  auto all = group->whenReady(8s);
  group.reset();
  failureResultOf<Closed>(all);
}

TEST_F(GroupTest, WhoWaitedForItMayDestroyIt) {
  auto first = group->whenReady();
  first.addCallback([this] { group.reset(); });
  auto second = group->whenReady();
  succeed(0);
  succeed(1);
  successResultOf(first);
  failureResultOf<Closed>(second);
  EXPECT_EQ(readies, 0);
}

TEST_F(GroupTest, WhatIsReadyMayDestroyIt) {
  std::string last;
  group->onReady = [this, &last, text = std::string("longer than what a string has inside")] {
    group.reset();
    last = text;
  };
  succeed(0);
  succeed(1);
  EXPECT_EQ(last, "longer than what a string has inside");
}

TEST_F(GroupTest, WhatIsNotReadyMayDestroyIt) {
  int ends = 0;
  a->whenEnded([&ends](const Failure&) { ++ends; });
  group->onNotReady = [this] { group.reset(); };
  auto peer = succeed(0);
  succeed(1);
  peer.abortConnection();
  reactor.flush();
  EXPECT_EQ(group, nullptr);
  EXPECT_EQ(ends, 0);
}

TEST_F(GroupTest, TheEndOfAMemberMayDestroyIt) {
  a->whenEnded([this](const Failure&) { group.reset(); });
  succeed(0).abortConnection();
  reactor.flush();
  EXPECT_EQ(group, nullptr);
}

TEST_F(GroupTest, ARequestThatFailsMayDestroyIt) {
  auto peer = succeed(0);
  succeed(1);
  auto six = a->request<Output>(Multiply{2, 3});
  auto other = a->request<Output>(Multiply{2, 3});
  six.addErrback([this](const Failure&) {
    group.reset();
    return Output{};
  });
  peer.abortConnection();
  reactor.flush();
  successResultOf(six);
  failureResultOf<Abandoned>(other);
}

TEST_F(GroupTest, WhatIsReadyIsCalledEachTime) {
  auto peer = succeed(0);
  succeed(1);
  peer.abortConnection();
  reactor.flush();
  reactor.advance(2s);
  succeed(2);
  EXPECT_EQ(readies, 2);
}

TEST_F(GroupTest, WhatIsReadyMayBeForTheFirstTimeOnly) {
  int calls = 0;
  group->onReady = [this, &calls] {
    group->onReady = nullptr;
    ++calls;
  };
  auto peer = succeed(0);
  succeed(1);
  peer.abortConnection();
  reactor.flush();
  reactor.advance(2s);
  succeed(2);
  EXPECT_TRUE(group->ready());
  EXPECT_EQ(calls, 1);
}

TEST_F(GroupTest, WhatItCallsMayThrow) {
  int calls = 0;
  group->onNotReady = [&calls] {
    ++calls;
    throw std::runtime_error("a loss too much");
  };
  expectLogged("a loss too much");
  bool ended = false;
  a->whenEnded([&ended](const Failure&) { ended = true; });
  auto peer = succeed(0);
  succeed(1);
  peer.abortConnection();
  reactor.flush();
  EXPECT_TRUE(ended);
  reactor.advance(2s);
  succeed(2).abortConnection();
  reactor.flush();
  EXPECT_EQ(calls, 2);
}

TEST_F(GroupTest, AMemberThatCannotBeIsNone) {
  EXPECT_THROW(group->connectHTTP("server_c", "127.0.0.1", 0), std::out_of_range);
  EXPECT_THROW(group->missing({"server_c"}), std::invalid_argument);
}

TEST_F(GroupTest, TwoMembersOfOneNameAreRefused) {
  EXPECT_THROW(group->connectHTTP("server_a", "127.0.0.1", 1), std::invalid_argument);
}

// Crunch 18: Named listeners are members, too.
TEST_F(GroupTest, ItListens) {
  auto api = std::make_shared<Api>(Requests<Multiply>(),
                                   [](const Multiply& m) { return Output{m.x * m.y}; });
  group->listen("public", 5052, newApiSite(api));
  EXPECT_EQ(reactor.tcpServers().size(), 1u);
  EXPECT_THROW(group->connectHTTP("public", "127.0.0.1", 1), std::invalid_argument);
  EXPECT_FALSE(group->missing({"public"}));
  group.reset();
  reactor.flush();
  EXPECT_FALSE(reactor.tcpServers().at(0).listening());
}

// Crunch 22: A listener whose port is busy is reported at once.
TEST_F(GroupTest, APortThatIsBusyIsReportedAtOnce) {
  auto api = std::make_shared<Api>(Requests<Multiply>(),
                                   [](const Multiply& m) { return Output{m.x * m.y}; });
  group->listen("public", 5052, newApiSite(api));
  EXPECT_THROW(group->listen("other", 5052, newApiSite(api)), NotListening);
}

}  // namespace
}  // namespace couplet
