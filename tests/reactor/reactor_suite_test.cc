// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What every reactor does: the order of calls, the run and its end, ports and connectors.
#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "any_reactor.h"
#include "logged_errors.h"
#include "loopback.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MemoryReactor;

class ReactorSuite : public ::testing::TestWithParam<ReactorKind> {
 protected:
  void TearDown() override {
    reactor.reset();
    EXPECT_THAT(errors.take(), IsEmpty()) << "errors that the test did not expect";
  }

  template <class Body>
  void run(Body body) {
    runBody(*reactor, std::move(body));
  }
  void runUntil(std::function<bool()> condition) {
    run([&]() -> Deferred<void> { co_await until(condition); });
  }
  Deferred<void> until(std::function<bool()> condition) {
    return couplet::until(*reactor, std::move(condition));
  }
  Deferred<void> untilConnected() {
    return until([this] { return server.connected() && client.connected(); });
  }
  bool bothLost() const { return server.lost && client.clientLost; }

  std::function<void()> say(std::string what) {
    return [this, what] { said.push_back(what); };
  }
  Callable<Deferred<void>()> sayAndGoOn(std::string what) {
    return [this, what] {
      said.push_back(what);
      return succeed();
    };
  }

  void listen(ListenOptions options = {.interface = "127.0.0.1"}) {
    port = reactor->listenTCP(0, serverFactory, std::move(options));
  }
  void connect() {
    connector = reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  }
  /// An attempt that nobody answers.
  void connectToNobody() {
    auto closed = reactor->listenTCP(0, serverFactory, {.interface = "127.0.0.1"});
    int number = closed->getHost().port;
    std::ignore = closed->stopListening();
    connector = reactor->connectTCP("127.0.0.1", number, clientFactory);
    if (auto* memory = dynamic_cast<MemoryReactor*>(reactor.get())) {
      const testing::MemoryClient& attempt = memory->tcpClients().back();
      if (attempt.waiting()) attempt.fail(ConnectionRefusedError());
    }
  }

  LoggedErrors errors;
  std::vector<std::string> said;
  End server;
  End client;
  std::shared_ptr<ScriptedFactory> serverFactory = std::make_shared<ScriptedFactory>(server);
  std::shared_ptr<ScriptedFactory> clientFactory = std::make_shared<ScriptedFactory>(client);
  std::unique_ptr<Reactor> reactor = GetParam().make();
  std::shared_ptr<ListeningPort> port;
  std::shared_ptr<Connector> connector;
};

INSTANTIATE_TEST_SUITE_P(All, ReactorSuite, ::testing::Values(kLibevent, kMemory), kindName);

// The run

TEST_P(ReactorSuite, CallsWhenRunningThenFromThreadsThenWhatIsDue) {
  reactor->callLater(0s, say("due"));
  reactor->callLater(0s, say("due too"));
  reactor->callFromThread(say("thread"));
  reactor->callFromThread(say("thread too"));
  reactor->callWhenRunning(say("running"));
  reactor->callWhenRunning(say("running too"));
  reactor->callLater(0s, [this] { reactor->stop(); });
  reactor->run();
  EXPECT_THAT(said,
              ElementsAre("running", "running too", "thread", "thread too", "due", "due too"));
}

TEST_P(ReactorSuite, CallWhenRunningCallsAtOnceWhenItRuns) {
  run([this]() -> Deferred<void> {
    reactor->callWhenRunning(say("inside"));
    EXPECT_THAT(said, ElementsAre("inside"));
    co_return;
  });
}

TEST_P(ReactorSuite, ACallMadeInATurnComesInTheNextOne) {
  reactor->callLater(0s, [this] {
    reactor->callLater(0s, say("next turn"));
    said.push_back("first");
  });
  reactor->callLater(0s, say("second"));
  runUntil([this] { return said.size() == 3; });
  EXPECT_THAT(said, ElementsAre("first", "second", "next turn"));
}

