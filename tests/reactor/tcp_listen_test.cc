// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Ports: opening, accepting, closing.
#include <sys/resource.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <vector>

#include "loopback.h"
#include "raw_peer.h"

namespace couplet {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class TCPListenTest : public LoopbackTest {};

TEST_F(TCPListenTest, PortZeroGetsAFreePort) {
  listen();
  EXPECT_EQ(port->getHost().host, "127.0.0.1");
  EXPECT_GT(port->getHost().port, 0);
}

TEST_F(TCPListenTest, APortInUseIsCannotListenError) {
  listen();
  int taken = port->getHost().port;
  try {
    reactor->listenTCP(taken, serverFactory, {.interface = "127.0.0.1"});
    FAIL() << "it listened";
  } catch (const CannotListenError& error) {
    EXPECT_EQ(error.errorNumber(), EADDRINUSE);
    EXPECT_EQ(error.what(), "Couldn't listen on 127.0.0.1:" + std::to_string(taken) +
                                ": Address already in use.");
  }
}

TEST_F(TCPListenTest, AnInterfaceThatIsNoNumericAddressIsCannotListenError) {
  EXPECT_THROW(reactor->listenTCP(0, serverFactory, {.interface = "no.such.host"}),
               CannotListenError);
  EXPECT_THROW(reactor->listenTCP(0, serverFactory, {.interface = "192.0.2.1"}), CannotListenError);
}

TEST_F(TCPListenTest, APortOutOfRangeIsRefusedAtTheCall) {
  try {
    reactor->listenTCP(99999, serverFactory);
    FAIL() << "it listened";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "port 99999 is out of range (0 to 65535)");
  }
  EXPECT_THROW(reactor->listenTCP(-1, serverFactory), std::out_of_range);
}

TEST_F(TCPListenTest, ListensOnAllAddressesByDefault) {
  port = reactor->listenTCP(0, serverFactory);
  EXPECT_EQ(port->getHost().host, "0.0.0.0");
  RawPeer peer(port->getHost().port);
  runUntil([this] { return server.made == 1; });
}

TEST_F(TCPListenTest, ADualStackPortAcceptsIPv4AndShowsItAsSuch) {
  port = reactor->listenTCP(0, serverFactory, {.interface = "::"});
  Address peerAddress;
  server.onMade = [&](Transport& transport) { peerAddress = transport.getPeer(); };
  RawPeer peer(port->getHost().port);
  runUntil([this] { return server.made == 1; });
  EXPECT_EQ(peerAddress.host, "127.0.0.1");
}

TEST_F(TCPListenTest, ListensOnIPv6) {
  port = reactor->listenTCP(0, serverFactory, {.interface = "::1"});
  EXPECT_THAT(port->getHost().toString(), StartsWith("[::1]:"));
  connector = reactor->connectTCP("::1", port->getHost().port, clientFactory);
  client.onMade = [](Transport& transport) {
    EXPECT_EQ(transport.getPeer().host, "::1");
    transport.loseConnection();
  };
  runUntilLost();
}

TEST_F(TCPListenTest, NoProtocolMeansAcceptedAndClosed) {
  serverFactory->build = [](const Address&) { return nullptr; };
  connect();
  runUntil([this] { return client.lost.has_value(); });
  EXPECT_TRUE(client.lost->check<ConnectionDone>());
}

TEST_F(TCPListenTest, AnExceptionInBuildProtocolIsLoggedAndClosesThatConnection) {
  serverFactory->build = [](const Address&) -> std::unique_ptr<Protocol> {
    throw std::runtime_error("no protocol today");
  };
  connect();
  runUntil([this] { return client.lost.has_value(); });
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("no protocol today")));
}

TEST_F(TCPListenTest, BuildProtocolIsToldThePeer) {
  Address told;
  serverFactory->build = [&](const Address& peer) {
    told = peer;
    return std::make_unique<ScriptedProtocol>(server);
  };
  client.onMade = [&](Transport& transport) {
    EXPECT_EQ(transport.getHost().host, "127.0.0.1");
    transport.loseConnection();
  };
  connect();
  runUntilLost();
  EXPECT_EQ(told.host, "127.0.0.1");
}

TEST_F(TCPListenTest, StopListeningClosesThePortAndLeavesConnectionsAlone) {
  connect();
  bool closed = false;
  server.onMade = [&](Transport&) { port->stopListening().addCallback([&] { closed = true; }); };
  client.onMade = [](Transport& transport) { transport.write("still here"); };
  runUntil([this] { return server.received == "still here"; });
  EXPECT_TRUE(closed);
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_F(TCPListenTest, NobodyIsAcceptedAfterStopListening) {
  listen();
  int number = port->getHost().port;
  port->stopListening();
  reactor->connectTCP("127.0.0.1", number, clientFactory);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<ConnectionRefusedError>());
}

TEST_F(TCPListenTest, StopListeningTwiceFiresAtOnce) {
  listen();
  port->stopListening();
  bool fired = false;
  port->stopListening().addCallback([&] { fired = true; });
  EXPECT_TRUE(fired);
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_F(TCPListenTest, KnowsItsAddressAfterStopListening) {
  listen();
  Address before = port->getHost();
  port->stopListening();
  EXPECT_EQ(port->getHost(), before);
}

TEST_F(TCPListenTest, ThePortStaysOpenWhenNobodyHoldsIt) {
  listen();
  Address address = port->getHost();
  port.reset();
  reactor->connectTCP(address.host, address.port, clientFactory);
  runUntil([this] { return client.made == 1; });
}

TEST_F(TCPListenTest, TheFactoryIsStartedAndStoppedWithItsFirstAndLastPort) {
  listen();
  auto first = port;
  listen();
  EXPECT_EQ(serverFactory->started, 1);
  first->stopListening();
  EXPECT_EQ(serverFactory->stopped, 0);
  port->stopListening();
  EXPECT_EQ(serverFactory->stopped, 1);
}

TEST_F(TCPListenTest, AStartFactoryThatThrowsLeavesNoPort) {
  struct Bad : ScriptedFactory {
    using ScriptedFactory::ScriptedFactory;
    void startFactory() override { throw std::runtime_error("not ready"); }
  };
  EXPECT_THROW(reactor->listenTCP(0, std::make_shared<Bad>(server)), std::runtime_error);
}

TEST_F(TCPListenTest, ManyConnectionsAtOnceAreAllAccepted) {
  listen();
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 200; ++i) {
    peers.push_back(std::make_unique<RawPeer>(port->getHost().port));
  }
  runUntil([this] { return server.made == 200; });
}

/// Lowers the number of descriptors that the process may have to those it has.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    int next = ::dup(0);
    ::close(next);
    ::rlimit limit{static_cast<::rlim_t>(next), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  ::rlimit before_;
};

TEST_F(TCPListenTest, WithoutDescriptorsConnectionsAreClosedAtOnceAndThePortLivesOn) {
  listen();
  RawPeer unlucky(port->getHost().port);
  std::optional<NoDescriptorsLeft> limit(std::in_place);
  reactor->callLater(50ms, [&] {
    EXPECT_EQ(server.made, 0);
    limit.reset();
    connector = reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  });
  runUntil([this] { return server.made == 1 && client.made == 1; });
  std::vector<std::string> logged = errors.take();
  EXPECT_THAT(logged, Not(IsEmpty()));
  EXPECT_LT(logged.size(), 5u);
  EXPECT_THAT(logged, Each(HasSubstr("descriptor")));
}

}  // namespace
}  // namespace couplet
