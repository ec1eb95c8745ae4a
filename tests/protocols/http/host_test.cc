// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/host.h>

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

using ::testing::TestWithParam;
using ::testing::Values;

using Spelling = std::pair<std::string, std::string>;

class HostTest : public TestWithParam<Spelling> {};

TEST_P(HostTest, HasOneSpelling) {
  std::string host;
  EXPECT_STREQ(parseHost(GetParam().first, host), nullptr);
  EXPECT_EQ(host, GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(Names, HostTest,
                         Values(Spelling{"Example.COM", "example.com"}, Spelling{"a", "a"},
                                Spelling{"foo-bar_baz.com", "foo-bar_baz.com"},
                                Spelling{"example.com.", "example.com."},
                                Spelling{"xn--bcher-kva.example", "xn--bcher-kva.example"},
                                Spelling{"3com.com", "3com.com"}, Spelling{"1.2.3.4a", "1.2.3.4a"},
                                Spelling{"127.0.0.1.example", "127.0.0.1.example"},
                                Spelling{"0x1.g", "0x1.g"},
                                Spelling{std::string(63, 'a'), std::string(63, 'a')}));
INSTANTIATE_TEST_SUITE_P(IPv4, HostTest,
                         Values(Spelling{"0.0.0.0", "0.0.0.0"}, Spelling{"127.0.0.1", "127.0.0.1"},
                                Spelling{"255.255.255.255", "255.255.255.255"}));
// RFC 5952 section 4, and 5 for the mapped address.
INSTANTIATE_TEST_SUITE_P(IPv6, HostTest,
                         Values(Spelling{"[::]", "::"}, Spelling{"[::1]", "::1"},
                                Spelling{"[1::]", "1::"},
                                Spelling{"[2001:DB8::0001]", "2001:db8::1"},
                                Spelling{"[2001:db8:0:0:0:0:2:1]", "2001:db8::2:1"},
                                Spelling{"[2001:db8:0:1:1:1:1:1]", "2001:db8:0:1:1:1:1:1"},
                                Spelling{"[2001:db8::1:1:1:1:1]", "2001:db8:0:1:1:1:1:1"},
                                Spelling{"[2001:0:0:1:0:0:0:1]", "2001:0:0:1::1"},
                                Spelling{"[2001:db8:0:0:1:0:0:1]", "2001:db8::1:0:0:1"},
                                Spelling{"[0:0:1:0:0:0:0:0]", "0:0:1::"},
                                Spelling{"[1:2:3:4:5:6:7::]", "1:2:3:4:5:6:7:0"},
                                Spelling{"[::2:3:4:5:6:7:8]", "0:2:3:4:5:6:7:8"},
                                Spelling{"[1:2:3:4:5:6:7:8]", "1:2:3:4:5:6:7:8"},
                                Spelling{"[ABCD:EF01:2345:6789:abcd:ef01:2345:6789]",
                                         "abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
                                Spelling{"[::ffff:c000:0201]", "::ffff:192.0.2.1"},
                                Spelling{"[::FFFF:192.0.2.1]", "::ffff:192.0.2.1"},
                                Spelling{"[64:ff9b::192.0.2.33]", "64:ff9b::c000:221"},
                                Spelling{"[1:2:3:4:5:6:1.2.3.4]", "1:2:3:4:5:6:102:304"}));
// RFC 6874.
INSTANTIATE_TEST_SUITE_P(Zones, HostTest,
                         Values(Spelling{"[fe80::1%25eth0]", "fe80::1%eth0"},
                                Spelling{"[FEBF::1%25En_1.~-]", "febf::1%En_1.~-"}));

class NoHostTest : public TestWithParam<std::string> {};

TEST_P(NoHostTest, IsRefusedWithAReason) {
  std::string host;
  EXPECT_STRNE(parseHost(GetParam(), host), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Names, NoHostTest,
                         Values("", ".", "..", ".a", "a..b", "a..", "a b", "a/b", "a@b", "a:80",
                                "a%41", "%61", "a,b", "a!b", "a*b", "a\\b", "a[b", "a]", "a\x01",
                                "\xc3\xa9.example", std::string("a\0b", 3), std::string(64, 'a'),
                                std::string("a.") + std::string(64, 'b')));
// What getaddrinfo and browsers take for an IPv4 address that its reader does not see.
INSTANTIATE_TEST_SUITE_P(Numbers, NoHostTest,
                         Values("127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "1.0x7F",
                                "017700000001", "0177.0.0.1", "127.0.0.01", "00.0.0.0", "256.0.0.1",
                                "1.2.3", "1.2.3.4.5", "127.0.0.1.", "a.1", "a.0x", "1.2.3.-4x.5",
                                "1.2.3.+4"));
INSTANTIATE_TEST_SUITE_P(IPv6, NoHostTest,
                         Values("[", "]", "[]", "[::1", "::1", "[::1]]", "[[::1]]", "[::1]x", "[:]",
                                "[:::]", "[1]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]",
                                "[1:2:3:4:5:6:7:8::]", "[::1:2:3:4:5:6:7:8]", "[1::2::3]",
                                "[:1::2]", "[1::2:]", "[1:2:3:4:5:6:7:]", "[:2:3:4:5:6:7:8]",
                                "[12345::]", "[g::]", "[::-1]", "[::+1]", "[ ::1]", "[::1 ]",
                                "[0x1::]", "[::1.2.3]", "[::1.2.3.4.5]", "[::256.0.0.1]",
                                "[::1.2.3.04]", "[1.2.3.4::]", "[1.2.3.4]", "[::1.2.3.4:1]",
                                "[1:2:3:4:5:6:7:1.2.3.4]", "[v1.a]", "[example.com]"));
INSTANTIATE_TEST_SUITE_P(Zones, NoHostTest,
                         Values("[fe80::1%eth0]", "[fe80::1%25]", "[fe80::1%25a%25b]",
                                "[fe80::1%25a/b]", "[fe80::1%25a b]", "[fe80::1%25%41]",
                                "[::1%25lo]", "[2001:db8::1%25eth0]", "[fec0::1%25eth0]",
                                "127.0.0.1%25lo", "[%25eth0]"));

TEST(HostTest, ANameHas253BytesAtMost) {
  std::string name;
  while (name.size() < 250) name += "a.";
  std::string host;
  EXPECT_STREQ(parseHost(name + "com", host), nullptr);
  EXPECT_STREQ(parseHost(name + "com.", host), nullptr);
  EXPECT_STREQ(parseHost(name + "info", host), "the host is too long");
}

TEST(HostTest, TellsAddressesFromNames) {
  EXPECT_TRUE(isIPAddress("127.0.0.1"));
  EXPECT_TRUE(isIPAddress("fe80::1%eth0"));
  EXPECT_FALSE(isIPAddress("127.0.0.1.example"));
  EXPECT_TRUE(isIPv6Address("::1"));
  EXPECT_FALSE(isIPv6Address("127.0.0.1"));
}

TEST(HostTest, LeavesTheZoneOut) {
  EXPECT_EQ(withoutZone("fe80::1%eth0"), "fe80::1");
  EXPECT_EQ(withoutZone("example.com"), "example.com");
}

}  // namespace
}  // namespace couplet::detail
