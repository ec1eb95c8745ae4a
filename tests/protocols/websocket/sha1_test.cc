// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/sha1.h>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace couplet {
namespace {

std::string hexOf(std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
  }
  return hex;
}

std::string digestOf(std::string_view text) { return hexOf(detail::sha1(text)); }

TEST(SHA1Test, FitsTheExamplesOfTheStandard) {
  EXPECT_EQ(digestOf(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(digestOf("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(digestOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(digestOf("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            "a49b2446a02c645bf419f995b67091253a04a259");
}

TEST(SHA1Test, FitsAMillionLetters) {
  EXPECT_EQ(digestOf(std::string(1000000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

// The digest of the digests of so many letters, one behind the other: made by Python's hashlib.
TEST(SHA1Test, FitsEveryLengthAroundABlock) {
  std::string digests;
  for (std::size_t size = 0; size < 200; ++size) digests += detail::sha1(std::string(size, 'x'));
  EXPECT_EQ(digestOf(digests), "bbd580c3a0c872a603baa084a09981df9eb680e5");
}

}  // namespace
}  // namespace couplet
