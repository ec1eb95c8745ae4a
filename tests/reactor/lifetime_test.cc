// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Whatever is destroyed, from wherever: nothing is used after its end, everybody is told once,
// everything dies, and the reactor runs on. A matrix of eight things and five places, on each
// reactor; to be run with AddressSanitizer.
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/reactor/factory.h>

#include "any_reactor.h"
#include "logged_errors.h"

namespace couplet {
namespace {

using ::testing::IsEmpty;

/// What is done away with. Users own no transport and no protocol; what comes nearest is meant.
enum class Thing {
  kProtocol,   // its connection is handed to another: setProtocol
  kTransport,  // abortConnection
  kFactory,    // the port is closed, and all references but the connection's are dropped
  kListener,   // stopListening, and the reference is dropped
  kTimer,      // cancelled: the one that runs, and one that waits
  kPromise,    // destroyed: the one that fires, or one that waits
  kChain,      // discarded: the one that runs, or one that waits
  kReactor,    // stop()
};

/// From inside what.
enum class Place { kConnectionMade, kDataReceived, kConnectionLost, kTimer, kCallback };

const char* const kThings[] = {"Protocol", "Transport", "Factory", "Listener",
                               "Timer",    "Promise",   "Chain",   "Stop"};
const char* const kPlaces[] = {"ConnectionMade", "DataReceived", "ConnectionLost", "Timer",
                               "Callback"};

void PrintTo(Thing thing, std::ostream* out) { *out << kThings[static_cast<int>(thing)]; }
void PrintTo(Place place, std::ostream* out) { *out << kPlaces[static_cast<int>(place)]; }

/// Every object of the test has one, and touches it last of all: an address sanitizer finds out
/// whether it is still there.
struct Counted {
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  ~Counted() { --alive; }
  Counted& operator=(const Counted&) = default;
  void touch() { ++touched; }

  int touched = 0;
  static inline int alive = 0;
};

/// How a protocol fared; outlives it.
struct Fate {
  int made = 0;
  int lost = 0;
  bool received = false;
  bool destroyed = false;
  Protocol* protocol = nullptr;  // while it lives
};

class FatedProtocol : public Protocol {
 public:
  using Reached = std::function<void(Place)>;

  explicit FatedProtocol(
      Fate& fate, Reached reached = [](Place) {})
      : fate_(fate), reached_(std::move(reached)) {
    fate_.protocol = this;
  }
  ~FatedProtocol() override {
    fate_.destroyed = true;
    fate_.protocol = nullptr;
  }

  void connectionMade() override {
    ++fate_.made;
    whileConnected(waitForEver());
    callLater(1h, [counted = Counted()] { ADD_FAILURE() << "a timer outlived its connection"; });
    transport().write("hello");
    reached_(Place::kConnectionMade);
    touch();
  }
  void dataReceived(std::string_view) override {
    if (std::exchange(fate_.received, true)) return;
    reached_(Place::kDataReceived);
    touch();
  }
  void connectionLost(const Failure&) override {
    ++fate_.lost;
    reached_(Place::kConnectionLost);
    touch();
  }

 private:
  /// Both stay valid until the method returns, whatever it closed.
  void touch() {
    counted_.touch();
    transport().write("after all");
  }
  Deferred<void> waitForEver() {
    Counted counted;
    co_await never_.deferred();
    ADD_FAILURE() << "nobody fires this, not even for " << fate_.made;
  }

  Counted counted_;
  Fate& fate_;
  Reached reached_;
  Promise<void> never_;
};

class FatedFactory : public ClientFactory {
 public:
  explicit FatedFactory(std::function<std::unique_ptr<Protocol>()> build)
      : build_(std::move(build)) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override { return build_(); }

 private:
  Counted counted_;
  std::function<std::unique_ptr<Protocol>()> build_;
};

class LifetimeTest : public ::testing::TestWithParam<std::tuple<ReactorKind, Thing, Place>> {
 protected:
  Thing thing() const { return std::get<Thing>(GetParam()); }

  void reached(Place place) {
    if (place != std::get<Place>(GetParam()) || std::exchange(acted, true)) return;
    act();
  }
  void act();
  void cancelTimers();
  void listenAndConnect();
  Deferred<void> live();
  Deferred<void> until(std::function<bool()> condition) {
    return couplet::until(*reactor, std::move(condition));
  }
  void end();

