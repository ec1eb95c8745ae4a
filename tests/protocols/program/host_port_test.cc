// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/host_port.h>

#include <gtest/gtest.h>

#include <couplet/protocols/message/json.h>

namespace couplet {
namespace {

TEST(HostPortTest, ParsesAHostAndAPort) {
  HostPort place;
  EXPECT_TRUE(place.parse("example.com:80"));
  EXPECT_EQ(place, (HostPort{"example.com", 80}));
  EXPECT_TRUE(place.parse("[::1]:65535"));
  EXPECT_EQ(place, (HostPort{"::1", 65535}));
  EXPECT_EQ(place.address().toString(), "[::1]:65535");
}

TEST(HostPortTest, APortAloneKeepsTheHost) {
  HostPort place{"10.0.0.1", 1};
  EXPECT_TRUE(place.parse("5052"));
  EXPECT_EQ(place, (HostPort{"10.0.0.1", 5052}));
}

TEST(HostPortTest, RefusesWhatIsNoneAndSetsNothing) {
  HostPort place{"10.0.0.1", 1};
  for (const char* text :
       {"",        ":",          ":80",      "host",     "host:",          "host:x",
        "host:-1", "host:65536", "host: 80", "host:80 ", "::1:80",         "[::1]",
        "[::1:80", "[host]:80",  "[]:80",    "a b:80",   "http://host:80", "user@host:80",
        "{}",      "80x"}) {
    EXPECT_FALSE(place.parse(text)) << text;
    EXPECT_EQ(place, (HostPort{"10.0.0.1", 1})) << text;
  }
}

TEST(HostPortTest, IsAMessage) {
  EXPECT_EQ(toJSON(HostPort{"::1", 80}), R"({"host":"::1","port":80})");
  EXPECT_EQ(fromJSON<HostPort>(R"({"port":7})"), (HostPort{"127.0.0.1", 7}));
}

}  // namespace
}  // namespace couplet
