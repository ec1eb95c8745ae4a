// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// maskBytes against a loop over the bytes: RFC 6455, 5.3.
#include <couplet/protocols/websocket/detail/masking.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace couplet::detail {
namespace {

constexpr std::array<std::uint8_t, 4> kMask{0x12, 0x9a, 0x00, 0xff};
constexpr std::size_t kMostAlignments = 17;

/// Bytes that differ from their neighbours.
std::string someBytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 37 + i / 7);
  return bytes;
}

std::string maskedByByte(std::string bytes, std::size_t phase) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ kMask[(phase + i) % 4]);
  }
  return bytes;
}

/// Memory with one byte to spare before and behind, which must stay.
struct Guarded {
  Guarded(std::size_t alignment, std::size_t size)
      : bytes(alignment + size + 2, '#'), begin(alignment + 1), size(size) {}

  char* data() { return bytes.data() + begin; }
  std::string content() const { return bytes.substr(begin, size); }
  bool untouchedAround() const { return bytes[begin - 1] == '#' && bytes[begin + size] == '#'; }

  std::string bytes;
  std::size_t begin;
  std::size_t size;
};

bool copiesAsByByte(std::size_t size, std::size_t from, std::size_t to, std::size_t phase) {
  const std::string bytes = someBytes(size);
  Guarded source(from, size), target(to, size);
  bytes.copy(source.data(), size);
  maskBytes(target.data(), source.data(), size, kMask, phase);
  return target.content() == maskedByByte(bytes, phase) && target.untouchedAround() &&
         source.content() == bytes;
}

bool masksInPlaceAsByByte(std::size_t size, std::size_t at, std::size_t phase) {
  const std::string bytes = someBytes(size);
  Guarded place(at, size);
  bytes.copy(place.data(), size);
  maskBytes(place.data(), place.data(), size, kMask, phase);
  return place.content() == maskedByByte(bytes, phase) && place.untouchedAround();
}

TEST(MaskingTest, CopiesAnySizeFromAnywhereToAnywhere) {
  for (std::size_t size = 0; size <= 200; ++size) {
    for (std::size_t from = 0; from < kMostAlignments; ++from) {
      for (std::size_t phase = 0; phase < 4; ++phase) {
        const std::size_t to = (from * 5 + size) % kMostAlignments;
        ASSERT_TRUE(copiesAsByByte(size, from, to, phase)) << size << ' ' << from << ' ' << phase;
      }
    }
  }
}

TEST(MaskingTest, MasksAnySizeInPlace) {
  for (std::size_t size = 0; size <= 200; ++size) {
    for (std::size_t at = 0; at < kMostAlignments; ++at) {
      for (std::size_t phase = 0; phase < 4; ++phase) {
        ASSERT_TRUE(masksInPlaceAsByByte(size, at, phase)) << size << ' ' << at << ' ' << phase;
      }
    }
  }
}

TEST(MaskingTest, MasksMuchAndLatePhases) {
  for (const std::size_t size : {4096u, 65'537u, 1'000'003u}) {
    EXPECT_TRUE(copiesAsByByte(size, 1, 3, size));
    EXPECT_TRUE(masksInPlaceAsByByte(size, 5, 3));
  }
}

TEST(MaskingTest, MaskingTwiceGivesBackWhatThereWas) {
  const std::string bytes = someBytes(100);
  std::string twice = bytes;
  maskBytes(twice.data(), twice.data(), twice.size(), kMask);
  EXPECT_NE(twice, bytes);
  maskBytes(twice.data(), twice.data(), 33, kMask);
  maskBytes(twice.data() + 33, twice.data() + 33, twice.size() - 33, kMask, 33);
  EXPECT_EQ(twice, bytes);
}

}  // namespace
}  // namespace couplet::detail
