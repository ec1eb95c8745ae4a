// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Transports that are used when their connection is over already: from destructors, by others, by
// work that ends with it.
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {
namespace {

using testing::MemoryPeer;
using testing::MemoryReactor;

/// A producer on its own connection.
class Produces : public Protocol, public Producer {
 public:
  void connectionMade() override { transport().registerProducer(*this, true); }
  void resumeProducing() override {}
  void stopProducing() override {}
};

/// Uses all that a transport has.
void useAll(Transport& transport) {
  transport.write("x");
  transport.pauseProducing();
  transport.resumeProducing();
  transport.unregisterProducer();
  transport.loseWriteConnection();
  transport.loseConnection();
  transport.abortConnection();
}

struct UsedInItsDestructor : Produces {
  ~UsedInItsDestructor() override { useAll(transport()); }
};

/// Uses the transports of all others when its own connection is lost.
struct UsesOthers : Produces {
  UsesOthers() { all().insert(this); }
  ~UsesOthers() override { all().erase(this); }
  void connectionLost(const Failure&) override {
    for (UsesOthers* other : all()) useAll(other->transport());
  }
  static std::set<UsesOthers*>& all() {
    static std::set<UsesOthers*> all;
    return all;
  }
};

class LostTransportTest : public ::testing::Test {
 protected:
  template <class P>
  void serve() {
    reactor->listenTCP(10000, Factory::forProtocol<P>());
  }
  MemoryPeer connect() {
    MemoryPeer peer = reactor->tcpServers().at(0).connect();
    reactor->flush();
    return peer;
  }

  std::optional<MemoryReactor> reactor{std::in_place};
};

TEST_F(LostTransportTest, MayBeUsedByItsProtocolsDestructor) {
  serve<UsedInItsDestructor>();
  connect().abortConnection();
  reactor->flush();
  connect().loseConnection();
  reactor->flush();
}

TEST_F(LostTransportTest, MayBeUsedByADestructorWhenTheReactorGoes) {
  serve<UsedInItsDestructor>();
  MemoryPeer peer = connect();
  reactor.reset();
  EXPECT_FALSE(peer.connected());
}

TEST_F(LostTransportTest, MayBeUsedByAnotherThatIsLostInTheSameTurn) {
  serve<UsesOthers>();
  MemoryPeer one = connect();
  MemoryPeer two = connect();
  one.abortConnection();
  two.abortConnection();
  reactor->flush();
  EXPECT_TRUE(UsesOthers::all().empty());
}

TEST_F(LostTransportTest, MayBeUsedByAnotherWhenTheReactorGoes) {
  serve<UsesOthers>();
  MemoryPeer one = connect();
  MemoryPeer two = connect();
  reactor.reset();
  EXPECT_TRUE(UsesOthers::all().empty());
}

/// Hands its connection on; the work that this ends hands it on, too.
struct HandsOnTwice : Protocol {
  struct Guard {
    ~Guard() { transport->setProtocol(std::make_unique<Produces>()); }
    Transport* transport;
  };
  void connectionMade() override { whileConnected(work()); }
  void dataReceived(std::string_view) override {
    transport().setProtocol(std::make_unique<Protocol>());
  }
  Deferred<void> work() {
    const Guard guard{&transport()};
    co_await never.deferred();
  }
  Promise<void> never;
};

TEST_F(LostTransportTest, AHandOverInsideAHandOverIsTheLast) {
  serve<HandsOnTwice>();
  MemoryPeer peer = connect();
  peer.write("x");
  reactor->flush();
  EXPECT_TRUE(peer.connected());
  peer.loseConnection();
  reactor->flush();
  EXPECT_FALSE(peer.connected());
}

}  // namespace
}  // namespace couplet
