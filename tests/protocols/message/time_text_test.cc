// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/time_text.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <ratio>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "messages.h"

namespace couplet {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

template <class Length>
std::optional<sys_time<Length>> timeOf(std::string_view text) {
  sys_time<Length> time;
  return parseTime(text, time) ? std::optional(time) : std::nullopt;
}

template <class Length>
std::optional<Length> lengthOf(std::string_view text) {
  Length length;
  return parseDuration(text, length) ? std::optional(length) : std::nullopt;
}

constexpr sys_days kFirstDay = sys_days(year(0) / 1 / 1);
constexpr sys_days kLastDay = sys_days(year(9999) / 12 / 31);
constexpr sys_days kDay = sys_days(year(2026) / 11 / 21);

// Crunch 1: Time points (ISO 8601, UTC, `Z`).
TEST(TimeTextTest, IsUTC) {
  EXPECT_EQ(formatTime(sys_seconds(kDay) + 9h + 30min), "2026-11-21T09:30:00Z");
  EXPECT_EQ(formatTime(sys_time<milliseconds>(kDay) + 250ms), "2026-11-21T00:00:00.25Z");
  EXPECT_EQ(formatTime(sys_time<nanoseconds>(kDay) + 1ns), "2026-11-21T00:00:00.000000001Z");
  EXPECT_EQ(formatTime(sys_time<nanoseconds>() - 1ns), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(formatTime(sys_time<minutes>(kDay) + 1min), "2026-11-21T00:01:00Z");
}

TEST(TimeTextTest, WholeDaysAreADate) {
  EXPECT_EQ(formatTime(kDay), "2026-11-21");
  EXPECT_EQ(timeOf<days>("2026-11-21"), kDay);
  EXPECT_FALSE(timeOf<days>("2026-11-21T00:00:00Z"));
  EXPECT_FALSE(timeOf<seconds>("2026-11-21"));
}

TEST(TimeTextTest, RoundTripsTheYears0To9999) {
  EXPECT_EQ(roundTrip(kFirstDay), kFirstDay);
  EXPECT_EQ(roundTrip(kLastDay), kLastDay);
  const sys_time<microseconds> first(kFirstDay);
  const sys_time<microseconds> last = sys_time<microseconds>(kLastDay + days(1)) - 1us;
  EXPECT_EQ(roundTrip(first), first);
  EXPECT_EQ(toValue(last), "\"9999-12-31T23:59:59.999999Z\"");
  EXPECT_EQ(roundTrip(last), last);
  EXPECT_EQ(toValue(kFirstDay), "\"0000-01-01\"");
}

TEST(TimeTextTest, RoundTripsNanoseconds) {
  for (const auto since : {nanoseconds::min(), nanoseconds::max(), -1ns, 0ns, 999'999'999ns}) {
    EXPECT_EQ(roundTrip(sys_time<nanoseconds>(since)), sys_time<nanoseconds>(since));
  }
}

TEST(TimeTextTest, HasNoTextOutsideOfTheYears) {
  EXPECT_THROW(formatTime(kFirstDay - days(1)), std::out_of_range);
  EXPECT_THROW(formatTime(kLastDay + days(1)), std::out_of_range);
  EXPECT_THROW(formatTime(sys_seconds(kFirstDay) - 1s), std::out_of_range);
  EXPECT_THROW(formatTime(sys_seconds(seconds::max())), std::out_of_range);
  EXPECT_THROW(formatTime(sys_time<hours>(hours::min())), std::out_of_range);
  EXPECT_THROW(formatTime(sys_days::max()), std::out_of_range);
  EXPECT_EQ(whyNot([] { return toValue(sys_seconds::max()); }),
            R"(a time outside of the years 0 to 9999 for member "value" of "Holder")");
}

TEST(TimeTextTest, OtherOffsetsAreBroughtToUTC) {
  EXPECT_EQ(timeOf<seconds>("2026-11-21T01:00:00+01:30"), sys_seconds(kDay) - 30min);
  EXPECT_EQ(timeOf<seconds>("2026-11-21T01:00:00-01:30"), sys_seconds(kDay) + 150min);
  EXPECT_EQ(timeOf<seconds>("2026-11-21T01:00:00-00:00"), sys_seconds(kDay) + 1h);
}

TEST(TimeTextTest, AnOffsetDoesNotLeaveTheYears) {
  EXPECT_FALSE(timeOf<seconds>("0000-01-01T00:00:00+00:01"));
  EXPECT_FALSE(timeOf<seconds>("9999-12-31T23:59:59-00:01"));
  EXPECT_TRUE(timeOf<seconds>("0000-01-01T00:01:00+00:01"));
}

TEST(TimeTextTest, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-21T09:30Z",
                           "2026-11-21T09:30:00",
                           "2026-11-21 09:30:00Z",
                           "2026-11-21T09:30:00z",
                           "2026-11-21t09:30:00Z",
                           "2026-11-21T24:00:00Z",
                           "2026-11-21T23:60:00Z",
                           "2026-11-21T23:59:60Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-32T00:00:00Z",
                           "2026-11-21T09:30:00.Z",
                           "2026-11-21T09:30:00.0000000000Z",
                           "2026-11-21T09:30:00,5Z",
                           "2026-11-21T09:30:00+24:00",
                           "2026-11-21T09:30:00+0100",
                           "2026-11-21T09:30:00+01",
                           "2026-11-21T09:30:00ZZ",
                           "+2026-11-21T09:30:00Z",
                           "-001-11-21T09:30:00Z",
                           "12026-11-21T09:30:00Z",
                           " 2026-11-21T09:30:00Z"}) {
    EXPECT_FALSE(timeOf<nanoseconds>(text)) << text;
  }
}

