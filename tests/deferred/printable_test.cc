// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/printable.h>

#include <string>

#include <gtest/gtest.h>

namespace couplet {

using namespace std::string_literals;

TEST(PrintableTest, WhatCanBePrintedStaysAsItIs) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("HERE IS MY POEM: ~\\x1b"), "HERE IS MY POEM: ~\\x1b");
  EXPECT_EQ(printable("po\xc3\xa8me \xc2\xa0 \xe2\x80\x94"), "po\xc3\xa8me \xc2\xa0 \xe2\x80\x94");
}

TEST(PrintableTest, ControlBytesAreEscaped) {
  EXPECT_EQ(printable("a\x1b[31m\r\n\t\0\x7f"s), R"(a\x1b[31m\x0d\x0a\x09\x00\x7f)");
}

TEST(PrintableTest, ControlCharactersBeyondASCIIAreEscaped) {
  EXPECT_EQ(printable("\xc2\x9b[31m \xc2\x80"), R"(\xc2\x9b[31m \xc2\x80)");
  EXPECT_EQ(printable("\xc2"), "\xc2");
}

TEST(PrintableTest, OfALongTextTheBeginningIsGiven) {
  EXPECT_EQ(printable("poem", 4), "poem");
  EXPECT_EQ(printable("a\npoem", 4), R"(a\x0apo...)");
}

}  // namespace couplet
