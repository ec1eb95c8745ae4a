// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/callable.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace couplet {
namespace {

TEST(CallableTest, ADefaultMadeOneIsEmpty) {
  Callable<void()> nothing;
  EXPECT_FALSE(nothing);
  EXPECT_FALSE(Callable<void()>(nullptr));
}

TEST(CallableTest, CallsWithTheArgumentsAndGivesTheResult) {
  Callable<std::string(std::string, int)> repeat = [](std::string word, int times) {
    std::string all;
    while (times-- > 0) all += word;
    return all;
  };
  EXPECT_EQ(repeat("ha", 3), "hahaha");
}

TEST(CallableTest, HoldsAClosureThatCanOnlyBeMoved) {
  Callable<int()> read = [number = std::make_unique<int>(7)] { return *number; };
  Callable<int()> moved = std::move(read);
  EXPECT_FALSE(read);
  EXPECT_EQ(moved(), 7);
}

TEST(CallableTest, HoldsAClosureThatIsTooLargeToBeKeptInside) {
  std::array<int, 100> numbers{};
  numbers[99] = 42;
  Callable<int()> last = [numbers] { return numbers[99]; };
  Callable<int()> moved = std::move(last);
  EXPECT_EQ(moved(), 42);
}

TEST(CallableTest, KeepsStateBetweenCalls) {
  Callable<int()> count = [n = 0]() mutable { return ++n; };
  count();
  EXPECT_EQ(count(), 2);
}

TEST(CallableTest, DestroysItsClosureWhenItDies) {
  auto token = std::make_shared<int>(1);
  {
    Callable<void()> holder = [token] {};
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(CallableTest, DestroysItsClosureWhenAnotherIsAssigned) {
  auto small = std::make_shared<int>(1);
  std::array<char, 100> padding{};
  Callable<void()> holder = [small] {};
  holder = [small, padding] { (void)padding; };
  EXPECT_EQ(small.use_count(), 2);
  holder = nullptr;
  EXPECT_EQ(small.use_count(), 1);
}

TEST(CallableTest, MovingOntoItselfChangesNothing) {
  Callable<int()> one = [] { return 1; };
  Callable<int()>& same = one;
  one = std::move(same);
  EXPECT_EQ(one(), 1);
}

TEST(CallableTest, DropsTheResultWhereNoneIsAskedFor) {
  int calls = 0;
  Callable<void()> count = [&] { return ++calls; };
  count();
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace couplet
