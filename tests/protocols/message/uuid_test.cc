// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/uuid.h>

#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace couplet {
namespace {

constexpr const char* kText = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

TEST(UUIDTest, ParsesWhatItWrites) {
  EXPECT_EQ(UUID::parse(kText)->toString(), kText);
  EXPECT_EQ(UUID::parse(kText)->bytes()[0], 0xf8);
  EXPECT_EQ(UUID::parse(kText)->bytes()[15], 0xf6);
  EXPECT_EQ(UUID::parse("ffffffff-ffff-ffff-ffff-ffffffffffff")->bytes()[7], 0xff);
}

TEST(UUIDTest, IsWrittenInSmallLettersWhateverItWasReadFrom) {
  EXPECT_EQ(UUID::parse("F81D4FAE-7dec-11D0-A765-00A0C91E6BF6")->toString(), kText);
}

TEST(UUIDTest, ByDefaultIsAllZeros) {
  EXPECT_EQ(UUID().toString(), "00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(UUID::parse(UUID().toString()), UUID());
}

TEST(UUIDTest, RefusesAnotherText) {
  for (const char* text :
       {"", "f81d4fae7dec11d0a76500a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf", "f81d4fae-7dec-11d0-a765-00a0c91e6bf60",
        "g81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae_7dec-11d0-a765-00a0c91e6bf6",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf-", "-81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}) {
    EXPECT_FALSE(UUID::parse(text)) << text;
  }
}

TEST(UUIDTest, RandomOnesDifferAndSayWhatTheyAre) {
  std::set<UUID> all;
  for (int i = 0; i < 1000; ++i) {
    const UUID uuid = UUID::random();
    EXPECT_EQ(uuid.toString()[14], '4') << "the version";
    EXPECT_EQ(uuid.bytes()[8] & 0xc0, 0x80) << "the variant";
    all.insert(uuid);
  }
  EXPECT_EQ(all.size(), 1000U);
}

TEST(UUIDTest, Prints) {
  std::ostringstream out;
  out << *UUID::parse(kText);
  EXPECT_EQ(out.str(), kText);
}

}  // namespace
}  // namespace couplet
