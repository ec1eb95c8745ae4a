// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the errors say.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/message/text.h>

#include "messages.h"

namespace couplet {
namespace {

using std::string_literals::operator""s;

std::string refusal(std::string_view text) {
  return whyNot([&] { return fromJSON<Multiply>(text); });
}

// Crunch 10: `unknown member "z" in "Multiply"`.
TEST(JSONErrorTest, NamesAnUnknownMember) {
  EXPECT_EQ(refusal(R"({"z":1})"), R"(unknown member "z" in "Multiply")");
}

// Crunch 10: `"abc" is not a number for member "x" of "Multiply"`.
TEST(JSONErrorTest, NamesTheValueTheMemberAndTheRequest) {
  EXPECT_EQ(refusal(R"({"x":"abc"})"), R"("abc" is not a number for member "x" of "Multiply")");
  EXPECT_EQ(refusal(R"({"y":true})"), R"(true is not a number for member "y" of "Multiply")");
  EXPECT_EQ(refusal(R"({"y":{}})"), R"(an object is not a number for member "y" of "Multiply")");
  EXPECT_EQ(refusal(R"({"y":-1e309})"), R"(-1e309 is out of range for member "y" of "Multiply")");
}

TEST(JSONErrorTest, SaysWhereTheTextIsNoJSON) {
  EXPECT_EQ(refusal(R"({"x":NaN})"),
            R"(no JSON for member "x" of "Multiply", at byte 5, "NaN}": Invalid value.)");
}

bool isPrintable(char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; }

/// Texts with much, and with evil, at each place that an error may show.
std::vector<std::string> evilTexts() {
  const std::string much(1 << 20, 'a');
  const std::string evil = R"(\u0000\n\u001b[31m\u007f\u0085\u202e\u2028\ufeff)";
  std::vector<std::string> texts;
  for (const std::string& word : {much, evil, evil + much}) {
    const std::string quoted = '"' + word + '"';
    texts.push_back("{" + quoted + ":1}");
    texts.push_back("{\"x\":" + quoted + "}");
    texts.push_back(quoted);
    texts.push_back("{} " + word);
    texts.push_back("{\"x\":" + std::string(1 << 20, '9') + "}");
    texts.push_back("{\"x\":1e" + std::string(1 << 20, '9') + "}");
    texts.push_back("{\"x\":1} \x1b\x7f\xff" + word);
  }
  return texts;
}

TEST(JSONErrorTest, IsShortAndPrintableWhateverTheText) {
  for (const std::string& text : evilTexts()) {
    const std::string why = refusal(text);
    EXPECT_LT(why.size(), 300U);
    EXPECT_NE(why, "");
    EXPECT_TRUE(std::all_of(why.begin(), why.end(), isPrintable)) << why;
    EXPECT_EQ(roundTrip(why), why) << "is UTF-8";
  }
}

TEST(JSONErrorTest, CutsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "€";
  const std::string why = refusal("{\"x\":\"" + text + "\"}");
  EXPECT_EQ(why, '"' + text.substr(0, 60) + R"(..." is not a number for member "x" of "Multiply")");
}

TEST(JSONErrorTest, ShowsNeitherControlsNorMarksOfDirection) {
  EXPECT_EQ(refusal(R"({"\u0000\u001b\u007f\u0085\u202e\u2066\ufeff":1})"),
            R"(unknown member "???????" in "Multiply")");
}

// Crunch 10: The same of what a query has, which may be no UTF-8.
TEST(JSONErrorTest, OfAQueryIsPrintableToo) {
  Multiply multiply;
  EXPECT_EQ(whyNot([&] { return setMember(multiply, "x", "\xff\n\xc3"), 0; }),
            R"("???" is no UTF-8 for member "x" of "Multiply")");
  EXPECT_EQ(whyNot([&] { return setMember(multiply, "\xff", "1"), 0; }),
            R"(unknown member "?" in "Multiply")");
}

}  // namespace
}  // namespace couplet