TEST_P(ReactorSuite, KnowsWhetherItRuns) {
  EXPECT_FALSE(reactor->running());
  run([this]() -> Deferred<void> {
    EXPECT_TRUE(reactor->running());
    co_return;
  });
  EXPECT_FALSE(reactor->running());
}

TEST_P(ReactorSuite, RunsOnce) {
  run([this]() -> Deferred<void> {
    EXPECT_THROW(reactor->run(), std::logic_error);
    co_return;
  });
  EXPECT_THROW(reactor->run(), std::logic_error);
}

TEST_P(ReactorSuite, StopsOnlyWhatRuns) {
  EXPECT_THROW(reactor->stop(), std::logic_error);
  run([this]() -> Deferred<void> {
    reactor->stop();
    EXPECT_THROW(reactor->stop(), std::logic_error);
    co_return;
  });
  EXPECT_THROW(reactor->stop(), std::logic_error);
}

TEST_P(ReactorSuite, MakesCallsOfOtherThreadsInTheirOrder) {
  const auto here = std::this_thread::get_id();
  std::vector<std::string> made;
  run([&, this]() -> Deferred<void> {
    std::thread other([&] {
      for (int i = 0; i < 100; ++i) {
        made.push_back(std::to_string(i));
        reactor->callFromThread([&, i] {
          EXPECT_EQ(std::this_thread::get_id(), here);
          said.push_back(std::to_string(i));
        });
      }
    });
    other.join();  // a reactor in memory does not wait for threads
    EXPECT_THAT(said, IsEmpty());
    co_await until([this] { return said.size() == 100; });
  });
  EXPECT_EQ(said, made);
}

TEST_P(ReactorSuite, DestroysACallFromAThreadThatComesTooLate) {
  auto kept = std::make_shared<int>();
  reactor->callWhenRunning([this] { reactor->stop(); });
  reactor->run();
  reactor->callFromThread([this, kept] { said.push_back("late"); });
  EXPECT_EQ(kept.use_count(), 1);
  EXPECT_THAT(said, IsEmpty());
}

TEST_P(ReactorSuite, LogsWhatACallThrowsAndGoesOn) {
  auto fails = [](const char* what) { return [what] { throw std::runtime_error(what); }; };
  reactor->callWhenRunning(fails("when running"));
  reactor->callFromThread(fails("from a thread"));
  reactor->callLater(0s, fails("timer"));
  reactor->callLater(0s, say("other timer"));
  runUntil([this] { return said.size() == 1; });
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("when running"), HasSubstr("from a thread"),
                                         HasSubstr("timer")));
}

TEST_P(ReactorSuite, CallsNothingWhenRunningOnceTheRunIsOver) {
  runUntil([] { return true; });
  reactor->callWhenRunning(say("too late"));
  EXPECT_THAT(said, IsEmpty());
}

// The end of the run

TEST_P(ReactorSuite, RunsTheShutdownTriggersInTheirPhases) {
  reactor->addShutdownTrigger(ShutdownPhase::kAfter, sayAndGoOn("after"));
  reactor->addShutdownTrigger(ShutdownPhase::kDuring, sayAndGoOn("during"));
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, sayAndGoOn("before"));
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, sayAndGoOn("before too"));
  reactor->callWhenRunning([this] {
    reactor->stop();
    said.push_back("stopped");
  });
  reactor->run();
  EXPECT_THAT(said, ElementsAre("stopped", "before", "before too", "during", "after"));
}

TEST_P(ReactorSuite, WaitsForTheDeferredOfATrigger) {
  Promise<void> done;
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [&, this] {
    reactor->callLater(2ms, [&, this] {
      said.push_back("done");
      done.callback();
    });
    return done.deferred();
  });
  reactor->addShutdownTrigger(ShutdownPhase::kDuring, sayAndGoOn("during"));
  reactor->callWhenRunning([this] { reactor->stop(); });
  reactor->run();
  EXPECT_THAT(said, ElementsAre("done", "during"));
}

