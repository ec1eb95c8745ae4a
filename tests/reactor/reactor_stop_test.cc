// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How every reactor ends: stopped, or destroyed.
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/errors.h>

#include "reactor_suite.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReactorStopSuite : public ReactorSuite {};

INSTANTIATE_TEST_SUITE_P(All, ReactorStopSuite, ::testing::Values(kLibevent, kMemory), kindName);

// The end of the run

TEST_P(ReactorStopSuite, RunsTheShutdownTriggersInTheirPhases) {
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

TEST_P(ReactorStopSuite, WaitsForTheDeferredOfATrigger) {
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

TEST_P(ReactorStopSuite, LogsATriggerThatFailsAndGoesOn) {
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

TEST_P(ReactorStopSuite, ATriggerThatComesAfterItsPhaseIsNeverCalled) {
  reactor->addShutdownTrigger(ShutdownPhase::kDuring, [this] {
    reactor->addShutdownTrigger(ShutdownPhase::kBefore, sayAndGoOn("too late"));
    reactor->addShutdownTrigger(ShutdownPhase::kAfter, sayAndGoOn("in time"));
    return succeed();
  });
  runUntil([] { return true; });
  EXPECT_THAT(said, ElementsAre("in time"));
}

TEST_P(ReactorStopSuite, TellsEveryProtocolBetweenTheTriggersDuringAndAfter) {
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

TEST_P(ReactorStopSuite, AbortsAtTheDeadlineWhatCannotBeSent) {
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

TEST_P(ReactorStopSuite, GivesUpAttemptsWhenItStops) {
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

TEST_P(ReactorStopSuite, ClosesItsPortsWhenItStops) {
  listen();
  runUntil([] { return true; });
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_P(ReactorStopSuite, OpensNothingOnceItHasStopped) {
  runUntil([] { return true; });
  EXPECT_THROW(listen(), std::logic_error);
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 10, clientFactory), std::logic_error);
}

TEST_P(ReactorStopSuite, WaitsForEachDeferredOfAPhaseBeforeTheNext) {
  for (auto phase : {ShutdownPhase::kBefore, ShutdownPhase::kDuring}) {
    std::string name = phase == ShutdownPhase::kBefore ? "before" : "during";
    for (Duration delay : {3ms, 1ms}) {
      reactor->addShutdownTrigger(
          phase, [=, this] { return deferLater(*reactor, delay).addCallback(say(name)); });
    }
  }
  reactor->addShutdownTrigger(ShutdownPhase::kAfter, sayAndGoOn("after"));
  runUntil([] { return true; });
  EXPECT_THAT(said, ElementsAre("before", "before", "during", "during", "after"));
}

TEST_P(ReactorStopSuite, WaitsForNothingOfATriggerAfter) {
  Promise<void> never;
  reactor->addShutdownTrigger(ShutdownPhase::kAfter, [&] { return never.deferred(); });
  reactor->addShutdownTrigger(ShutdownPhase::kAfter, sayAndGoOn("after too"));
  runUntil([] { return true; });
  EXPECT_THAT(said, ElementsAre("after too"));
  reactor.reset();
}

TEST_P(ReactorStopSuite, ATriggerMayAddOthersToItsOwnPhase) {
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [this] {
    reactor->addShutdownTrigger(ShutdownPhase::kBefore, sayAndGoOn("added"));
    return succeed();
  });
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, sayAndGoOn("there before"));
  runUntil([] { return true; });
  EXPECT_THAT(said, ElementsAre("there before", "added"));
}

TEST_P(ReactorStopSuite, ServesUntilTheTriggersBeforeAreDone) {
  server.onData = [](Transport& transport, std::string_view bytes) { transport.write(bytes); };
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [this]() -> Deferred<void> {
    connect();
    co_await untilConnected();
    client.transport().write("still served?");
    co_await until([this] { return client.received == "still served?"; });
    say("served")();
  });
  listen();
  runUntil([] { return true; });
  EXPECT_THAT(said, ElementsAre("served"));
}

TEST_P(ReactorStopSuite, ClosesItsPortsBeforeItsConnectionsAreFlushed) {
  struct Said : ScriptedFactory {
    using ScriptedFactory::ScriptedFactory;
    void stopFactory() override { onStop(); }
    std::function<void()> onStop;
  };
  auto factory = std::make_shared<Said>(server);
  factory->onStop = [this] {
    say("port closed")();
    EXPECT_EQ(server.losses, 0);
  };
  server.onLost = [this](Transport&) { say("flushed")(); };
  serverFactory = factory;
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    server.transport().write(std::string(300'000, 'x'));
  });
  EXPECT_THAT(said, ElementsAre("port closed", "flushed"));
}

// The end of the reactor

TEST_P(ReactorStopSuite, TellsEveryProtocolWhenItIsDestroyed) {
  listen();
  connect();
  run([this]() -> Deferred<void> { co_await untilConnected(); });
  reactor.reset();
  EXPECT_EQ(server.losses, 1);
  EXPECT_EQ(client.losses, 1);
  EXPECT_TRUE(server.destroyed);
  EXPECT_TRUE(client.destroyed);
}

TEST_P(ReactorStopSuite, PortsAndConnectorsOutliveItHarmlessly) {
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

TEST_P(ReactorStopSuite, DestroysTheCallsThatNeverCame) {
  auto kept = std::make_shared<int>();
  reactor->callLater(1h, [kept] {});
  reactor->callFromThread([kept] {});
  reactor->callWhenRunning([kept] {});
  reactor->addShutdownTrigger(ShutdownPhase::kBefore, [kept] { return succeed(); });
  reactor.reset();
  EXPECT_EQ(kept.use_count(), 1);
}

TEST_P(ReactorStopSuite, APromiseOutlivesItHarmlessly) {
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

TEST_P(ReactorStopSuite, ADeferredThatWaitsForItsTimeFailsWithIt) {
  std::optional<Failure> failure;
  deferLater(*reactor, 1h).addErrback([&](const Failure& reason) { failure = reason; });
  reactor.reset();
  ASSERT_TRUE(failure);
  EXPECT_TRUE(failure->check<AbandonedError>()) << *failure;
}

TEST_P(ReactorStopSuite, EachHandleIsInactiveAfterItAndMayBeUsed) {
  listen();
  connect();
  DelayedCall call = reactor->callLater(1h, [] { ADD_FAILURE(); });
  DelayedCall copy = call;
  reactor.reset();
  for (DelayedCall* handle : {&call, &copy}) {
    EXPECT_FALSE(handle->active());
    handle->cancel();
    handle->reset(1s);
    handle->delay(1s);
  }
  EXPECT_EQ(port->getHost().host, "127.0.0.1");
  EXPECT_EQ(connector->getDestination().host, "127.0.0.1");
  EXPECT_THROW(connector->stopConnecting(), std::logic_error);
}

}  // namespace
}  // namespace couplet
