// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/address.h>

#include <sstream>

#include <gtest/gtest.h>

namespace couplet {
namespace {

TEST(AddressTest, IsWrittenAsHostAndPort) {
  EXPECT_EQ((Address{"127.0.0.1", 10000}).toString(), "127.0.0.1:10000");
  EXPECT_EQ((Address{"localhost", 80}).toString(), "localhost:80");
}

TEST(AddressTest, AnIPv6HostIsWrittenInBrackets) {
  EXPECT_EQ((Address{"::1", 10000}).toString(), "[::1]:10000");
}

TEST(AddressTest, IsPrintedAsItIsWritten) {
  std::ostringstream out;
  out << Address{"::1", 1};
  EXPECT_EQ(out.str(), "[::1]:1");
}

TEST(AddressTest, EqualsOneOfTheSameHostAndPort) {
  EXPECT_EQ((Address{"a", 1}), (Address{"a", 1}));
  EXPECT_NE((Address{"a", 1}), (Address{"a", 2}));
  EXPECT_NE((Address{"a", 1}), (Address{"b", 1}));
}

}  // namespace
}  // namespace couplet
