// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Connectors: what becomes of an attempt to connect.
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "loopback.h"
#include "raw_peer.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TCPConnectTest : public LoopbackTest {
 protected:
  /// A port of 127.0.0.1 that nobody listens on.
  int closedPort() {
    listen();
    int number = port->getHost().port;
    port->stopListening();
    return number;
  }
  void connectTo(const std::string& host, int number, ConnectOptions options = {}) {
    connector = reactor->connectTCP(host, number, clientFactory, std::move(options));
  }
};

/// Listens, but the system holds as many connections for it as it may: another one waits.
class FullPort {
 public:
  FullPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    ::bind(socket_, reinterpret_cast<::sockaddr*>(&address), size);
    ::listen(socket_, 0);
    ::getsockname(socket_, reinterpret_cast<::sockaddr*>(&address), &size);
    number = ntohs(address.sin_port);
    first_.emplace(number);
  }
  ~FullPort() { ::close(socket_); }

  int number;

 private:
  int socket_;
  std::optional<RawPeer> first_;
};

TEST_F(TCPConnectTest, ARefusalIsConnectionRefusedErrorThatNamesTheDestination) {
  int number = closedPort();
  connectTo("127.0.0.1", number);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<ConnectionRefusedError>());
  EXPECT_EQ(client.failed->message(),
            "Connection to 127.0.0.1:" + std::to_string(number) + " was refused");
}

TEST_F(TCPConnectTest, NothingIsReportedFromInsideTheCall) {
  connectTo("127.0.0.1", closedPort());
  EXPECT_FALSE(client.failed);
  runUntil([this] { return client.failed.has_value(); });
}

TEST_F(TCPConnectTest, NoRouteIsReportedFromTheLoop) {
  connectTo("255.255.255.255", 9);  // the system refuses this at the call
  EXPECT_FALSE(client.failed);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<ConnectError>());
  EXPECT_THAT(client.failed->message(), HasSubstr("255.255.255.255:9"));
}

TEST_F(TCPConnectTest, APortOutOfRangeIsRefusedAtTheCall) {
  EXPECT_THROW(connectTo("127.0.0.1", 99999), std::out_of_range);
  EXPECT_THROW(connectTo("127.0.0.1", 0), std::out_of_range);
}

TEST_F(TCPConnectTest, ANameIsLookedUp) {
  listen();
  client.onMade = [](Transport& transport) { EXPECT_EQ(transport.getPeer().host, "127.0.0.1"); };
  connectTo("localhost", port->getHost().port);
  EXPECT_EQ(connector->getDestination().host, "localhost");
  runUntil([this] { return client.made == 1 && server.made == 1; });
}

TEST_F(TCPConnectTest, ANameWithoutAnAddressIsDNSLookupError) {
  connectTo(std::string(70, 'x') + ".invalid", 80);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<DNSLookupError>());
  EXPECT_THAT(client.failed->message(), HasSubstr("xxx.invalid"));
}

TEST_F(TCPConnectTest, ManyNamesAreLookedUpAtOnce) {
  listen();
  for (int i = 0; i < 20; ++i) connectTo("localhost", port->getHost().port);
  runUntil([this] { return client.made == 20 && server.made == 20; });
}

TEST_F(TCPConnectTest, AnAttemptThatTakesTooLongIsConnectTimeoutError) {
  FullPort full;
  connectTo("127.0.0.1", full.number, {.timeout = 30ms});
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<ConnectTimeoutError>());
  EXPECT_EQ(client.failed->message(),
            "Connection to 127.0.0.1:" + std::to_string(full.number) + " timed out");
}

TEST_F(TCPConnectTest, StopConnectingIsUserErrorFromTheLoop) {
  FullPort full;
  connectTo("127.0.0.1", full.number);
  connector->stopConnecting();
  EXPECT_FALSE(client.failed);
  EXPECT_THROW(connector->stopConnecting(), std::logic_error);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(client.failed->message(), "User aborted connection.");
}

TEST_F(TCPConnectTest, StopConnectingMayComeFromStartedConnecting) {
  clientFactory->onStarted = [](Connector& started) { started.stopConnecting(); };
  listen();
  connectTo("127.0.0.1", port->getHost().port);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(server.made, 0);
}

TEST_F(TCPConnectTest, StopConnectingWhileTheNameIsLookedUpDropsTheAnswer) {
  listen();
  connectTo("localhost", port->getHost().port);
  connector->stopConnecting();
  bool later = false;
  reactor->callLater(50ms, [&] { later = true; });
  runUntil([&] { return later; });
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_EQ(client.made, 0);
}

