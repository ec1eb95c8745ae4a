// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The system's calls fail, one here and one there, with what the system may say. Each in turn: see
// fault_sweep_test.cc.
#include <cerrno>
#include <cstring>
#include <functional>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "fault_edge.h"
#include "loopback.h"

namespace couplet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SystemFaultsTest : public LoopbackTest {
 protected:
  void SetUp() override {
    server.onData = [](Transport& transport, std::string_view bytes) { transport.write(bytes); };
    client.onMade = [this](Transport& transport) { transport.write(request); };
  }
  ~SystemFaultsTest() override { endFault(); }

  /// Connects, and makes calls fail once the connection stands.
  void connectThenFail(const Fault& fault) {
    client.onMade = [this, fault](Transport& transport) {
      transport.write(request);
      inject(fault);
    };
    connect();
  }
  bool answered() const { return client.received == request; }

  const std::string request = std::string(100'000, 'r');
};

class SurvivedFaultTest : public SystemFaultsTest,
                          public ::testing::WithParamInterface<std::pair<const char*, int>> {};

TEST_P(SurvivedFaultTest, AConnectionGoesOn) {
  connectThenFail({GetParam().first, GetParam().second, 1, 3});
  runUntil([this] { return answered(); });
  EXPECT_TRUE(endFault());
}

std::string nameOf(const ::testing::TestParamInfo<std::pair<const char*, int>>& info) {
  return std::string(info.param.first) + "_" + ::strerrorname_np(info.param.second);
}

INSTANTIATE_TEST_SUITE_P(Faults, SurvivedFaultTest,
                         ::testing::Values(std::pair("recv", EINTR), std::pair("send", EINTR),
                                           std::pair("send", ENOBUFS), std::pair("send", ENOMEM)),
                         nameOf);

class FatalFaultTest : public SurvivedFaultTest {};

TEST_P(FatalFaultTest, AConnectionIsLostWithTheReasonAndOthersAreNot) {
  connectThenFail({GetParam().first, GetParam().second});
  runUntilLost();
  std::string reason = std::strerror(GetParam().second);
  EXPECT_THAT(server.lost->message() + client.lost->message(), HasSubstr(reason));
  EXPECT_EQ(server.losses, 1);
  EXPECT_EQ(client.losses, 1);
}

INSTANTIATE_TEST_SUITE_P(Faults, FatalFaultTest,
                         ::testing::Values(std::pair("recv", ECONNRESET),
                                           std::pair("recv", ETIMEDOUT),
                                           std::pair("recv", EHOSTUNREACH),
                                           std::pair("send", EPIPE), std::pair("send", ECONNRESET),
                                           std::pair("send", ETIMEDOUT)),
                         nameOf);

class AcceptFaultTest : public SurvivedFaultTest {};

TEST_P(AcceptFaultTest, ThePortGoesOn) {
  inject({"accept4", GetParam().second});
  connect();
  runUntil([this] { return answered(); });
  EXPECT_TRUE(endFault());
  errors.take();
}

INSTANTIATE_TEST_SUITE_P(
    Faults, AcceptFaultTest,
    ::testing::Values(std::pair("accept4", EINTR), std::pair("accept4", ECONNABORTED),
                      std::pair("accept4", EPROTO), std::pair("accept4", EPERM),
                      std::pair("accept4", ENOBUFS), std::pair("accept4", ENOMEM)),
    nameOf);

class LastingAcceptFaultTest : public SystemFaultsTest,
                               public ::testing::WithParamInterface<std::pair<int, int>> {};

TEST_P(LastingAcceptFaultTest, ThePortRestsSaysSoOnceAndGoesOn) {
  auto [error, times] = GetParam();
  inject({"accept4", error, 1, times});
  connect();
  runUntil([this] { return answered(); });
  EXPECT_TRUE(endFault());
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr(std::strerror(error))));
}

/// Errors of one connection are those of the port when nothing else comes.
INSTANTIATE_TEST_SUITE_P(Faults, LastingAcceptFaultTest,
                         ::testing::Values(std::pair(EINVAL, 2), std::pair(EBADF, 1),
                                           std::pair(ENOMEM, 2), std::pair(EPERM, 130)),
                         [](const auto& info) {
                           return std::string(::strerrorname_np(info.param.first));
                         });

TEST_F(SystemFaultsTest, APortThatCannotAcceptIsNotAskedInEachTurn) {
  inject({"accept4", EINVAL, 1, 1'000'000});
  connect();
  int turns = 0;
  std::function<void()> count = [&] {
    if (callsSeen() > 0) ++turns;
    reactor->callLater(0s, [&] { count(); });
  };
  count();
  runUntil([&] { return turns > 1000; });
  EXPECT_LT(callsSeen(), 500);
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("Invalid argument")));
}

TEST_F(SystemFaultsTest, APortThatCannotAcceptForLackOfMemorySaysSo) {
  inject({"accept4", ENOMEM});
  connect();
  runUntil([this] { return answered(); });
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("Cannot allocate memory")));
}

TEST_F(SystemFaultsTest, WithoutADescriptorOneConnectionIsTurnedAwayAndTheNextAccepted) {
  inject({"accept4", EMFILE});
  connect();
  runUntil([this] { return client.lost.has_value(); });
  EXPECT_EQ(server.made, 0);
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("No descriptor is left")));
}

TEST_F(SystemFaultsTest, AnInterruptedConnectGoesOn) {
  inject({"connect", EINTR});
  connect();
  runUntil([this] { return answered(); });
}

TEST_F(SystemFaultsTest, AConnectThatFailsAtOnceIsReportedFromTheLoop) {
  inject({"connect", ENETUNREACH});
  connect();
  EXPECT_FALSE(client.failed);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<NoRouteError>());
  EXPECT_THAT(client.failed->message(), HasSubstr("Network is unreachable"));
}

TEST_F(SystemFaultsTest, WithoutADescriptorThereIsNoAttempt) {
  listen();
  inject({"socket", EMFILE});
  connector = reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_THAT(client.failed->message(), HasSubstr("Too many open files"));
}

TEST_F(SystemFaultsTest, WithoutADescriptorThereIsNoPort) {
  inject({"socket", EMFILE});
  EXPECT_THROW(listen(), CannotListenError);
}

TEST_F(SystemFaultsTest, LackOfMemoryInACallbackClosesThatConnectionOnly) {
  server.onData = [](Transport&, std::string_view) { throw std::bad_alloc(); };
  connect();
  runUntilLost();
  EXPECT_TRUE(server.lost->check<std::bad_alloc>());
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("bad_alloc")));
}

}  // namespace
}  // namespace couplet