TEST(TimeTextTest, KnowsTheLeapYears) {
  EXPECT_TRUE(timeOf<days>("2024-02-29"));
  EXPECT_TRUE(timeOf<days>("2000-02-29"));
  EXPECT_TRUE(timeOf<days>("0000-02-29"));
  EXPECT_FALSE(timeOf<days>("1900-02-29"));
  EXPECT_FALSE(timeOf<days>("2026-02-29"));
  EXPECT_FALSE(timeOf<days>("2026-04-31"));
}

TEST(TimeTextTest, RefusesWhatIsMoreExactThanItsType) {
  EXPECT_FALSE(timeOf<seconds>("2026-11-21T09:30:00.5Z"));
  EXPECT_FALSE(timeOf<milliseconds>("2026-11-21T09:30:00.0005Z"));
  EXPECT_FALSE(timeOf<hours>("2026-11-21T09:30:00Z"));
  EXPECT_TRUE(timeOf<milliseconds>("2026-11-21T09:30:00.500000000Z"));
  EXPECT_FALSE(timeOf<nanoseconds>("1600-01-01T00:00:00Z")) << "before the first of nanoseconds";
}

// Crunch 1: Durations.
TEST(DurationTextTest, HasHoursMinutesAndSeconds) {
  EXPECT_EQ(formatDuration(0s), "PT0S");
  EXPECT_EQ(formatDuration(90min), "PT1H30M");
  EXPECT_EQ(formatDuration(3600s), "PT1H");
  EXPECT_EQ(formatDuration(1500ms), "PT1.5S");
  EXPECT_EQ(formatDuration(-1ns), "-PT0.000000001S");
  EXPECT_EQ(formatDuration(-1500ms), "-PT1.5S");
  EXPECT_EQ(formatDuration(60s + 1ms), "PT1M0.001S");
  EXPECT_EQ(formatDuration(days(2)), "PT48H");
}

template <class Length>
class DurationLimitsTest : public ::testing::Test {};
using Lengths = ::testing::Types<nanoseconds, microseconds, milliseconds, seconds,
                                 duration<std::int32_t>, duration<std::uint8_t, std::ratio<60>>,
                                 duration<std::uint64_t, std::nano>, duration<int, days::period>>;
TYPED_TEST_SUITE(DurationLimitsTest, Lengths);

TYPED_TEST(DurationLimitsTest, RoundTripsItsLimits) {
  using Length = TypeParam;
  for (const Length length : {Length::min(), Length(1), Length::zero(), Length(100)}) {
    EXPECT_EQ(roundTrip(length), length) << length.count();
  }
  if (sizeof(typename Length::rep) < 8 || Length::min() < Length::zero()) {
    EXPECT_EQ(roundTrip(Length::max()), Length::max());
    EXPECT_EQ(roundTrip(Length::max() - Length(1)), Length::max() - Length(1));
  }
}

TEST(DurationTextTest, HasNoTextBeyond64BitsOfSeconds) {
  EXPECT_THROW(formatDuration(hours::max()), std::out_of_range);
  EXPECT_THROW(formatDuration(duration<std::int64_t, days::period>::min()), std::out_of_range);
  EXPECT_EQ(whyNot([] { return toValue(minutes(INT64_MAX)); }),
            R"(a duration of more than 2^63 seconds for member "value" of "Holder")");
}