TEST_F(TCPConnectTest, StopConnectingAConnectionThatStandsIsALogicError) {
  connect();
  client.onMade = [this](Transport& transport) {
    EXPECT_THROW(connector->stopConnecting(), std::logic_error);
    EXPECT_THROW(connector->connect(), std::logic_error);
    transport.loseConnection();
  };
  runUntilLost();
}

TEST_F(TCPConnectTest, DisconnectGivesAnAttemptUpOrLosesTheConnection) {
  connect();
  client.onMade = [this](Transport&) { connector->disconnect(); };
  runUntil([this] { return client.clientLost.has_value(); });
  EXPECT_TRUE(client.clientLost->check<ConnectionDone>());
  EXPECT_NO_THROW(connector->disconnect());
}

TEST_F(TCPConnectTest, ClientConnectionLostComesAfterTheProtocolsConnectionLost) {
  bool first = false;
  client.onLost = [&](Transport&) { first = !client.clientLost; };
  client.onMade = [](Transport& transport) { transport.loseConnection(); };
  connect();
  runUntil([this] { return client.clientLost.has_value(); });
  EXPECT_TRUE(first);
  EXPECT_TRUE(client.clientLost->check<ConnectionDone>());
}

TEST_F(TCPConnectTest, NoProtocolMeansClosedAndClientConnectionLost) {
  clientFactory->build = [](const Address&) { return nullptr; };
  connect();
  runUntil([this] { return client.clientLost && server.lost; });
  EXPECT_TRUE(client.clientLost->check<ConnectionDone>());
  EXPECT_TRUE(server.lost->check<ConnectionDone>());
}

TEST_F(TCPConnectTest, AnExceptionInBuildProtocolIsTheReasonOfClientConnectionLost) {
  clientFactory->build = [](const Address&) -> std::unique_ptr<Protocol> {
    throw std::runtime_error("no protocol");
  };
  connect();
  runUntil([this] { return client.clientLost.has_value(); });
  EXPECT_EQ(client.clientLost->message(), "no protocol");
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no protocol")));
}

TEST_F(TCPConnectTest, AnExceptionInTheFactoryIsLogged) {
  clientFactory->onFailed = [] { throw std::runtime_error("cannot cope"); };
  connectTo("127.0.0.1", closedPort());
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("cannot cope")));
}

TEST_F(TCPConnectTest, TheFactoryMayConnectAgainAfterAFailure) {
  int attempts = 0;
  clientFactory->onStarted = [&](Connector& started) {
    ++attempts;
    connector = started.shared_from_this();
  };
  clientFactory->onFailed = [&] {
    if (attempts < 3) connector->connect();
  };
  connectTo("127.0.0.1", closedPort());
  runUntil([&] { return attempts == 3; });
  EXPECT_EQ(clientFactory->started, 1);
}

TEST_F(TCPConnectTest, TheFactoryIsStoppedWhenItIsDone) {
  connectTo("127.0.0.1", closedPort());
  EXPECT_EQ(clientFactory->started, 1);
  runUntil([this] { return clientFactory->stopped == 1; });
}

TEST_F(TCPConnectTest, TheConnectorNeedNotBeHeld) {
  listen();
  reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  runUntil([this] { return client.made == 1; });
}

TEST_F(TCPConnectTest, BindAddressChoosesThisEnd) {
  listen();
  client.onMade = [](Transport& transport) { EXPECT_EQ(transport.getHost().host, "127.0.0.2"); };
  connectTo("127.0.0.1", port->getHost().port, {.bindAddress = "127.0.0.2"});
  runUntil([this] { return client.made == 1; });
}

TEST_F(TCPConnectTest, ABindAddressThatCannotBeIsConnectError) {
  listen();
  connectTo("127.0.0.1", port->getHost().port, {.bindAddress = "nonsense"});
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<ConnectError>());
}

TEST_F(TCPConnectTest, WhatCannotBeAskedForIsAnErrorAtTheCall) {
  EXPECT_THROW(connectTo("127.0.0.1", 9, {.timeout = -1s}), std::invalid_argument);
  EXPECT_THROW(connectTo(std::string("127.0.0.1\0.example", 18), 9), std::invalid_argument);
  EXPECT_THROW(reactor->connectTCP("127.0.0.1", 9, nullptr), std::invalid_argument);
  EXPECT_THROW(reactor->listenTCP(0, nullptr), std::invalid_argument);
  EXPECT_EQ(clientFactory->started, 0);
}

TEST_F(TCPConnectTest, ALookUpMayOutliveTheReactor) {
  for (int i = 0; i < 8; ++i) connectTo("localhost", 9);
  reactor = std::make_unique<LibeventReactor>();
  EXPECT_TRUE(client.failed->check<UserError>());
  EXPECT_NO_THROW(connector->disconnect());
  EXPECT_NO_THROW(connector->connect());
}

}  // namespace
}  // namespace couplet