TEST_P(ReactorSuite, LogsATriggerThatFailsAndGoesOn) {
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, []() -> Deferred<void> {
    return fail<void>(std::runtime_error("no answer"));
  });
  reactor->addShutdownTrigger(ShutdownPhase::kBefore,
                              []() -> Deferred<void> { throw std::runtime_error("no Deferred"); });
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, sayAndGoOn("before"));
  reactor->callWhenRunning([this] { reactor->stop(); });
  reactor->run();
  EXPECT_THAT(said, ElementsAre("before"));
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no answer"), HasSubstr("no Deferred")));
}

TEST_P(ReactorSuite, ATriggerThatComesAfterItsPhaseIsNeverCalled) {
  reactor->addShutdownTrigger(ShutdownPhase::kDuring, [this] {
    reactor->addShutdownTrigger(ShutdownPhase::kBefore, sayAndGoOn("too late"));
    reactor->addShutdownTrigger(ShutdownPhase::kAfter, sayAndGoOn("in time"));
    return succeed();
  });
  runUntil([] { return true; });
  EXPECT_THAT(said, ElementsAre("in time"));
}

TEST_P(ReactorSuite, TellsEveryProtocolBetweenTheTriggersDuringAndAfter) {
  server.onLost = [this](Transport&) { said.push_back("server lost"); };
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [this] {
    EXPECT_TRUE(server.connected());
    return succeed();
  });
  reactor->addShutdownTrigger(ShutdownPhase::kDuring, sayAndGoOn("during"));
  reactor->addShutdownTrigger(ShutdownPhase::kAfter, sayAndGoOn("after"));
  listen();
  connect();
  runUntil([this] { return server.connected() && client.connected(); });
  EXPECT_THAT(said, ElementsAre("during", "server lost", "after"));
  EXPECT_EQ(server.losses, 1);
  EXPECT_EQ(client.losses, 1);
  EXPECT_TRUE(client.clientLost);
}

TEST_P(ReactorSuite, AbortsAtTheDeadlineWhatCannotBeSent) {
  client.onMade = [](Transport& transport) { transport.pauseProducing(); };
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    server.transport().write(std::string(20'000'000, 'x'));
    reactor->stop();
    co_return;
  });
  EXPECT_EQ(server.losses, 1);
  EXPECT_EQ(client.losses, 1);
}

TEST_P(ReactorSuite, GivesUpAttemptsWhenItStops) {
  listen();
  reactor->callWhenRunning([this] {
    connect();
    reactor->stop();
  });
  reactor->run();
  EXPECT_TRUE(client.failed || client.clientLost);
  EXPECT_EQ(clientFactory->started, 1);
  EXPECT_EQ(clientFactory->stopped, 1);
}

TEST_P(ReactorSuite, ClosesItsPortsWhenItStops) {
  listen();
  runUntil([] { return true; });
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_P(ReactorSuite, OpensNothingOnceItHasStopped) {
  runUntil([] { return true; });
  EXPECT_THROW(listen(), std::logic_error);
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 10, clientFactory), std::logic_error);
}

// Ports

TEST_P(ReactorSuite, Port0GivesAFreeOne) {
  listen();
  auto other = reactor->listenTCP(0, serverFactory, {.interface = "127.0.0.1"});
  EXPECT_GT(port->getHost().port, 0);
  EXPECT_EQ(port->getHost().host, "127.0.0.1");
  EXPECT_NE(port->getHost(), other->getHost());
}

TEST_P(ReactorSuite, APortListensOnAllOfIPv4UnlessToldOtherwise) {
  listen(ListenOptions{});
  EXPECT_EQ(port->getHost().host, "0.0.0.0");
  connect();
  runUntil([this] { return client.connected(); });
}