TEST(DurationTextTest, ReadsDaysAndWhatHasNoSmallUnits) {
  EXPECT_EQ(lengthOf<seconds>("P1DT2H"), 26h);
  EXPECT_EQ(lengthOf<seconds>("P2D"), 48h);
  EXPECT_EQ(lengthOf<seconds>("-P1DT1S"), -(24h + 1s));
  EXPECT_EQ(lengthOf<seconds>("PT90M"), 90min);
  EXPECT_EQ(lengthOf<milliseconds>("PT0.25S"), 250ms);
  EXPECT_EQ(lengthOf<milliseconds>("-PT0.25S"), -250ms);
  EXPECT_EQ(lengthOf<seconds>("-PT0S"), 0s);
}

TEST(DurationTextTest, RefusesWhatIsNoDuration) {
  for (const char* text :
       {"",       "P",     "PT",    "-P",   "P1",   "PT1",   "1S",    "PT1SM",  "PT1S1M",
        "PT1M1M", "P1DT",  "P1H",   "PT1D", "P1Y",  "P1M",   "P1W",   "PT1.5M", "PT1.S",
        "PT.5S",  "PT-1S", "+PT1S", "pt1s", "PT1s", "PTT1S", "PT1S ", "PT1,5S", "PT0.0000000001S",
        "--PT1S"}) {
    EXPECT_FALSE(lengthOf<nanoseconds>(text)) << text;
  }
}

TEST(DurationTextTest, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(lengthOf<seconds>("PT9223372036854775807S"));
  EXPECT_FALSE(lengthOf<seconds>("PT9223372036854775808S"));
  EXPECT_TRUE(lengthOf<seconds>("-PT9223372036854775808S"));
  EXPECT_FALSE(lengthOf<seconds>("-PT9223372036854775808.1S"));
  EXPECT_FALSE(lengthOf<seconds>("-PT9223372036854775809S"));
  EXPECT_FALSE(lengthOf<seconds>("PT18446744073709551616S"));
  EXPECT_FALSE(lengthOf<seconds>("P18446744073709551615D"));
  EXPECT_FALSE(lengthOf<seconds>("PT18446744073709551615M18446744073709551615S"));
  EXPECT_FALSE(lengthOf<nanoseconds>("PT9223372037S"));
  EXPECT_FALSE((lengthOf<duration<std::uint8_t>>("PT256S")));
  EXPECT_FALSE((lengthOf<duration<std::uint8_t>>("-PT1S")));
}

TEST(DurationTextTest, FloatingPointIsRoundedToNanoseconds) {
  using Seconds = duration<double>;
  for (const double count : {0.0, 0.1, 0.3, -0.3, 1.5, 1e9, 0.999999999, -1e-9}) {
    EXPECT_EQ(roundTrip(Seconds(count)).count(), count);
  }
  EXPECT_EQ(formatDuration(Seconds(0.9999999999)), "PT1S");
  EXPECT_EQ((formatDuration(duration<float, std::milli>(1.5F))), "PT0.0015S");
  EXPECT_THROW(formatDuration(Seconds(std::nan(""))), std::out_of_range);
  EXPECT_THROW(formatDuration(Seconds(-std::numeric_limits<double>::infinity())),
               std::out_of_range);
  EXPECT_THROW(formatDuration(Seconds(1e19)), std::out_of_range);
}

TEST(TimeTextTest, FloatingPointIsReadOnlyWhereItCanBeWritten) {
  sys_time<duration<double>> time;
  EXPECT_TRUE(parseTime("9999-12-31T23:59:59.5Z", time));
  EXPECT_EQ(formatTime(time), "9999-12-31T23:59:59.5Z");
  EXPECT_FALSE(parseTime("9999-12-31T23:59:59.999999999Z", time));
  duration<double> length;
  EXPECT_FALSE(parseDuration("PT9223372036854775807S", length));
  EXPECT_FALSE(parseDuration("-PT9223372036854775808S", length));
}

TEST(DurationTextTest, ErrorsNameTheValue) {
  EXPECT_EQ(whyNoValue<seconds>(R"("PT0.5S")"),
            R"("PT0.5S" is not a duration for member "value" of "Holder")");
  EXPECT_EQ(whyNoValue<sys_seconds>("0"), R"(0 is not a time for member "value" of "Holder")");
  EXPECT_EQ(whyNoValue<sys_days>(R"("2026-02-30")"),
            R"("2026-02-30" is not a date for member "value" of "Holder")");
}

}  // namespace
}  // namespace couplet
