// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// expectSameAtEveryCut for GoogleTest: the only header of this kit, with others named gtest_*, that
// needs it.
#pragma once

#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/protocols/testing/every_cut.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// For `EXPECT_TRUE(sameAtEveryCut(...))`, which goes on after a difference; the arguments are
/// those of expectSameAtEveryCut.
template <class... Arguments>
::testing::AssertionResult sameAtEveryCut(std::string_view transcript, Arguments&&... arguments) {
  try {
    expectSameAtEveryCut(transcript, std::forward<Arguments>(arguments)...);
    return ::testing::AssertionSuccess();
  } catch (const CutDifference& difference) {
    return ::testing::AssertionFailure() << difference.what();
  }
}

}  // namespace couplet::testing
#pragma GCC visibility pop
