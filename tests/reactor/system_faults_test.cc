// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The system's calls fail, each in turn, with what the system may say. The linker leads the calls
// of the reactor here (--wrap, see CMakeLists.txt).
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "loopback.h"

namespace couplet {
namespace {

/// The next `times` calls of `call` fail with `error`.
struct Fault {
  std::string_view call;
  int error = 0;
  int times = 0;
};

Fault fault;

bool fails(std::string_view call) {
  if (fault.call != call || fault.times == 0) return false;
  --fault.times;
  errno = fault.error;
  return true;
}

}  // namespace
}  // namespace couplet

extern "C" {
ssize_t __real_recv(int socket, void* buffer, size_t size, int flags);
ssize_t __real_send(int socket, const void* buffer, size_t size, int flags);
ssize_t __real_sendmsg(int socket, const msghdr* message, int flags);
int __real_accept4(int socket, sockaddr* address, socklen_t* size, int flags);
int __real_connect(int socket, const sockaddr* address, socklen_t size);
int __real_socket(int family, int type, int protocol);

ssize_t __wrap_recv(int socket, void* buffer, size_t size, int flags) {
  return couplet::fails("recv") ? -1 : __real_recv(socket, buffer, size, flags);
}
ssize_t __wrap_send(int socket, const void* buffer, size_t size, int flags) {
  return couplet::fails("send") ? -1 : __real_send(socket, buffer, size, flags);
}
ssize_t __wrap_sendmsg(int socket, const msghdr* message, int flags) {
  return couplet::fails("send") ? -1 : __real_sendmsg(socket, message, flags);
}
int __wrap_accept4(int socket, sockaddr* address, socklen_t* size, int flags) {
  return couplet::fails("accept4") ? -1 : __real_accept4(socket, address, size, flags);
}
int __wrap_connect(int socket, const sockaddr* address, socklen_t size) {
  if (!couplet::fails("connect")) return __real_connect(socket, address, size);
  if (errno == EINTR) {  // the attempt goes on
    __real_connect(socket, address, size);
    errno = EINTR;
  }
  return -1;
}
int __wrap_socket(int family, int type, int protocol) {
  return couplet::fails("socket") ? -1 : __real_socket(family, type, protocol);
}
}

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
  ~SystemFaultsTest() override { fault = {}; }

  /// Connects, and makes calls fail once the connection stands.
  void connectThenFail(Fault next) {
    client.onMade = [this, next](Transport& transport) {
      transport.write(request);
      fault = next;
    };
    connect();
  }
  bool answered() const { return client.received == request; }

  const std::string request = std::string(100'000, 'r');
};

class SurvivedFaultTest : public SystemFaultsTest,
                          public ::testing::WithParamInterface<std::pair<const char*, int>> {};

TEST_P(SurvivedFaultTest, AConnectionGoesOn) {
  connectThenFail({GetParam().first, GetParam().second, 3});
  runUntil([this] { return answered(); });
  EXPECT_EQ(fault.times, 0);
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
  connectThenFail({GetParam().first, GetParam().second, 1});
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
  fault = {"accept4", GetParam().second, 1};
  connect();
  runUntil([this] { return answered(); });
  EXPECT_EQ(fault.times, 0);
  errors.take();
}

INSTANTIATE_TEST_SUITE_P(
    Faults, AcceptFaultTest,
    ::testing::Values(std::pair("accept4", EINTR), std::pair("accept4", ECONNABORTED),
                      std::pair("accept4", EPROTO), std::pair("accept4", EPERM),
                      std::pair("accept4", ENOBUFS), std::pair("accept4", ENOMEM)),
    nameOf);

TEST_F(SystemFaultsTest, APortThatCannotAcceptForLackOfMemorySaysSo) {
  fault = {"accept4", ENOMEM, 1};
  connect();
  runUntil([this] { return answered(); });
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("Cannot allocate memory")));
}

TEST_F(SystemFaultsTest, WithoutADescriptorOneConnectionIsTurnedAwayAndTheNextAccepted) {
  fault = {"accept4", EMFILE, 1};
  connect();
  runUntil([this] { return client.lost.has_value(); });
  EXPECT_EQ(server.made, 0);
  EXPECT_THAT(errors.take(), ElementsAre(HasSubstr("No descriptor is left")));
}

TEST_F(SystemFaultsTest, AnInterruptedConnectGoesOn) {
  fault = {"connect", EINTR, 1};
  connect();
  runUntil([this] { return answered(); });
}

TEST_F(SystemFaultsTest, AConnectThatFailsAtOnceIsReportedFromTheLoop) {
  fault = {"connect", ENETUNREACH, 1};
  connect();
  EXPECT_FALSE(client.failed);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_TRUE(client.failed->check<NoRouteError>());
  EXPECT_THAT(client.failed->message(), HasSubstr("Network is unreachable"));
}

TEST_F(SystemFaultsTest, WithoutADescriptorThereIsNoAttempt) {
  listen();
  fault = {"socket", EMFILE, 1};
  connector = reactor->connectTCP("127.0.0.1", port->getHost().port, clientFactory);
  runUntil([this] { return client.failed.has_value(); });
  EXPECT_THAT(client.failed->message(), HasSubstr("Too many open files"));
}

TEST_F(SystemFaultsTest, WithoutADescriptorThereIsNoPort) {
  fault = {"socket", EMFILE, 1};
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