TEST_P(ReactorSuite, APortOfIPv6TakesBothKinds) {
  listen({.interface = "::"});
  EXPECT_EQ(port->getHost().host, "::");
  connect();
  runUntil([this] { return server.connected(); });
}

TEST_P(ReactorSuite, ConnectsByIPv6) {
  listen({.interface = "::1"});
  connector = reactor->connectTCP("::1", port->getHost().port, clientFactory);
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    EXPECT_EQ(server.transport().getPeer().host, "::1");
    EXPECT_EQ(client.transport().getPeer(), port->getHost());
  });
}

TEST_P(ReactorSuite, ConnectsByName) {
  listen();
  connector = reactor->connectTCP("localhost", port->getHost().port, clientFactory);
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    EXPECT_EQ(client.transport().getPeer(), port->getHost());
    EXPECT_EQ(connector->getDestination().host, "localhost");
  });
}

TEST_P(ReactorSuite, AnAddressInUseIsAnError) {
  listen();
  try {
    reactor->listenTCP(port->getHost().port, serverFactory, {.interface = "127.0.0.1"});
    ADD_FAILURE() << "listens twice";
  } catch (const CannotListenError& error) {
    EXPECT_EQ(error.errorNumber(), EADDRINUSE);
    EXPECT_EQ(error.what(),
              "Couldn't listen on " + port->getHost().toString() + ": Address already in use.");
  }
  EXPECT_EQ(serverFactory->started, 1);
  EXPECT_EQ(serverFactory->stopped, 0);
}

TEST_P(ReactorSuite, AnInterfaceThatIsNoAddressIsAnError) {
  EXPECT_THROW(listen({.interface = "no address"}), CannotListenError);
  EXPECT_EQ(serverFactory->started, 0);
}

TEST_P(ReactorSuite, APortOutOfRangeIsAnErrorAtTheCall) {
  for (int wrong : {-1, 65536, 99999}) {
    EXPECT_THROW(reactor->listenTCP(wrong, serverFactory), std::out_of_range);
    EXPECT_THROW(reactor->connectTCP("127.0.0.1", wrong, clientFactory), std::out_of_range);
  }
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 0, clientFactory), std::out_of_range);
  EXPECT_EQ(serverFactory->started, 0);
  EXPECT_EQ(clientFactory->started, 0);
}

TEST_P(ReactorSuite, ListeningAndConnectingNeedAFactory) {
  EXPECT_THROW(reactor->listenTCP(0, nullptr), std::invalid_argument);
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 10, nullptr), std::invalid_argument);
}

TEST_P(ReactorSuite, ANegativeTimeOutIsAnErrorAtTheCall) {
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 10, clientFactory, {.timeout = -1s}),
               std::invalid_argument);
  EXPECT_EQ(clientFactory->started, 0);
}

TEST_P(ReactorSuite, StopListeningTwiceIsStoppingOnce) {
  listen();
  int stopped = 0;
  port->stopListening().addCallback([&] { ++stopped; });
  port->stopListening().addCallback([&] { ++stopped; });
  EXPECT_EQ(stopped, 2);
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_P(ReactorSuite, APortThatIsClosedMayBeOpenedAgain) {
  listen();
  int number = port->getHost().port;
  std::ignore = port->stopListening();
  auto again = reactor->listenTCP(number, serverFactory, {.interface = "127.0.0.1"});
  EXPECT_EQ(again->getHost().port, number);
  EXPECT_EQ(serverFactory->started, 2);
}

TEST_P(ReactorSuite, ConnectionsOutliveTheirPort) {
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    std::ignore = port->stopListening();
    client.transport().write("still here?");
    co_await until([this] { return server.received == "still here?"; });
  });
}

