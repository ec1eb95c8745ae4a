// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How long to wait before connecting again.
#include <couplet/protocols/message/reconnect_delays.h>

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

// Crunch 21: By scope of the address; localhost is local.
TEST(ReconnectDelaysTest, KnowsHowFarAwayAnAddressIs) {
  for (const char* host :
       {"127.0.0.1", "127.255.255.255", "localhost", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(scopeOf(host), AddressScope::kLocal) << host;
  }
  for (const char* host :
       {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.0.1", "fd00::1",
        "fc00::1", "fe80::1", "fe80::1%eth0", "febf::1", "::ffff:10.0.0.1"}) {
    EXPECT_EQ(scopeOf(host), AddressScope::kLAN) << host;
  }
  for (const char* host :
       {"8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1", "126.0.0.1", "2001:db8::1", "::2",
        "fec0::1", "crunch.example", "", "127.0.0.1.example", "::ffff:8.8.8.8",
        "1234567890123456789012345678901234567890123456789"}) {
    EXPECT_EQ(scopeOf(host), AddressScope::kInternet) << host;
  }
}

std::vector<Duration> firstFive(const ReconnectDelays& delays, AddressScope scope) {
  std::vector<Duration> waits;
  for (std::size_t failures = 0; failures < 5; ++failures) {
    waits.push_back(delays.after(failures, scope));
  }
  return waits;
}

// Crunch 21: The delays of each scope; the first attempt is immediate.
TEST(ReconnectDelaysTest, WaitsAreThoseOfTheScope) {
  ReconnectDelays delays;
  delays.random = [] { return 0.0; };
  using Waits = std::vector<Duration>;
  EXPECT_EQ(firstFive(delays, AddressScope::kLocal), (Waits{0s, 2s, 4s, 8s, 8s}));
  EXPECT_EQ(firstFive(delays, AddressScope::kLAN), (Waits{0s, 4s, 8s, 16s, 16s}));
  EXPECT_EQ(firstFive(delays, AddressScope::kInternet), (Waits{0s, 8s, 16s, 32s, 64s}));
}

// Crunch 21: Plus 0 to 50 % at random.
TEST(ReconnectDelaysTest, UpToAHalfIsAddedAtRandom) {
  ReconnectDelays delays;
  delays.random = [] { return 0.5; };
  EXPECT_EQ(delays.after(1, AddressScope::kLocal), 2500ms);
  delays.random = {};
  for (int i = 0; i < 100; ++i) {
    const Duration wait = delays.after(2, AddressScope::kLocal);
    EXPECT_GE(wait, 4s);
    EXPECT_LE(wait, 6s);
  }
}

// Crunch 21: A plain struct that a program can replace.
TEST(ReconnectDelaysTest, AProgramMayHaveItsOwn) {
  const ReconnectDelays delays{.local = {1s}, .jitter = 0};
  EXPECT_EQ(delays.after(7, AddressScope::kLocal), 1s);
}

}  // namespace
}  // namespace couplet
