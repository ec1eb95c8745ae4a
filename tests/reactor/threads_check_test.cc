// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A reactor belongs to the thread that runs it. Where the library is built to check that, a call
// on another thread ends the program with a message that names the call.
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/reactor/producer.h>

#include "any_reactor.h"
#include "loopback.h"

namespace couplet {
namespace {

/// A reactor that runs, with a connection, and something of everything else.
struct World {
  explicit World(const ReactorKind& kind) : reactor(kind.make()) {
    port = reactor->listenTCP(0, std::make_shared<ScriptedFactory>(server),
                              {.interface = "127.0.0.1"});
    connector = reactor->connectTCP("127.0.0.1", port->getHost().port,
                                    std::make_shared<ScriptedFactory>(client));
    timer = reactor->callLater(1h, [] {});
  }

  /// Calls `then` from inside the run, once the connection stands, and stops.
  void run(const std::function<void()>& then) {
    runBody(*reactor, [&]() -> Deferred<void> {
      co_await until(*reactor, [this] { return server.connected() && client.connected(); });
      then();
    });
  }

  Transport& transport() { return server.transport(); }

  End server;
  End client;
  End other;
  std::unique_ptr<Reactor> reactor;
  std::shared_ptr<ListeningPort> port;
  std::shared_ptr<Connector> connector;
  DelayedCall timer;
};

void onAnotherThread(const std::function<void()>& call) { std::thread(call).join(); }

class ThreadsTest : public ::testing::TestWithParam<ReactorKind> {};

TEST_P(ThreadsTest, AReactorMayBeMadeRunAndDestroyedOnThreeThreads) {
  std::unique_ptr<World> world;
  bool ran = false;
  onAnotherThread([&] { world = std::make_unique<World>(GetParam()); });
  onAnotherThread([&] {
    world->run([&] {
      world->transport().write("hello");
      world->timer.cancel();
      ran = true;
    });
  });
  onAnotherThread([&] { world.reset(); });
  EXPECT_TRUE(ran);
}

TEST_P(ThreadsTest, BelongsToNobodyOnceTheRunIsOver) {
  World world(GetParam());
  onAnotherThread([&] { world.run([] {}); });
  world.reactor->callWhenRunning([] {});
  EXPECT_THROW(world.reactor->stop(), std::logic_error);
  world.timer.cancel();
}

INSTANTIATE_TEST_SUITE_P(All, ThreadsTest, ::testing::Values(kLibevent, kMemory), kindName);

#ifndef NDEBUG

struct Producing : Producer {
  void resumeProducing() override {}
  void stopProducing() override {}
} producer;

/// A call, and how the message names it.
struct Call {
  const char* name;
  void (*make)(World&);
};

void PrintTo(const Call& call, std::ostream* out) { *out << call.name; }

const Call kCalls[] = {
    {"Transport::write", [](World& world) { world.transport().write("x"); }},
    {"Transport::writeSequence", [](World& world) { world.transport().writeSequence({"x"}); }},
    {"Transport::loseConnection", [](World& world) { world.transport().loseConnection(); }},
    {"Transport::loseWriteConnection",
     [](World& world) { world.transport().loseWriteConnection(); }},
    {"Transport::abortConnection", [](World& world) { world.transport().abortConnection(); }},
    {"Transport::failConnection",
     [](World& world) { world.transport().failConnection(Failure(std::runtime_error("x"))); }},
    {"Transport::registerProducer",
     [](World& world) { world.transport().registerProducer(producer, true); }},
    {"Transport::unregisterProducer", [](World& world) { world.transport().unregisterProducer(); }},
    {"Transport::pauseProducing", [](World& world) { world.transport().pauseProducing(); }},
    {"Transport::resumeProducing", [](World& world) { world.transport().resumeProducing(); }},
    {"Transport::setProtocol",
     [](World& world) {
       world.transport().setProtocol(std::make_unique<ScriptedProtocol>(world.other));
     }},
    {"Reactor::stop", [](World& world) { world.reactor->stop(); }},
    {"Reactor::callWhenRunning", [](World& world) { world.reactor->callWhenRunning([] {}); }},
    {"Reactor::addShutdownTrigger",
     [](World& world) {
       world.reactor->addShutdownTrigger(ShutdownPhase::kAfter, [] { return succeed(); });
     }},
    {"Reactor::listenTCP",
     [](World& world) {
       world.reactor->listenTCP(0, std::make_shared<ScriptedFactory>(world.other));
     }},
    {"Reactor::connectTCP",
     [](World& world) {
       world.reactor->connectTCP("::1", 10, std::make_shared<ScriptedFactory>(world.other));
     }},
    {"callLater", [](World& world) { world.reactor->callLater(1s, [] {}); }},
    {"callLater", [](World& world) { world.server.protocol->callLater(1s, [] {}); }},
    {"DelayedCall::cancel", [](World& world) { world.timer.cancel(); }},
    {"DelayedCall::reset", [](World& world) { world.timer.reset(1s); }},
    {"DelayedCall::.* delay", [](World& world) { world.timer.delay(1s); }},
    {"ListeningPort::stopListening", [](World& world) { (void)world.port->stopListening(); }},
    {"Connector::connect", [](World& world) { world.connector->connect(); }},
    {"Connector::stopConnecting", [](World& world) { world.connector->stopConnecting(); }},
    {"Connector::disconnect", [](World& world) { world.connector->disconnect(); }},
};

class ThreadsDeathTest : public ::testing::TestWithParam<std::tuple<ReactorKind, Call>> {};

void callOnAnotherThread(const ReactorKind& kind, const Call& call) {
  World world(kind);
  world.run([&] { onAnotherThread([&] { call.make(world); }); });
}

TEST_P(ThreadsDeathTest, ACallOnAnotherThreadEndsTheProgramAndIsNamed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto [kind, call] = GetParam();
  EXPECT_DEATH(callOnAnotherThread(kind, call),
               std::string(call.name) + ".* thread that is not the reactor's.*callFromThread");
}

INSTANTIATE_TEST_SUITE_P(All, ThreadsDeathTest,
                         ::testing::Combine(::testing::Values(kLibevent, kMemory),
                                            ::testing::ValuesIn(kCalls)));

TEST(ThreadsTCPDeathTest, OptionsOfTheSocketAreCheckedToo) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Call noDelay{"Transport::setTcpNoDelay",
                     [](World& world) { world.transport().setTcpNoDelay(true); }};
  const Call keepAlive{"Transport::setTcpKeepAlive",
                       [](World& world) { world.transport().setTcpKeepAlive(true); }};
  EXPECT_DEATH(callOnAnotherThread(kLibevent, noDelay), "Transport::setTcpNoDelay");
  EXPECT_DEATH(callOnAnotherThread(kLibevent, keepAlive), "Transport::setTcpKeepAlive");
}

#endif

}  // namespace
}  // namespace couplet
