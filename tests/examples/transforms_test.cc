// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/transforms.h"

#include <string>

#include <gtest/gtest.h>

#include "examples/poetry/utf8.h"

namespace poetry {

TEST(TransformsTest, CummingsifyLowersTheCase) {
  EXPECT_EQ(cummingsify("HERE IS MY POEM"), "here is my poem");
  EXPECT_EQ(cummingsify("CÉLÈBRE"), "célèbre");
  EXPECT_EQ(cummingsify("ΣΑΣ"), "σασ");
  EXPECT_EQ(cummingsify(" Tabs\t& Lines\n "), " tabs\t& lines\n ");
  EXPECT_EQ(cummingsify(""), "");
}

TEST(TransformsTest, ScreamRaisesTheCase) {
  EXPECT_EQ(scream("mon cœur déçu, Straße"), "MON CŒUR DÉÇU, STRAßE");
}

TEST(TransformsTest, ScreamMayShrinkAndGrow) {
  EXPECT_EQ(scream("ıı").size(), 2u);
  EXPECT_EQ(scream("ɐ"), "Ɐ");
  EXPECT_GT(scream("ɐ").size(), std::string("ɐ").size());
}

TEST(TransformsTest, ReverseLinesPutsTheLastLineFirst) {
  EXPECT_EQ(reverseLines("one\ntwo\nthree\n"), "three\ntwo\none\n");
  EXPECT_EQ(reverseLines("one\ntwo"), "two\none");
}

TEST(TransformsTest, ReverseLinesKeepsEmptyLinesAndTheFinalNewline) {
  EXPECT_EQ(reverseLines("\n\na\n"), "a\n\n\n");
  EXPECT_EQ(reverseLines("a\n\n"), "\na\n");
  EXPECT_EQ(reverseLines("\n"), "\n");
  EXPECT_EQ(reverseLines("a"), "a");
  EXPECT_EQ(reverseLines(""), "");
}

TEST(TransformsTest, ReverseLinesTwiceIsThePoemAgain) {
  const std::string poem = "Tyger Tyger\n\nburning\nbright\n";
  EXPECT_EQ(reverseLines(reverseLines(poem)), poem);
}

TEST(TransformsTest, WhatIsNotUtf8IsNoPoem) {
  for (auto* transform : {cummingsify, scream, reverseLines})
    EXPECT_THROW(transform("po\xC3 em"), InvalidUtf8Error);
}

}  // namespace poetry
