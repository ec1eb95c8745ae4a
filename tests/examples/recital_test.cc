// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/recital.h"

#include <sstream>

#include <gtest/gtest.h>

namespace poetry {

TEST(RecitalTest, PrintsInTheOrderAskedFor) {
  std::ostringstream out;
  Recital recital(3, out);
  recital.poemCame(2, "c");
  EXPECT_EQ(out.str(), "");
  recital.poemCame(0, "a");
  EXPECT_EQ(out.str(), "a");
  recital.poemCame(1, "b");
  EXPECT_EQ(out.str(), "abc");
  EXPECT_TRUE(recital.complete());
}

TEST(RecitalTest, APoemThatFailedHoldsNobodyUp) {
  std::ostringstream out;
  Recital recital(2, out);
  recital.poemCame(1, "b");
  recital.poemFailed(0);
  EXPECT_EQ(out.str(), "b");
  EXPECT_FALSE(recital.complete());
}

TEST(RecitalTest, AnEmptyPoemIsAPoem) {
  std::ostringstream out;
  Recital recital(1, out);
  EXPECT_FALSE(recital.complete());
  recital.poemCame(0, "");
  EXPECT_TRUE(recital.complete());
}

}  // namespace poetry