TEST_P(ReactorSuite, StartsAFactoryBeforeItsFirstPortAndStopsItAfterItsLast) {
  listen();
  auto second = reactor->listenTCP(0, serverFactory, {.interface = "127.0.0.1"});
  EXPECT_EQ(serverFactory->started, 1);
  std::ignore = port->stopListening();
  EXPECT_EQ(serverFactory->stopped, 0);
  std::ignore = second->stopListening();
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_P(ReactorSuite, AServerWithoutAProtocolClosesTheConnection) {
  serverFactory->build = [](const Address&) { return nullptr; };
  listen();
  connect();
  runUntil([this] { return client.clientLost.has_value(); });
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
}

TEST_P(ReactorSuite, AServerWhoseBuildProtocolThrowsClosesTheConnection) {
  serverFactory->build = [](const Address&) -> std::unique_ptr<Protocol> {
    throw std::runtime_error("no more protocols");
  };
  listen();
  connect();
  runUntil([this] { return client.clientLost.has_value(); });
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no more protocols")));
}

// Connectors

TEST_P(ReactorSuite, TellsTheFactoryOfTheAttemptAndTheProtocolOfItsPeer) {
  Address peer;
  clientFactory->onStarted = [this](Connector& attempt) {
    said.push_back("started " + attempt.getDestination().toString());
  };
  clientFactory->build = [&, this](const Address& address) {
    peer = address;
    return std::make_unique<ScriptedProtocol>(client);
  };
  listen();
  connect();
  EXPECT_THAT(said, ElementsAre("started " + port->getHost().toString()));
  runUntil([this] { return client.connected(); });
  EXPECT_EQ(peer, port->getHost());
}

TEST_P(ReactorSuite, TellsTheFactoryOfTheLossAfterTheProtocol) {
  client.onLost = [this](Transport&) { EXPECT_FALSE(client.clientLost); };
  server.onMade = [](Transport& transport) { transport.loseConnection(); };
  listen();
  connect();
  runUntil([this] { return bothLost(); });
  EXPECT_TRUE(client.clientLost->check<ConnectionDone>()) << *client.clientLost;
  EXPECT_FALSE(client.failed);
  EXPECT_EQ(clientFactory->started, 1);
  EXPECT_EQ(clientFactory->stopped, 1);
}

TEST_P(ReactorSuite, AClientWithoutAProtocolClosesTheConnection) {
  clientFactory->build = [](const Address&) { return nullptr; };
  listen();
  connect();
  runUntil([this] { return client.clientLost && server.lost; });
  EXPECT_TRUE(client.clientLost->check<ConnectionDone>()) << *client.clientLost;
  EXPECT_EQ(client.made, 0);
}

TEST_P(ReactorSuite, ARefusedAttemptFails) {
  run([this]() -> Deferred<void> {
    connectToNobody();
    EXPECT_FALSE(client.failed);
    co_await until([this] { return client.failed.has_value(); });
  });
  EXPECT_TRUE(client.failed->check<ConnectionRefusedError>()) << *client.failed;
  EXPECT_EQ(client.made, 0);
  EXPECT_EQ(clientFactory->stopped, 1);
}

TEST_P(ReactorSuite, AnAttemptThatTakesLongerThanItsTimeFails) {
  listen();
  connector =
      reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory, {.timeout = 0s});
  EXPECT_FALSE(client.failed);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<ConnectTimeoutError>()) << *client.failed;
  EXPECT_EQ(client.made, 0);
}

TEST_P(ReactorSuite, ANameThatIsNotFoundFailsTheAttempt) {
  const std::string name(70, 'x');  // too long for a label: no server is asked
  if (auto* memory = dynamic_cast<MemoryReactor*>(reactor.get())) memory->failLookup(name);
  connector = reactor->connectTCP(name, 10, clientFactory);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<DNSLookupError>()) << *client.failed;
  EXPECT_THAT(client.failed->message(), HasSubstr(name));
}

