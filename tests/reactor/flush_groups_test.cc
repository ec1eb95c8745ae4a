// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// One turn that writes to a great many connections sends in groups, so that what it wrote is not
// all in memory at its end.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/reactor/factory.h>
#include <couplet/reactor/protocol.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::MemoryPeer;
using testing::MemoryReactor;

/// In a list of those that are connected.
class Member : public Protocol {
 public:
  explicit Member(std::vector<Member*>& members) : members_(members) {}
  void connectionMade() override { members_.push_back(this); }
  void dataReceived(std::string_view) override {}
  void connectionLost(const Failure&) override { std::erase(members_, this); }

 private:
  std::vector<Member*>& members_;
};

class FlushGroupsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    reactor.listenTCP(10000, Factory::forProtocol<Member>(std::ref(members)));
    for (std::size_t i = 0; i < kMembers; ++i) peers.push_back(reactor.tcpServers()[0].connect());
    reactor.flush();
  }

  /// In one turn, from a timer.
  template <class Call>
  void inATurn(Call call) {
    reactor.callLater(1s, call);
    reactor.advance(1s);
  }

  std::size_t unsentOnes() const {
    return std::count_if(members.begin(), members.end(),
                         [](Member* member) { return member->transport().unsent() > 0; });
  }

  static constexpr std::size_t kMembers = 200;
  std::vector<Member*> members;
  std::vector<MemoryPeer> peers;
  MemoryReactor reactor;
};

TEST_F(FlushGroupsTest, SendsToTheFirstBeforeTheLastIsWritten) {
  std::size_t unsent = 0;
  inATurn([&] {
    for (Member* member : members) member->transport().write("hello");
    unsent = unsentOnes();
  });
  EXPECT_LT(unsent, 64u);
  for (MemoryPeer& peer : peers) EXPECT_EQ(peer.value(), "hello");
}

TEST_F(FlushGroupsTest, WhatIsWrittenAfterAGroupWasSentLeavesWithTheTurn) {
  inATurn([&] {
    for (int round = 0; round < 3; ++round) {
      for (Member* member : members) member->transport().write("ha");
    }
  });
  for (MemoryPeer& peer : peers) EXPECT_EQ(peer.value(), "hahaha");
}

TEST_F(FlushGroupsTest, OneThatIsAbortedWhileItWaitsIsLeftOut) {
  inATurn([&] {
    for (std::size_t i = 0; i < members.size(); ++i) {
      members[i]->transport().write("hello");
      if (i % 3 == 0) members[i]->transport().abortConnection();
    }
  });
  EXPECT_EQ(members.size(), kMembers - (kMembers + 2) / 3);
  for (std::size_t i = 0; i < kMembers; ++i) EXPECT_EQ(peers[i].connected(), i % 3 != 0);
}

TEST_F(FlushGroupsTest, OneThatIsLostInTheTurnLeavesNothingBehind) {
  inATurn([&] {
    for (std::size_t i = 0; i < 30; ++i) members[i]->transport().loseConnection();
  });
  EXPECT_EQ(members.size(), kMembers - 30);
  inATurn([&] {
    for (Member* member : members) member->transport().write("still");
  });
  EXPECT_EQ(peers.back().value(), "still");
}

}  // namespace
}  // namespace couplet
