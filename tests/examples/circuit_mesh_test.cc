// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/static_mesh.h"

#include <sstream>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>

namespace circuit {

using couplet::Address;
using couplet::Deferred;
using namespace couplet::testing;

class StaticMeshTest : public ::testing::Test {
 protected:
  void announce(int port) { successResultOf(mesh.announce("buzzer", {"localhost", port})); }
  void withdraw(int port) { successResultOf(mesh.withdraw("buzzer", {"localhost", port})); }

  std::ostringstream out;
  StaticMesh mesh{out};
};

// Circuit 6: A node that is new is registered.
TEST_F(StaticMeshTest, ANodeThatIsNewIsRegistered) {
  announce(1);
  EXPECT_EQ(out.str(), "[ mesh ] registering new node: buzzer\n");
}

TEST_F(StaticMeshTest, ANodeIsRegisteredOnce) {
  announce(1);
  announce(1);
  announce(2);
  EXPECT_EQ(out.str(), "[ mesh ] registering new node: buzzer\n");
}

TEST_F(StaticMeshTest, AListIsAnnounced) {
  StaticMesh listed(out, {{"iopin", {"localhost", 1}}, {"buzzer", {"localhost", 2}}});
  EXPECT_EQ(successResultOf(listed.pick("buzzer")), (Address{"localhost", 2}));
  EXPECT_EQ(out.str(),
            "[ mesh ] registering new node: iopin\n[ mesh ] registering new node: buzzer\n");
}

TEST_F(StaticMeshTest, PickGivesTheFirstAddress) {
  announce(1);
  announce(2);
  EXPECT_EQ(successResultOf(mesh.pick("buzzer")), (Address{"localhost", 1}));
}

TEST_F(StaticMeshTest, PickFailsForWhoIsUnknown) {
  EXPECT_EQ(failureResultOf<UnknownNodeError>(mesh.pick("siren")).message(),
            "there is no node siren");
}

TEST_F(StaticMeshTest, PickFailsForWhoIsWithdrawn) {
  announce(1);
  withdraw(1);
  failureResultOf<UnknownNodeError>(mesh.pick("buzzer"));
}

TEST_F(StaticMeshTest, ToWithdrawWhoIsUnknownDoesNothing) {
  announce(1);
  withdraw(2);
  EXPECT_EQ(successResultOf(mesh.pick("buzzer")).port, 1);
}

TEST_F(StaticMeshTest, WatchTellsAtOnceWhatIsNotKnown) {
  announce(1);
  EXPECT_EQ(successResultOf(mesh.watch("buzzer", {})), (Mesh::Addresses{{"localhost", 1}}));
}

TEST_F(StaticMeshTest, WatchWaitsForAChange) {
  announce(1);
  Deferred<Mesh::Addresses> change = mesh.watch("buzzer", {{"localhost", 1}});
  successResultOf(mesh.announce("siren", {"localhost", 3}));
  assertNoResult(change);
  withdraw(1);
  EXPECT_EQ(successResultOf(change), Mesh::Addresses());
}

TEST_F(StaticMeshTest, WhoIsToldMayWatchAgain) {
  std::vector<std::size_t> counts;
  const auto again = [&](const Mesh::Addresses& now) {
    counts.push_back(now.size());
    return mesh.watch("buzzer", now);
  };
  auto change = mesh.watch("buzzer", {}).addCallback(again).addCallback(again);
  announce(1);
  announce(2);
  EXPECT_EQ(counts, (std::vector<std::size_t>{1, 2}));
  std::move(change).discard();
}

TEST_F(StaticMeshTest, AWatchCanBeCancelled) {
  Deferred<Mesh::Addresses> change = mesh.watch("buzzer", {});
  change.cancel();
  failureResultOf<couplet::CancelledError>(change);
  announce(1);
}

}  // namespace circuit
