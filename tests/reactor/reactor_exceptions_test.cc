// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Whatever is thrown, out of whatever the reactor calls: it is logged, costs that connection at
// most, and the reactor goes on.
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <tuple>

#include <couplet/reactor/producer.h>

#include "reactor_suite.h"

namespace couplet {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// What is called.
enum class Place {
  kBuildProtocol,
  kConnectionMade,
  kDataReceived,
  kReadConnectionLost,
  kWriteConnectionLost,
  kProducingResumed,
  kConnectionLost,
  kProducerResumed,
  kProducerStopped,
  kStartedConnecting,
  kClientConnectionLost,
  kStopFactory,
  kTimer,
  kTimerOfAProtocol,
  kCallWhenRunning,
  kCallFromThread,
  kShutdownTrigger,
};
constexpr Place kLast = Place::kShutdownTrigger;

const char* const kPlaces[] = {"BuildProtocol",
                               "ConnectionMade",
                               "DataReceived",
                               "ReadConnectionLost",
                               "WriteConnectionLost",
                               "ProducingResumed",
                               "ConnectionLost",
                               "ProducerResumed",
                               "ProducerStopped",
                               "StartedConnecting",
                               "ClientConnectionLost",
                               "StopFactory",
                               "Timer",
                               "TimerOfAProtocol",
                               "CallWhenRunning",
                               "CallFromThread",
                               "ShutdownTrigger"};

void PrintTo(Place place, std::ostream* out) { *out << kPlaces[static_cast<int>(place)]; }

class ExceptionsTest : public ::testing::TestWithParam<std::tuple<ReactorKind, Place, bool>>,
                       public Producer {
 protected:
  class Factory : public ScriptedFactory {
   public:
    Factory(ExceptionsTest& test, End& end) : ScriptedFactory(end), test_(test) {}
    std::unique_ptr<Protocol> buildProtocol(const Address& peer) override {
      test_.reached(Place::kBuildProtocol);
      return ScriptedFactory::buildProtocol(peer);
    }
    void startedConnecting(Connector&) override { test_.reached(Place::kStartedConnecting); }
    void clientConnectionLost(const Failure& reason) override {
      ScriptedFactory::clientConnectionLost(reason);
      test_.reached(Place::kClientConnectionLost);
    }
    void stopFactory() override { test_.reached(Place::kStopFactory); }

   private:
    ExceptionsTest& test_;
  };

  /// Throws at the one place, once.
  void reached(Place place) {
    auto [kind, where, isException] = GetParam();
    if (place != where || std::exchange(thrown, true)) return;
    if (isException) throw std::runtime_error("thrown on purpose");
    throw 42;
  }

  void resumeProducing() override { reached(Place::kProducerResumed); }
  void stopProducing() override { reached(Place::kProducerStopped); }

  void script();
  Deferred<void> live();
  Deferred<void> until(std::function<bool()> condition) {
    return couplet::until(*reactor, std::move(condition));
  }

  bool thrown = false;
  bool timerRan = false;
  LoggedErrors errors;
  End server;
  End client;
  std::unique_ptr<Reactor> reactor = std::get<0>(GetParam()).make();
  std::shared_ptr<Factory> factory = std::make_shared<Factory>(*this, server);
  std::shared_ptr<Factory> clientFactory = std::make_shared<Factory>(*this, client);
};

/// What the server does on its way through all the places.
void ExceptionsTest::script() {
  server.onMade = [this](Transport& transport) {
    reached(Place::kConnectionMade);
    server.protocol->callLater(0s, [this] { reached(Place::kTimerOfAProtocol); });
    transport.pauseProducing();
    transport.resumeProducing();
    transport.registerProducer(*this, false);
  };
  server.onResumed = [this](Transport&) { reached(Place::kProducingResumed); };
  server.onData = [this](Transport& transport, std::string_view bytes) {
    reached(Place::kDataReceived);
    transport.write(bytes);
  };
  server.onReadLost = [this](Transport& transport) {
    reached(Place::kReadConnectionLost);
    if (std::get<Place>(GetParam()) == Place::kProducerStopped) return transport.abortConnection();
    transport.unregisterProducer();
    transport.loseWriteConnection();
  };
  server.onWriteLost = [this](Transport&) { reached(Place::kWriteConnectionLost); };
  server.onLost = [this](Transport&) { reached(Place::kConnectionLost); };
  client.onMade = [](Transport& transport) { transport.write("hello"); };
  client.onData = [](Transport& transport, std::string_view) { transport.loseWriteConnection(); };
  reactor->callLater(0s, [this] { reached(Place::kTimer); });
  reactor->callFromThread([this] { reached(Place::kCallFromThread); });
  reactor->callWhenRunning([this] { reached(Place::kCallWhenRunning); });
  reactor->addShutdownTrigger(ShutdownPhase::kDuring, [this] {
    reached(Place::kShutdownTrigger);
    return succeed();
  });
}

/// Until the client's connection is over; then the reactor still makes calls.
Deferred<void> ExceptionsTest::live() {
  auto port = reactor->listenTCP(0, factory, {.interface = "127.0.0.1"});
  reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  co_await until([this] { return client.clientLost.has_value() || client.failed; });
  co_await until([this] { return server.made == server.losses; });
  reactor->callLater(0s, [this] { timerRan = true; });
  co_await until([this] { return timerRan; });
}

TEST_P(ExceptionsTest, AreLoggedAndTheReactorGoesOn) {
  script();
  runBody(*reactor, [this] { return live(); });
  reactor.reset();
  EXPECT_TRUE(thrown);
  EXPECT_TRUE(timerRan);
  EXPECT_EQ(server.losses, server.made);
  EXPECT_EQ(client.losses, client.made);
  const char* expected = std::get<bool>(GetParam()) ? "thrown on purpose" : "int";
  auto logged = errors.take();
  EXPECT_THAT(logged, Not(IsEmpty()));
  EXPECT_THAT(logged, Each(HasSubstr(expected)));
}

std::vector<Place> allPlaces() {
  std::vector<Place> places;
  for (int i = 0; i <= static_cast<int>(kLast); ++i) places.push_back(static_cast<Place>(i));
  return places;
}

INSTANTIATE_TEST_SUITE_P(All, ExceptionsTest,
                         ::testing::Combine(::testing::Values(kLibevent, kMemory),
                                            ::testing::ValuesIn(allPlaces()), ::testing::Bool()),
                         [](const auto& info) {
                           return std::get<0>(info.param).name + "_" +
                                  kPlaces[static_cast<int>(std::get<1>(info.param))] +
                                  (std::get<2>(info.param) ? "_Exception" : "_Int");
                         });

}  // namespace
}  // namespace couplet
