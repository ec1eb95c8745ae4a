// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/held_bytes.h>

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace couplet {
namespace {

TEST(HeldBytesTest, AppendsAtTheEndAndDropsFromBothEnds) {
  HeldBytes held;
  held.append("hello, ");
  held.append("world!");
  held.dropFront(7);
  held.dropBack(1);
  EXPECT_EQ(held.view(), "world");
  EXPECT_EQ(held.size(), 5);
}

TEST(HeldBytesTest, IsEmptyAtFirstAndAfterClearAndRelease) {
  HeldBytes held;
  EXPECT_TRUE(held.empty());
  held.append("a");
  held.dropFront(1);
  EXPECT_TRUE(held.empty());
  held.append("b");
  held.clear();
  EXPECT_EQ(held.view(), "");
  held.append("c");
  held.release();
  EXPECT_EQ(held.view(), "");
}

TEST(HeldBytesTest, AMovedFromOneIsEmpty) {
  HeldBytes held;
  held.append("abc");
  held.dropFront(1);
  HeldBytes taken = std::move(held);
  EXPECT_EQ(taken.view(), "bc");
  EXPECT_TRUE(held.empty());
  held.append("d");
  taken = std::move(held);
  EXPECT_EQ(taken.view(), "d");
}

TEST(HeldBytesTest, AQueueThatIsFilledAndDrainedForLongKeepsItsBytes) {
  HeldBytes held;
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    const std::string bytes(i % 13, static_cast<char>('a' + i % 26));
    held.append(bytes);
    expected += bytes;
    const std::size_t drained = expected.size() / 3;
    held.dropFront(drained);
    expected.erase(0, drained);
    ASSERT_EQ(held.view(), expected);
  }
}

}  // namespace
}  // namespace couplet
