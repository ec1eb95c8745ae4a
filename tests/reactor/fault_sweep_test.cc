// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Each call of the system fails once, in turn, with each error that it may give.
#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault_edge.h"
#include "fault_scenario.h"
#include "logged_errors.h"

namespace couplet {
namespace {

using ::testing::IsEmpty;

class FaultSweepTest : public ::testing::TestWithParam<std::pair<const char*, int>> {
 protected:
  /// True when there was a call to fail.
  bool sweepOne(int nth);

  LoggedErrors errors;  // those that are expected of a fault
};

/// Threads that look up names end by themselves, a little later than what asked them.
void waitForDescriptors(std::size_t expected) {
  for (int i = 0; i < 100'000 && descriptorsOpen() > expected; ++i) std::this_thread::yield();
  EXPECT_EQ(descriptorsOpen(), expected) << "descriptors are left open";
}

bool FaultSweepTest::sweepOne(int nth) {
  SCOPED_TRACE("call " + std::to_string(nth));
  std::size_t before = descriptorsOpen();
  inject({GetParam().first, GetParam().second, nth});
  FaultScenario scenario;
  scenario.run();
  bool failed = endFault();
  EXPECT_THAT(scenario.whatIsOdd(), IsEmpty()) << scenario.describe();
  EXPECT_TRUE(failed || scenario.succeeded()) << scenario.describe();
  waitForDescriptors(before);
  return failed;
}

TEST_P(FaultSweepTest, EachCallInTurn) {
  int failed = 0;
  while (!HasFailure() && sweepOne(failed + 1)) ++failed;
  EXPECT_TRUE(failed > 0 || HasFailure()) << "the call is never made";
  RecordProperty("calls", failed);
}

std::string nameOf(const ::testing::TestParamInfo<std::pair<const char*, int>>& info) {
  auto [call, error] = info.param;
  if (error < 0) return std::string(call) + "_EAI" + std::to_string(-error);
  return std::string(call) + "_" + ::strerrorname_np(error);
}

/// What the system may say to each call; the first ones are about any socket.
std::vector<std::pair<const char*, int>> allFaults() {
  struct Call {
    const char* name;
    std::vector<int> errors;
  };
  const Call calls[] = {
      {"recv", {EINTR, ENOBUFS, ENOMEM, ETIMEDOUT, ECONNRESET, ECONNREFUSED, EHOSTUNREACH}},
      {"send", {EINTR, ENOBUFS, ENOMEM, ETIMEDOUT, ECONNRESET, EPIPE, EHOSTUNREACH}},
      {"accept4", {EINTR, ENOBUFS, ENOMEM, EMFILE, ENFILE, ECONNABORTED, EPROTO, EPERM}},
      {"connect", {EINTR, ENOBUFS, ENETUNREACH, EADDRNOTAVAIL, ETIMEDOUT, ECONNREFUSED, EPERM}},
      {"socket", {ENOBUFS, ENOMEM, EMFILE, ENFILE, EACCES, EAFNOSUPPORT}},
      {"bind", {EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOMEM}},
      {"listen", {EADDRINUSE, EOPNOTSUPP}},
      {"getsockopt", {ENOBUFS, ENOMEM, ENOTCONN}},
      {"setsockopt", {ENOBUFS, ENOMEM, EINVAL}},
      {"getsockname", {ENOBUFS, ENOTCONN}},
      {"shutdown", {ENOTCONN, ENOBUFS}},
      {"close", {EINTR, EIO}},
      {"open", {EMFILE, ENFILE, ENOMEM, EACCES}},
      {"eventfd", {EMFILE, ENFILE, ENOMEM}},
      {"timerfd_create", {EMFILE, ENFILE, ENOMEM}},
      {"timerfd_settime", {ENOMEM}},
      {"write", {EINTR}},
      {"getaddrinfo", {EAI_AGAIN, EAI_FAIL, EAI_MEMORY, EAI_NONAME}},
      {"epoll_create1", {EMFILE, ENFILE, ENOMEM}},
      {"epoll_ctl", {ENOMEM, ENOSPC}},
      {"epoll_wait", {EINTR, EINVAL}},
  };
  std::vector<std::pair<const char*, int>> all;
  for (const Call& call : calls) {
    for (int error : call.errors) all.emplace_back(call.name, error);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(System, FaultSweepTest, ::testing::ValuesIn(allFaults()), nameOf);

}  // namespace
}  // namespace couplet
