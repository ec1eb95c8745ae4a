// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For the suites that run over every reactor: a reactor of some kind, and test bodies that are
// coroutines which it runs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/deferred.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/libevent_reactor.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {

using namespace std::chrono_literals;

/// A kind of reactor.
struct ReactorKind {
  std::string name;
  std::function<std::unique_ptr<Reactor>()> make;
};

inline void PrintTo(const ReactorKind& kind, std::ostream* out) { *out << kind.name; }

inline const ReactorKind kLibevent{"Libevent", [] {
                                     return std::make_unique<LibeventReactor>(ReactorOptions{
                                         .handleSignals = false, .shutdownDeadline = 100ms});
                                   }};
inline const ReactorKind kMemory{"Memory",
                                 [] { return std::make_unique<testing::MemoryReactor>(); }};
inline const ReactorKind kMemoryByteByByte{
    "MemoryByteByByte", [] {
      return std::make_unique<testing::MemoryReactor>(testing::MemoryReactorOptions{.cut = 1});
    }};

/// For INSTANTIATE_TEST_SUITE_P: a test's name ends with its kind's.
inline const auto kindName = [](const auto& info) { return info.param.name; };

/// Asks every millisecond of the reactor's time; that is how a test waits.
inline Deferred<void> until(Reactor& reactor, std::function<bool()> condition) {
  while (!condition()) {
    Promise<void> soon;
    Deferred<void> tick = soon.deferred();
    reactor.callLater(1ms, [soon = std::move(soon)]() mutable { soon.callback(); });
    co_await std::move(tick);
  }
}

/// Runs the reactor for the time of `body`, a coroutine, and stops it unless the body has.
template <class Body>
void runBody(Reactor& reactor, Body body) {
  bool ended = false;
  bool timedOut = false;
  auto stop = [&reactor] {
    try {
      reactor.stop();
    } catch (const std::logic_error&) {  // stopped already
    }
  };
  reactor.callLater(20s, [&] {
    timedOut = true;
    stop();
  });
  Deferred<void> chain;
  reactor.callWhenRunning([&] {
    chain = maybeDeferred(std::move(body));
    chain.addErrback(
        [](const Failure& failure) { ADD_FAILURE() << "the body threw: " << failure; });
    chain.addCallback([&] {
      ended = true;
      stop();
    });
  });
  reactor.run();
  if (!ended && chain) std::move(chain).discard();
  EXPECT_FALSE(timedOut) << "what the test waits for did not come";
}

}  // namespace couplet
