// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Booleans and numbers in JSON, at their limits and beyond.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "messages.h"

namespace couplet {
namespace {

template <class T>
class MessageIntegerTest : public ::testing::Test {
 public:
  static constexpr T kLeast = std::numeric_limits<T>::min();
  static constexpr T kMost = std::numeric_limits<T>::max();
};
using Integers =
    ::testing::Types<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                     std::uint32_t, std::int64_t, std::uint64_t, long, unsigned long long>;
TYPED_TEST_SUITE(MessageIntegerTest, Integers);

/// The decimal number after, or before where that is further from 0.
std::string beyond(std::string number) {
  for (std::size_t at = number.size(); at-- > 0;) {
    if (number[at] != '9') return ++number[at], number;
    number[at] = '0';
  }
  return "1" + number;
}

// Crunch 1: Integers of every width.
TYPED_TEST(MessageIntegerTest, RoundTripsItsLimits) {
  EXPECT_EQ(roundTrip(this->kLeast), this->kLeast);
  EXPECT_EQ(roundTrip(this->kMost), this->kMost);
  EXPECT_EQ(toValue(this->kMost), std::to_string(this->kMost));
}

// Crunch 1: Integers of every width; one beyond is refused.
TYPED_TEST(MessageIntegerTest, RefusesOneBeyondItsLimits) {
  const std::string above = beyond(std::to_string(this->kMost));
  const std::string below = this->kLeast == 0 ? "-1" : beyond(std::to_string(this->kLeast));
  EXPECT_EQ(whyNoValue<TypeParam>(above),
            above + " is out of range for member \"value\" of \"Holder\"");
  EXPECT_EQ(whyNoValue<TypeParam>(below),
            below + " is out of range for member \"value\" of \"Holder\"");
}

TEST(MessageNumberTest, AnIntegerHasNoPointAndNoExponent) {
  EXPECT_EQ(whyNoValue<int>("1.0"), "1.0 is not an integer for member \"value\" of \"Holder\"");
  EXPECT_NE(whyNoValue<int>("1e3"), "");
}

TEST(MessageNumberTest, AnIntegerOfManyDigitsIsOutOfRange) {
  const std::string why = whyNoValue<int>(std::string(1000, '7'));
  EXPECT_NE(why.find("... is out of range"), std::string::npos) << why;
}

// Crunch 1: bool.
TEST(MessageNumberTest, RoundTripsABool) {
  EXPECT_EQ(toValue(true), "true");
  EXPECT_TRUE(roundTrip(true));
  EXPECT_FALSE(roundTrip(false));
}

TEST(MessageNumberTest, ANumberIsNoBool) {
  EXPECT_EQ(whyNoValue<bool>("1"), "1 is not true or false for member \"value\" of \"Holder\"");
}

template <class T>
class MessageRealTest : public ::testing::Test {
 public:
  using Limits = std::numeric_limits<T>;
};
using Reals = ::testing::Types<float, double>;
TYPED_TEST_SUITE(MessageRealTest, Reals);

// Crunch 1: double, at its limits.
TYPED_TEST(MessageRealTest, RoundTripsItsLimits) {
  using Limits = std::numeric_limits<TypeParam>;
  for (const TypeParam number :
       {Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(), -Limits::denorm_min(),
        Limits::epsilon(), std::nextafter(TypeParam(1), TypeParam(2)),
        std::nextafter(Limits::min(), TypeParam(0)), TypeParam(0.1), TypeParam(1) / 3}) {
    EXPECT_EQ(roundTrip(number), number) << number;
  }
}

TYPED_TEST(MessageRealTest, KeepsTheSignOfZero) {
  EXPECT_TRUE(std::signbit(roundTrip(TypeParam(-0.0))));
  EXPECT_FALSE(std::signbit(roundTrip(TypeParam(0.0))));
}

// Crunch 1: NaN and infinity are refused.
TYPED_TEST(MessageRealTest, WritesNeitherNaNNorAnInfinity) {
  using Limits = std::numeric_limits<TypeParam>;
  EXPECT_EQ(whyNot([] { return toValue(Limits::quiet_NaN()); }),
            "nan is no number in JSON for member \"value\" of \"Holder\"");
  EXPECT_EQ(whyNot([] { return toValue(-Limits::infinity()); }),
            "-inf is no number in JSON for member \"value\" of \"Holder\"");
}

// Crunch 1: NaN and infinity are refused, also where a number rounds to one.
TYPED_TEST(MessageRealTest, ReadsNeitherNaNNorAnInfinity) {
  for (const char* text : {"NaN", "nan", "Infinity", "-Infinity", "inf", "1e999", "-1e999"}) {
    EXPECT_NE(whyNoValue<TypeParam>(text), "") << text;
  }
}

TYPED_TEST(MessageRealTest, ANumberThatWouldBecomeZeroIsOutOfRange) {
  EXPECT_EQ(whyNoValue<TypeParam>("1e-400"),
            "1e-400 is out of range for member \"value\" of \"Holder\"");
  EXPECT_EQ(fromValue<TypeParam>("0.00e-400"), TypeParam(0));
}

TEST(MessageNumberTest, AFloatRefusesWhatOnlyADoubleHolds) {
  EXPECT_NE(whyNoValue<float>("1e39"), "");
  EXPECT_NE(whyNoValue<float>("1e-60"), "");
  EXPECT_EQ(fromValue<double>("1e39"), 1e39);
}

// Crunch 8: An integer is fine for a double.
TEST(MessageNumberTest, AnIntegerIsFineForADouble) {
  EXPECT_EQ(fromValue<double>("6"), 6.0);
  EXPECT_EQ(fromValue<double>("-12345678901234567890123"), -12345678901234567890123.0);
}

// Crunch 28: Numbers as Python prints them; so they are in JSON.
TEST(MessageNumberTest, WritesDoublesAsPythonDoes) {
  EXPECT_EQ(toValue(42.0), "42.0");
  EXPECT_EQ(toValue(2.0 / 3.0), "0.6666666666666666");
  EXPECT_EQ(toValue(1e22), "1e+22");
  EXPECT_EQ(toValue(-0.0), "-0.0");
}

TEST(MessageNumberTest, AFloatHasItsOwnShortestText) { EXPECT_EQ(toValue(0.1F), "0.1"); }

TEST(MessageNumberTest, TakesOnlyTheNumbersOfJSON) {
  for (const char* text : {"01", "-01", "1.", ".5", "+1", "0x10", "1e", "1e+", "-", "--1", "1_000",
                           "1,5", "1.e5", "١"}) {
    EXPECT_NE(whyNoValue<double>(text), "") << text;
    EXPECT_NE(whyNoValue<int>(text), "") << text;
  }
}

TEST(MessageNumberTest, TakesEveryFormOfANumber) {
  EXPECT_EQ(fromValue<double>("-1.5E+2"), -150.0);
  EXPECT_EQ(fromValue<double>("15e-1"), 1.5);
  EXPECT_EQ(fromValue<double>("0.1000000000000000055511151231257827021181583404541015625"), 0.1);
}

TEST(MessageNumberTest, RoundsAsTheNearestDouble) {
  EXPECT_EQ(fromValue<double>("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(fromValue<double>("9007199254740993.0000000000000000000000001"), 9007199254740994.0);
}

}  // namespace
}  // namespace couplet
