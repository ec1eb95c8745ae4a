// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/text.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/protocols/message/bytes.h>
#include <couplet/protocols/message/enumeration.h>

#include "messages.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;
using std::string_literals::operator""s;

/// The value of a Holder, as its text has it.
template <class T>
std::string textOf(const T& value) {
  const std::string text = toText(Holder<T>{value});
  return text.substr(13, text.size() - 14);
}

// Crunch 28: Numbers as Python prints them: `42.0`, `1e+22`.
TEST(NumberTextTest, IsPythonsOfADouble) {
  const struct {
    double number;
    const char* text;
  } kCases[] = {{42, "42.0"},
                {0, "0.0"},
                {-0.0, "-0.0"},
                {0.1, "0.1"},
                {100, "100.0"},
                {1e15, "1000000000000000.0"},
                {1e16, "1e+16"},
                {9007199254740993.0, "9007199254740992.0"},
                {12345678901234567.0, "1.2345678901234568e+16"},
                {1e22, "1e+22"},
                {1e-4, "0.0001"},
                {1e-5, "1e-05"},
                {1.5e-7, "1.5e-07"},
                {1e100, "1e+100"},
                {2.0 / 3, "0.6666666666666666"},
                {-0.00012345678901234567, "-0.00012345678901234567"},
                {1.7976931348623157e308, "1.7976931348623157e+308"},
                {5e-324, "5e-324"},
                {-2.2250738585072014e-308, "-2.2250738585072014e-308"}};
  for (const auto& one : kCases) EXPECT_EQ(numberText(one.number), one.text);
}

TEST(NumberTextTest, IsPythonsOfWhatIsNoNumber) {
  EXPECT_EQ(numberText(std::nan("")), "nan");
  EXPECT_EQ(numberText(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(numberText(-std::numeric_limits<double>::infinity()), "-inf");
}

// Crunch 28: The program's result is printed as `Output(value=42.0)`.
TEST(MessageTextTest, IsLikePythonsOfAnObject) {
  EXPECT_EQ(toText(Output{42}), "Output(value=42.0)");
  EXPECT_EQ(toText(Multiply{6, 7}), "Multiply(x=6.0, y=7.0)");
}

TEST(MessageTextTest, QuotesAsPythonDoes) {
  EXPECT_EQ(textOf("a"s), "'a'");
  EXPECT_EQ(textOf("it's"s), "\"it's\"");
  EXPECT_EQ(textOf("'\""s), "'\\'\"'");
  EXPECT_EQ(textOf("\\\n\r\t\0\x7f€"s), R"('\\\n\r\t\x00\x7f€')");
  EXPECT_EQ(textOf("\xc2\x85|\xff"s), R"('\x85|\xff')");
}

TEST(MessageTextTest, HasPythonsWordsAndBrackets) {
  EXPECT_EQ(textOf(true), "True");
  EXPECT_EQ(textOf(std::optional<int>()), "None");
  EXPECT_EQ(textOf(std::optional<int>(-1)), "-1");
  EXPECT_EQ(textOf(std::vector<std::uint8_t>{1, 255}), "[1, 255]");
  EXPECT_EQ(textOf(std::map<std::string, float>{{"a", 0.1F}}), "{'a': 0.1}");
  EXPECT_EQ(textOf(std::map<int, bool>{{1, false}}), "[(1, False)]");
  EXPECT_EQ(textOf(std::vector<Output>{{1}}), "[Output(value=1.0)]");
}

TEST(MessageTextTest, HasTimesAndBytesAsTheyAreOnTheWire) {
  EXPECT_EQ(textOf(std::chrono::seconds(90)), "PT1M30S");
  EXPECT_EQ(textOf(Bytes{"a"}), "YQ==");
}

enum class Only { kOne, kNone };
constexpr auto enumerators(Only) { return named<Only>({{"one", Only::kOne}}); }

TEST(MessageTextTest, NeverThrows) {
  EXPECT_EQ(textOf(std::nan("")), "nan");
  EXPECT_EQ(textOf(Only::kNone), "?");
  EXPECT_EQ(textOf(std::chrono::hours::max()), "?");
}

TEST(MessageTextTest, EndsWhereMessagesAreTooDeep) {
  const std::string text = toText(Tree::ofDepth(1000));
  EXPECT_NE(text.find("..."), std::string::npos);
  EXPECT_LT(text.size(), 2000U);
}

}  // namespace
}  // namespace couplet