  LoggedErrors errors;
  Fate subject, replacement, peer;
  std::unique_ptr<Reactor> reactor = std::get<ReactorKind>(GetParam()).make();
  std::shared_ptr<ClientFactory> factory;
  std::shared_ptr<ListeningPort> port;
  DelayedCall running, waiting;
  std::optional<Promise<void>> promise;
  Deferred<void> chain;
  bool acted = false;
  bool timerRan = false;
  bool ranOn = false;
};

void LifetimeTest::act() {
  switch (thing()) {
    case Thing::kProtocol:
      return subject.protocol->transport().setProtocol(
          std::make_unique<FatedProtocol>(replacement));
    case Thing::kTransport:
      return subject.protocol->transport().abortConnection();
    case Thing::kFactory:
      factory.reset();
      [[fallthrough]];
    case Thing::kListener:
      std::ignore = port->stopListening();
      return port.reset();
    case Thing::kTimer:
      return cancelTimers();
    case Thing::kPromise:
      return promise.reset();
    case Thing::kChain:
      return std::move(chain).discard();
    case Thing::kReactor:
      return reactor->stop();
  }
}

void LifetimeTest::cancelTimers() {
  if (std::get<Place>(GetParam()) == Place::kTimer) {
    EXPECT_THROW(running.cancel(), AlreadyCalled);
    running = {};
  }
  waiting.cancel();
  waiting = {};
}

void LifetimeTest::listenAndConnect() {
  factory = std::make_shared<FatedFactory>([this] {
    return std::make_unique<FatedProtocol>(subject, [this](Place place) { reached(place); });
  });
  port = reactor->listenTCP(0, factory, {.interface = "127.0.0.1"});
  auto build = [this] { return std::make_unique<FatedProtocol>(peer); };
  reactor->connectTCP("127.0.0.1", port->getHost().port, std::make_shared<FatedFactory>(build));
}

/// From the first bytes to the end, through all the places.
Deferred<void> LifetimeTest::live() {
  Counted counted;
  co_await until([this] { return subject.lost || subject.received || replacement.received; });
  running = reactor->callLater(1ms, [this, counted = Counted()]() mutable {
    timerRan = true;
    reached(Place::kTimer);
    counted.touch();
  });
  co_await until([this] { return timerRan; });
  if (promise) promise->callback();
  if (peer.protocol) peer.protocol->transport().loseConnection();
  co_await until([this] { return subject.destroyed && (peer.destroyed || !peer.made); });
  co_await until([this] { return !replacement.made || replacement.destroyed; });
  ranOn = true;
}

/// Lets go of everything.
void LifetimeTest::end() {
  reactor.reset();
  factory.reset();
  port.reset();
  running = waiting = {};
  if (chain) std::move(chain).discard();
  promise.reset();
}

TEST_P(LifetimeTest, EndsWell) {
  listenAndConnect();
  waiting = reactor->callLater(1h, [counted = Counted()] { ADD_FAILURE() << "too late"; });
  promise.emplace();
  chain = promise->deferred()
              .addCallback([this, counted = Counted()]() mutable {
                reached(Place::kCallback);
                counted.touch();
              })
              .addErrback([counted = Counted()](const Failure&) {});
  runBody(*reactor, [this] { return live(); });

  EXPECT_TRUE(acted);
  EXPECT_EQ(ranOn, thing() != Thing::kReactor);
  EXPECT_TRUE(subject.destroyed);
  EXPECT_EQ(peer.made, peer.lost);
  EXPECT_EQ(subject.made, 1);
  EXPECT_EQ(subject.lost + replacement.lost, 1);
  end();
  EXPECT_EQ(Counted::alive, 0);
  EXPECT_THAT(errors.take(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, LifetimeTest,
    ::testing::Combine(::testing::Values(kLibevent, kMemory),
                       ::testing::Values(Thing::kProtocol, Thing::kTransport, Thing::kFactory,
                                         Thing::kListener, Thing::kTimer, Thing::kPromise,
                                         Thing::kChain, Thing::kReactor),
                       ::testing::Values(Place::kConnectionMade, Place::kDataReceived,
                                         Place::kConnectionLost, Place::kTimer, Place::kCallback)),
    [](const auto& info) {
      return std::get<ReactorKind>(info.param).name + "_" +
             ::testing::PrintToString(std::get<Thing>(info.param)) + "_In" +
             ::testing::PrintToString(std::get<Place>(info.param));
    });

}  // namespace
}  // namespace couplet
