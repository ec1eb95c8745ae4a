// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How a reactor ends: stopped, or destroyed.
#include <stdexcept>
#include <string>

#include <couplet/deferred/errors.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "loopback.h"
#include "raw_peer.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ShutdownTest : public LoopbackTest {
 protected:
  void stopSoon() {
    reactor->callLater(0s, [this] { reactor->stop(); });
  }
  void stopWhenMade() {
    whenMade([this] { reactor->stop(); });
  }
  void say(ShutdownPhase phase, const std::string& word) {
    reactor->addShutdownTrigger(phase, [this, word] {
      said += word + " ";
      return succeed();
    });
  }

  const std::string much = std::string(16'000'000, 'm');
  std::string said;
};

TEST_F(ShutdownTest, TriggersRunInTheirPhases) {
  say(ShutdownPhase::kAfter, "after");
  say(ShutdownPhase::kDuring, "during");
  say(ShutdownPhase::kBefore, "before");
  stopSoon();
  reactor->run();
  EXPECT_EQ(said, "before during after ");
}

TEST_F(ShutdownTest, ThePhasesLieAroundTheLossOfTheConnections) {
  server.onLost = [this](Transport&) { said += "lost "; };
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [this] {
    EXPECT_TRUE(server.connected());
    return succeed();
  });
  say(ShutdownPhase::kDuring, "during");
  say(ShutdownPhase::kAfter, "after");
  connect();
  stopWhenMade();
  reactor->run();
  EXPECT_EQ(said, "during lost after ");
}

TEST_F(ShutdownTest, ADeferredOfABeforeTriggerIsAwaited) {
  Promise<void> saved;
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [&] {
    reactor->callLater(5ms, [&] {
      said += "saved ";
      saved.callback();
    });
    return saved.deferred();
  });
  say(ShutdownPhase::kDuring, "during");
  stopSoon();
  reactor->run();
  EXPECT_EQ(said, "saved during ");
}

TEST_F(ShutdownTest, ATriggerThatThrowsOrFailsIsLoggedAndHoldsNothingUp) {
  reactor->addShutdownTrigger(ShutdownPhase::kBefore,
                              []() -> Deferred<void> { throw std::runtime_error("thrown"); });
  reactor->addShutdownTrigger(ShutdownPhase::kDuring,
                              [] { return fail<void>(std::runtime_error("failed")); });
  say(ShutdownPhase::kAfter, "after");
  stopSoon();
  reactor->run();
  EXPECT_EQ(said, "after ");
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("thrown"), HasSubstr("failed")));
}

TEST_F(ShutdownTest, ConnectionsAreFlushedAndEachProtocolIsTold) {
  connect();
  RawPeer peer(port->getHost().port);
  when([this] { return server.made == 2 && client.made == 1; },
       [this] {
         server.transport().write("goodbye");
         reactor->stop();
       });
  reactor->run();
  EXPECT_EQ(server.losses, 2);
  EXPECT_TRUE(server.lost->check<ConnectionLost>());
  EXPECT_TRUE(client.lost->check<ConnectionLost>());
  EXPECT_THAT(client.lost->message(), HasSubstr("the reactor was stopped"));
  EXPECT_EQ(peer.receive(), "goodbye");
}

TEST_F(ShutdownTest, AProtocolThatHadClosedHearsConnectionDone) {
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [this] {
    server.transport().write("goodbye");
    server.transport().loseConnection();
    return succeed();
  });
  listen();
  RawPeer peer(port->getHost().port);
  stopWhenMade();
  reactor->run();
  EXPECT_TRUE(server.lost->check<ConnectionDone>());
  EXPECT_EQ(peer.receive(), "goodbye");
}

TEST_F(ShutdownTest, AfterTheDeadlineConnectionsAreAborted) {
  reactor = std::make_unique<LibeventReactor>(
      ReactorOptions{.handleSignals = false, .shutdownDeadline = 20ms});
  server.onMade = [this](Transport& transport) { transport.write(much); };
  listen();
  RawPeer peer(port->getHost().port);
  stopWhenMade();
  reactor->run();
  EXPECT_TRUE(server.lost->check<ConnectionAborted>());
}

TEST_F(ShutdownTest, ANegativeDeadlineIsAnError) {
  EXPECT_THROW(LibeventReactor({.shutdownDeadline = -1ns}), std::invalid_argument);
  EXPECT_THROW(testing::MemoryReactor({.shutdownDeadline = -1ns}), std::invalid_argument);
}

