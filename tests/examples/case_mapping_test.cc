// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/poetry/case_mapping.h"

#include <gtest/gtest.h>

namespace poetry {

TEST(CaseMappingTest, MapsAscii) {
  EXPECT_EQ(toUpper(U'a'), U'A');
  EXPECT_EQ(toUpper(U'z'), U'Z');
  EXPECT_EQ(toLower(U'A'), U'a');
  EXPECT_EQ(toLower(U'Z'), U'z');
}

TEST(CaseMappingTest, LeavesWhatHasNoCase) {
  for (char32_t c : {U'\0', U'0', U'@', U'[', U'`', U'{', U'×', U'÷', U'中', U'\U0001F600'}) {
    EXPECT_EQ(toUpper(c), c);
    EXPECT_EQ(toLower(c), c);
  }
}

TEST(CaseMappingTest, LeavesACharacterThatIsInItsCase) {
  EXPECT_EQ(toUpper(U'É'), U'É');
  EXPECT_EQ(toLower(U'é'), U'é');
}

TEST(CaseMappingTest, MapsAccentsLigaturesAndOtherScripts) {
  EXPECT_EQ(toLower(U'É'), U'é');
  EXPECT_EQ(toUpper(U'œ'), U'Œ');
  EXPECT_EQ(toUpper(U'ÿ'), U'Ÿ');
  EXPECT_EQ(toLower(U'Ω'), U'ω');
  EXPECT_EQ(toUpper(U'ж'), U'Ж');
  EXPECT_EQ(toUpper(U'ა'), U'Ა');
  EXPECT_EQ(toUpper(U'\U00010428'), U'\U00010400');
}

TEST(CaseMappingTest, EveryOtherLetterOfAnAlternatingRun) {
  EXPECT_EQ(toLower(U'Ā'), U'ā');
  EXPECT_EQ(toUpper(U'ā'), U'Ā');
  EXPECT_EQ(toLower(U'ā'), U'ā');
  EXPECT_EQ(toUpper(U'Ā'), U'Ā');
}

TEST(CaseMappingTest, ACapitalSigmaIsNeverFinal) {
  EXPECT_EQ(toLower(U'Σ'), U'σ');
  EXPECT_EQ(toUpper(U'ς'), U'Σ');
}

TEST(CaseMappingTest, WhatWouldBecomeTwoCharactersStays) {
  EXPECT_EQ(toUpper(U'ß'), U'ß');
  EXPECT_EQ(toUpper(U'ﬁ'), U'ﬁ');
  EXPECT_EQ(toUpper(U'ŉ'), U'ŉ');
  EXPECT_EQ(toUpper(U'ΐ'), U'ΐ');
}

TEST(CaseMappingTest, TheCapitalSharpSGoesToTheSmallOne) { EXPECT_EQ(toLower(U'ẞ'), U'ß'); }

TEST(CaseMappingTest, TheDottedCapitalIAndTheDotlessSmallOne) {
  EXPECT_EQ(toLower(U'İ'), U'i');
  EXPECT_EQ(toUpper(U'ı'), U'I');
}

TEST(CaseMappingTest, DigraphsHaveThreeForms) {
  EXPECT_EQ(toUpper(U'ǆ'), U'Ǆ');
  EXPECT_EQ(toUpper(U'ǅ'), U'Ǆ');
  EXPECT_EQ(toLower(U'ǅ'), U'ǆ');
}

TEST(CaseMappingTest, ASubscriptIotaStaysSubscript) {
  EXPECT_EQ(toUpper(U'ᾳ'), U'ᾼ');
  EXPECT_EQ(toUpper(U'ᾀ'), U'ᾈ');
  EXPECT_EQ(toUpper(U'ᾈ'), U'ᾈ');
}

}  // namespace poetry
