// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/react.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/defer_later.h>
#include <couplet/deferred/deferred.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "logged_errors.h"
#include "tests/deferred/support/lives.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using testing::Counted;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::PoemError;

class ReactTest : public ::testing::Test {
 protected:
  ReactTest() {
    reactor.addShutdownTrigger(ShutdownPhase::kDuring, [this] { return ++stops, succeed(); });
  }
  void TearDown() override { EXPECT_THAT(errors.take(), IsEmpty()); }

  testing::LoggedErrors errors;
  testing::MemoryReactor reactor;
  int stops = 0;  // how often the reactor was shut down
};

// Deferred 144: 0 when the Deferred of main fires; the reactor is stopped.
TEST_F(ReactTest, SuccessIsStatus0) {
  bool ran = false;
  const int status = react(reactor, [&](Reactor& given) {
    EXPECT_EQ(&given, &reactor);
    EXPECT_TRUE(given.running());
    return deferLater(given, 2s, [&] { ran = true; });
  });
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(ran);
  EXPECT_EQ(stops, 1);
  EXPECT_FALSE(reactor.running());
}

// Deferred 144: ... or has fired already, whatever its value.
TEST_F(ReactTest, MainMayBeDoneAtOnce) {
  EXPECT_EQ(react(reactor, [](Reactor&) { return succeed(std::string("poem")); }), 0);
  EXPECT_EQ(stops, 1);
}

// Deferred 144: ... or main is a coroutine.
TEST_F(ReactTest, MainMayBeACoroutine) {
  int alive = 0;
  const int status = react(reactor, [&](Reactor& given) -> Deferred<void> {
    Counted counted(alive);
    co_await deferLater(given, 1s);
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(alive, 0);
}

// Deferred 144: 1 for a failure, which is logged.
TEST_F(ReactTest, AFailureIsStatus1AndLogged) {
  const int status = react(
      reactor, [](Reactor& given) { return deferLater(given, 1s, [] { throw PoemError(); }); });
  EXPECT_EQ(status, 1);
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("main function encountered error: no poem")));
  EXPECT_EQ(stops, 1);
}

// Deferred 144: ... so, too, for what main throws.
TEST_F(ReactTest, WhatMainThrowsIsAFailure) {
  EXPECT_EQ(react(reactor, [](Reactor&) { throw PoemError(); }), 1);
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("main function encountered error")));
}

// Deferred 144: The code of a SystemExit is honoured, and nothing logged.
TEST_F(ReactTest, SystemExitGivesTheStatus) {
  EXPECT_EQ(react(reactor, [](Reactor&) { return fail<void>(SystemExit(23)); }), 23);
  testing::MemoryReactor other;
  EXPECT_EQ(react(other, [](Reactor&) { throw SystemExit(0); }), 0);
}

// Deferred 144: The reactor is stopped exactly once: main may do it, and be done in the same turn.
TEST_F(ReactTest, MainMayStopTheReactorItself) {
  EXPECT_EQ(react(reactor, [](Reactor& given) { given.stop(); }), 0);
  EXPECT_EQ(stops, 1);
}

// Deferred 144: ... or fail while it stops: that is the status.
TEST_F(ReactTest, AFailureDuringTheShutdownIsTheStatus) {
  const int status = react(reactor, [&](Reactor& given) {
    auto failed = std::make_shared<Promise<void>>();
    given.addShutdownTrigger(ShutdownPhase::kBefore, [failed] {
      failed->errback(PoemError());
      return succeed();
    });
    given.stop();
    return failed->deferred();
  });
  EXPECT_EQ(status, 1);
  EXPECT_EQ(stops, 1);
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no poem")));
}

// Deferred 144: ... or be stopped by somebody else while main waits, which is then discarded.
TEST_F(ReactTest, WhoeverStopsTheReactorEndsMain) {
  int alive = 0;
  Promise<void> never;
  reactor.callLater(1s, [this] { reactor.stop(); });
  const int status = react(reactor, [&](Reactor&) -> Deferred<void> {
    Counted counted(alive);
    co_await never.deferred();
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(stops, 1);
}

TEST_F(ReactTest, WhatRunThrowsComesOutAndLeavesNothing) {
  int alive = 0;
  Promise<void> never;
  auto main = [&](Reactor&) -> Deferred<void> {
    Counted counted(alive);
    co_await never.deferred();
  };
  EXPECT_THROW(react(reactor, main), testing::NothingToWaitFor);
  EXPECT_EQ(alive, 0);
}

TEST_F(ReactTest, HasAReactorOfItsOwn) {
  EXPECT_EQ(react([](Reactor& own) { return deferLater(own, 1ms); }), 0);
}

TEST_F(ReactTest, ASignalEndsIt) {
  Promise<void> never;
  const int status = react([&](Reactor& own) {
    own.callLater(0s, [] { std::raise(SIGTERM); });
    return never.deferred();
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace couplet