TEST_F(ShutdownTest, PortsAreClosed) {
  listen();
  stopSoon();
  reactor->run();
  EXPECT_EQ(serverFactory->stopped, 1);
  bool fired = false;
  port->stopListening().addCallback([&] { fired = true; });
  EXPECT_TRUE(fired);
}

TEST_F(ShutdownTest, AttemptsToConnectAreGivenUp) {
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [this] {
    connector = reactor->connectTCP("localhost", 9, clientFactory);
    return succeed();
  });
  stopSoon();
  reactor->run();
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(clientFactory->stopped, 1);
}

TEST_F(ShutdownTest, AFactoryThatAlwaysConnectsAgainDoesNotHoldTheEndUp) {
  reactor = std::make_unique<LibeventReactor>(
      ReactorOptions{.handleSignals = false, .shutdownDeadline = 20ms});
  clientFactory->onFailed = [this] { connector->connect(); };
  connector = reactor->connectTCP("localhost", 9, clientFactory);
  stopSoon();
  reactor->run();
}

TEST_F(ShutdownTest, AConnectionMadeWhileItEndsIsLostToo) {
  listen();
  stopSoon();
  reactor->addShutdownTrigger(ShutdownPhase::kDuring, [this] {
    EXPECT_NO_THROW(reactor->connectTCP("127.0.0.1", 9, clientFactory));
    return succeed();
  });
  reactor->run();
  EXPECT_TRUE(client.failed->check<UserError>());
}

TEST_F(ShutdownTest, NothingCanBeOpenedAfterTheEnd) {
  stopSoon();
  reactor->run();
  EXPECT_THROW(listen(), std::logic_error);
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 9, clientFactory), std::logic_error);
}

TEST_F(ShutdownTest, AReactorThatNeverRanTellsItsFactoriesWhenItDies) {
  listen();
  connector = reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  reactor.reset();
  EXPECT_EQ(serverFactory->stopped, 1);
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(clientFactory->stopped, 1);
}

TEST_F(ShutdownTest, HandlesOutliveTheReactorAndAreHarmless) {
  connect();
  auto token = std::make_shared<int>(1);
  DelayedCall call = reactor->callLater(1h, [token] {});
  reactor->callWhenRunning([token] {});
  stopWhenMade();
  reactor->run();
  EXPECT_TRUE(call.active());
  reactor.reset();
  EXPECT_FALSE(call.active());
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_NO_THROW(call.cancel());
  EXPECT_NO_THROW(port->stopListening());
  EXPECT_EQ(port->getHost().host, "127.0.0.1");
  EXPECT_NO_THROW(connector->connect());
  EXPECT_NO_THROW(connector->disconnect());
  EXPECT_THROW(connector->stopConnecting(), std::logic_error);
}

TEST_F(ShutdownTest, AClosureThatDiesWithTheReactorMayCallIt) {
  struct Caller {
    explicit Caller(Reactor& reactor) : reactor(reactor) {}
    ~Caller() {
      EXPECT_FALSE(reactor.callLater(0s, [] {}).active());
      reactor.callFromThread([] {});
      reactor.callWhenRunning([] {});
      reactor.now();
    }
    Reactor& reactor;
  };
  reactor->callLater(1h, [caller = std::make_unique<Caller>(*reactor)] {});
  reactor->callFromThread([caller = std::make_unique<Caller>(*reactor)] {});
  reactor->callWhenRunning([caller = std::make_unique<Caller>(*reactor)] {});
  reactor.reset();
}

TEST_F(ShutdownTest, APromiseHeldByAProtocolFailsWhenTheReactorDies) {
  struct Asker : ScriptedProtocol {
    using ScriptedProtocol::ScriptedProtocol;
    Promise<void> answer;
  };
  std::optional<Failure> failure;
  bool built = false;
  serverFactory->build = [&](const Address&) {
    built = true;
    auto protocol = std::make_unique<Asker>(server);
    protocol->answer.deferred().addErrback([&](const Failure& why) { failure = why; });
    return protocol;
  };
  connect();
  when([&] { return built; }, [this] { reactor->stop(); });
  reactor->run();
  EXPECT_TRUE(failure->check<AbandonedError>());
}

}  // namespace
}  // namespace couplet