TEST_P(ReactorSuite, StopConnectingGivesTheAttemptUp) {
  listen();
  connect();
  connector->stopConnecting();
  EXPECT_FALSE(client.failed);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(client.failed->message(), "User aborted connection.");
  EXPECT_EQ(client.made, 0);
}

TEST_P(ReactorSuite, StopConnectingMayBeCalledFromStartedConnecting) {
  clientFactory->onStarted = [](Connector& attempt) { attempt.stopConnecting(); };
  listen();
  connect();
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<UserError>());
}

TEST_P(ReactorSuite, OnlyAnAttemptCanBeStopped) {
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    EXPECT_THROW(connector->stopConnecting(), std::logic_error);
    EXPECT_THROW(connector->connect(), std::logic_error);
    connector->disconnect();
    co_await until([this] { return bothLost(); });
    EXPECT_THROW(connector->stopConnecting(), std::logic_error);
    connector->disconnect();
  });
}

TEST_P(ReactorSuite, AConnectorConnectsAgainWhenTheConnectionWasLost) {
  server.onMade = [](Transport& transport) { transport.loseConnection(); };
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await until([this] { return client.clientLost.has_value(); });
    connector->connect();
    co_await until([this] { return client.made == 2; });
  });
  EXPECT_EQ(clientFactory->started, 2);
  EXPECT_EQ(clientFactory->stopped, 2);
}

TEST_P(ReactorSuite, AConnectorConnectsAgainFromClientConnectionFailed) {
  listen();
  clientFactory->onFailed = [this] {
    client.failed.reset();
    clientFactory->onFailed = {};
    connector->connect();
  };
  connect();
  connector->stopConnecting();
  runUntil([this] { return client.connected(); });
  EXPECT_EQ(clientFactory->stopped, clientFactory->started);
}

TEST_P(ReactorSuite, ALostServerIsNoticedByItsClients) {
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    server.transport().abortConnection();
    co_await until([this] { return bothLost(); });
  });
  EXPECT_TRUE(client.clientLost->check<ConnectionLost>()) << *client.clientLost;
}

// The end of the reactor

TEST_P(ReactorSuite, TellsEveryProtocolWhenItIsDestroyed) {
  listen();
  connect();
  run([this]() -> Deferred<void> { co_await untilConnected(); });
  reactor.reset();
  EXPECT_EQ(server.losses, 1);
  EXPECT_EQ(client.losses, 1);
  EXPECT_TRUE(server.destroyed);
  EXPECT_TRUE(client.destroyed);
}

TEST_P(ReactorSuite, PortsAndConnectorsOutliveItHarmlessly) {
  listen();
  connect();
  DelayedCall call = reactor->callLater(1h, [] {});
  reactor.reset();
  EXPECT_TRUE(client.failed);
  EXPECT_FALSE(call.active());
  int stopped = 0;
  port->stopListening().addCallback([&] { ++stopped; });
  EXPECT_EQ(stopped, 1);
  connector->disconnect();
  connector->connect();
  EXPECT_EQ(serverFactory->stopped, 1);
  EXPECT_EQ(clientFactory->stopped, clientFactory->started);
}

TEST_P(ReactorSuite, DestroysTheCallsThatNeverCame) {
  auto kept = std::make_shared<int>();
  reactor->callLater(1h, [kept] {});
  reactor->callFromThread([kept] {});
  reactor->callWhenRunning([kept] {});
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [kept] { return succeed(); });
  reactor.reset();
  EXPECT_EQ(kept.use_count(), 1);
}

TEST_P(ReactorSuite, APromiseOutlivesItHarmlessly) {
  Promise<void> answer;
  server.onMade = [&, this](Transport&) {
    server.protocol->whileConnected(answer.deferred().addCallback([] { ADD_FAILURE(); }));
  };
  listen();
  connect();
  runUntil([this] { return server.made && client.made; });
  reactor.reset();
  EXPECT_FALSE(answer.pending());
}

}  // namespace
}  // namespace couplet
