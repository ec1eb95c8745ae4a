// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/addresses.h"

#include <string>

#include <gtest/gtest.h>

#include <couplet/protocols/program/plain_program.h>

#include "examples/program/ports.h"

namespace poetry {

using couplet::Address;

namespace {

std::string complaintAbout(const std::string& text) {
  try {
    parseAddress(text);
    return "";
  } catch (const couplet::UsageError& error) {
    EXPECT_EQ(error.status(), 2);
    return error.what();
  }
}

}  // namespace

TEST(AddressesTest, APortAloneIsOnThisMachine) {
  EXPECT_EQ(parseAddress("10000"), (Address{"127.0.0.1", 10000}));
  EXPECT_EQ(parseAddress(":10000"), (Address{"127.0.0.1", 10000}));
}

TEST(AddressesTest, AHostIsANameOrNumeric) {
  EXPECT_EQ(parseAddress("localhost:1"), (Address{"localhost", 1}));
  EXPECT_EQ(parseAddress("127.0.0.2:65535"), (Address{"127.0.0.2", 65535}));
}

TEST(AddressesTest, AnIPv6AddressStandsInBrackets) {
  EXPECT_EQ(parseAddress("[::1]:10000"), (Address{"::1", 10000}));
  for (const char* text : {"::1:10000", "[::1:10000", "::1]:10000", "[]:10000", "a[b]:10000",
                           "[[::1]]:10000", "[::1]:[::2]:10000"})
    EXPECT_TRUE(complaintAbout(text).starts_with("Not a host: ")) << text;
}

TEST(AddressesTest, PortsAreDigits) {
  for (const char* text : {"", "poetry", "localhost", "localhost:", "10000x", "host: 10000", "+1",
                           "-1", "1.5", "0x10", "[::1]", "١"})
    EXPECT_EQ(complaintAbout(text), "error: Ports must be integers.") << text;
}

TEST(AddressesTest, PortsHaveARange) {
  for (const char* text : {"0", "65536", "99999999999999999999", "localhost:0", "[::1]:70000"})
    EXPECT_EQ(complaintAbout(text), "error: Ports must be from 1 to 65535.") << text;
}

TEST(AddressesTest, ServersMayAskForAnyFreePort) {
  EXPECT_NO_THROW(examples::requireListenable(0));
  EXPECT_NO_THROW(examples::requireListenable(65535));
  EXPECT_THROW(examples::requireListenable(-1), couplet::UsageError);
  EXPECT_THROW(examples::requireListenable(65536, "--other-port"), couplet::UsageError);
}

TEST(AddressesTest, LocalhostIsTwoAddresses) {
  using Hosts = std::vector<std::string>;
  EXPECT_EQ(examples::addressesOf("localhost"), (Hosts{"127.0.0.1", "::1"}));
  EXPECT_EQ(examples::addressesOf("127.0.0.1"), Hosts{"127.0.0.1"});
  EXPECT_EQ(examples::addressesOf("::"), Hosts{"::"});
  for (const char* iface : {"", "eth0", "example.org", "127.0.0.1:80"})
    EXPECT_THROW(examples::addressesOf(iface), couplet::UsageError) << iface;
}

}  // namespace poetry
