// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The ports of every reactor.
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <tuple>

#include "reactor_suite.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReactorListenSuite : public ReactorSuite {};

INSTANTIATE_TEST_SUITE_P(All, ReactorListenSuite, ::testing::Values(kLibevent, kMemory), kindName);

TEST_P(ReactorListenSuite, Port0GivesAFreeOne) {
  listen();
  auto other = reactor->listenTCP(0, serverFactory, {.interface = "127.0.0.1"});
  EXPECT_GT(port->getHost().port, 0);
  EXPECT_EQ(port->getHost().host, "127.0.0.1");
  EXPECT_NE(port->getHost(), other->getHost());
}

TEST_P(ReactorListenSuite, APortListensOnAllOfIPv4UnlessToldOtherwise) {
  listen(ListenOptions{});
  EXPECT_EQ(port->getHost().host, "0.0.0.0");
  connect();
  runUntil([this] { return client.connected(); });
}

TEST_P(ReactorListenSuite, APortOfIPv6TakesBothKinds) {
  listen({.interface = "::"});
  EXPECT_EQ(port->getHost().host, "::");
  connect();
  runUntil([this] { return server.connected(); });
}

TEST_P(ReactorListenSuite, ConnectsByIPv6) {
  listen({.interface = "::1"});
  connector = reactor->connectTCP("::1", port->getHost().port, clientFactory);
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    EXPECT_EQ(server.transport().getPeer().host, "::1");
    EXPECT_EQ(client.transport().getPeer(), port->getHost());
  });
}

TEST_P(ReactorListenSuite, ConnectsByName) {
  listen();
  connector = reactor->connectTCP("localhost", port->getHost().port, clientFactory);
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    EXPECT_EQ(client.transport().getPeer(), port->getHost());
    EXPECT_EQ(connector->getDestination().host, "localhost");
  });
}

TEST_P(ReactorListenSuite, AnAddressInUseIsAnError) {
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

TEST_P(ReactorListenSuite, AnInterfaceThatIsNoAddressIsAnError) {
  EXPECT_THROW(listen({.interface = "no address"}), CannotListenError);
  EXPECT_EQ(serverFactory->started, 0);
}

TEST_P(ReactorListenSuite, APortOutOfRangeIsAnErrorAtTheCall) {
  for (int wrong : {-1, 65536, 99999}) {
    EXPECT_THROW(reactor->listenTCP(wrong, serverFactory), std::out_of_range);
    EXPECT_THROW(reactor->connectTCP("127.0.0.1", wrong, clientFactory), std::out_of_range);
  }
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 0, clientFactory), std::out_of_range);
  EXPECT_EQ(serverFactory->started, 0);
  EXPECT_EQ(clientFactory->started, 0);
}

TEST_P(ReactorListenSuite, ListeningAndConnectingNeedAFactory) {
  EXPECT_THROW(reactor->listenTCP(0, nullptr), std::invalid_argument);
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 10, nullptr), std::invalid_argument);
}

TEST_P(ReactorListenSuite, ANegativeTimeOutIsAnErrorAtTheCall) {
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 10, clientFactory, {.timeout = -1s}),
               std::invalid_argument);
  EXPECT_EQ(clientFactory->started, 0);
}

TEST_P(ReactorListenSuite, StopListeningTwiceIsStoppingOnce) {
  listen();
  int stopped = 0;
  port->stopListening().addCallback([&] { ++stopped; });
  port->stopListening().addCallback([&] { ++stopped; });
  EXPECT_EQ(stopped, 2);
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_P(ReactorListenSuite, APortThatIsClosedMayBeOpenedAgain) {
  listen();
  int number = port->getHost().port;
  std::ignore = port->stopListening();
  auto again = reactor->listenTCP(number, serverFactory, {.interface = "127.0.0.1"});
  EXPECT_EQ(again->getHost().port, number);
  EXPECT_EQ(serverFactory->started, 2);
}

TEST_P(ReactorListenSuite, ConnectionsOutliveTheirPort) {
  listen();
  connect();
  run([this]() -> Deferred<void> {
    co_await untilConnected();
    std::ignore = port->stopListening();
    client.transport().write("still here?");
    co_await until([this] { return server.received == "still here?"; });
  });
}

TEST_P(ReactorListenSuite, StartsAFactoryBeforeItsFirstPortAndStopsItAfterItsLast) {
  listen();
  auto second = reactor->listenTCP(0, serverFactory, {.interface = "127.0.0.1"});
  EXPECT_EQ(serverFactory->started, 1);
  std::ignore = port->stopListening();
  EXPECT_EQ(serverFactory->stopped, 0);
  std::ignore = second->stopListening();
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_P(ReactorListenSuite, AServerWithoutAProtocolClosesTheConnection) {
  serverFactory->build = [](const Address&) { return nullptr; };
  listen();
  connect();
  runUntil([this] { return client.clientLost.has_value(); });
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
}

TEST_P(ReactorListenSuite, AServerWhoseBuildProtocolThrowsClosesTheConnection) {
  serverFactory->build = [](const Address&) -> std::unique_ptr<Protocol> {
    throw std::runtime_error("no more protocols");
  };
  listen();
  connect();
  runUntil([this] { return client.clientLost.has_value(); });
  EXPECT_TRUE(client.lost->check<ConnectionDone>()) << *client.lost;
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no more protocols")));
}

}  // namespace
}  // namespace couplet
