// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/result.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "tests/deferred/support/lives.h"

namespace couplet {
namespace {

using testing::PoemError;

TEST(ResultTest, HoldsAValue) {
  Result<std::string> result = "poem";
  EXPECT_TRUE(result.hasValue());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(result.value(), "poem");
  result.value() += "!";
  EXPECT_EQ(std::as_const(result).value(), "poem!");
  EXPECT_EQ(std::move(result).value(), "poem!");
}

TEST(ResultTest, HoldsAFailure) {
  Failure lost{PoemError("lost")};
  Result<std::string> result = lost;
  EXPECT_FALSE(result.hasValue());
  EXPECT_EQ(result.failure(), lost);
  EXPECT_THROW(result.value(), PoemError);
  EXPECT_THROW(std::as_const(result).value(), PoemError);
  EXPECT_EQ(std::move(result).failure(), lost);
}

TEST(ResultTest, HoldsMoveOnlyValues) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  Result<std::unique_ptr<int>> moved = std::move(result);
  std::unique_ptr<int> value = std::move(moved).value();
  EXPECT_EQ(*value, 5);
}

TEST(ResultTest, OfVoidIsSuccessOrAFailure) {
  Result<void> success;
  EXPECT_TRUE(success.hasValue());
  EXPECT_NO_THROW(success.value());
  Result<void> failure = Failure(PoemError("lost"));
  EXPECT_FALSE(static_cast<bool>(failure));
  EXPECT_THROW(failure.value(), PoemError);
  EXPECT_EQ(failure.failure().message(), "lost");
}

TEST(ResultTest, IsMadeOfWhatConverts) {
  static_assert(std::is_convertible_v<int, Result<double>>);
  static_assert(std::is_convertible_v<Failure, Result<double>>);
  static_assert(!std::is_convertible_v<std::string, Result<double>>);
  Result<std::pair<int, int>> braces({1, 2});
  EXPECT_EQ(braces.value().second, 2);
}

TEST(ResultTest, CopiesAndAssigns) {
  Result<int> first = 1;
  Result<int> second = Failure(PoemError("lost"));
  Result<int> copy = second;
  second = first;
  EXPECT_EQ(second.value(), 1);
  EXPECT_EQ(copy.failure().message(), "lost");
}

}  // namespace
}  // namespace couplet
