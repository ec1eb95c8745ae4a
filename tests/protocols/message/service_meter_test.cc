// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// When requests are shed, and what is counted.
#include <couplet/protocols/message/service_meter.h>

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace couplet {
namespace {

using namespace std::chrono_literals;

/// After 16 answers that took so long each.
ServiceMeter after(Duration took) {
  ServiceMeter meter;
  for (int i = 0; i < 16; ++i) {
    meter.admit();
    meter.finished(took, false);
  }
  return meter;
}

// Crunch 24: At 0.75 of 3 s 10 %, at 0.9 25 %, at 1.0 and above 50 %.
TEST(ServiceMeterTest, ShedsMoreTheLongerAnswersTake) {
  EXPECT_EQ(after(2249ms).shedding(), 0);
  EXPECT_EQ(after(2250ms).shedding(), 10);
  EXPECT_EQ(after(2699ms).shedding(), 10);
  EXPECT_EQ(after(2700ms).shedding(), 25);
  EXPECT_EQ(after(2999ms).shedding(), 25);
  EXPECT_EQ(after(3s).shedding(), 50);
  EXPECT_EQ(after(1h).shedding(), 50);
}

// Crunch 24: The mean of the last 16 transactions.
TEST(ServiceMeterTest, TheLast16Count) {
  ServiceMeter meter = after(3s);
  for (int i = 0; i < 15; ++i) meter.finished(0s, false);
  EXPECT_EQ(meter.mean(), 187'500us);
  meter.finished(0s, false);
  EXPECT_EQ(meter.mean(), 0s);
  EXPECT_EQ(meter.shedding(), 0);
}

TEST(ServiceMeterTest, AFewAnswersSayNothing) {
  ServiceMeter meter;
  for (int i = 0; i < 15; ++i) meter.finished(10s, false);
  EXPECT_EQ(meter.shedding(), 0);
  meter.finished(10s, false);
  EXPECT_EQ(meter.shedding(), 50);
}

/// What becomes of so many requests: 'x' is shed.
std::string admissions(ServiceMeter meter, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += meter.admit() ? '.' : 'x';
  return all;
}

// Crunch 26: Shedding is even: every tenth, not ten in a row.
TEST(ServiceMeterTest, ShedsEvenly) {
  EXPECT_EQ(admissions(after(2s), 10), "..........");
  EXPECT_EQ(admissions(after(2300ms), 20), ".........x.........x");
  EXPECT_EQ(admissions(after(2800ms), 8), "...x...x");
  EXPECT_EQ(admissions(after(4s), 6), ".x.x.x");
}

// Crunch 26: Counts and percentiles are visible.
TEST(ServiceMeterTest, Counts) {
  ServiceMeter meter = after(4s);
  EXPECT_TRUE(meter.admit());
  EXPECT_FALSE(meter.admit());
  EXPECT_EQ(meter.admitted(), 17u);
  EXPECT_EQ(meter.shed(), 1u);
  EXPECT_EQ(meter.atWork(), 1u);
  meter.finished(1s, true);
  EXPECT_EQ(meter.atWork(), 0u);
  EXPECT_EQ(meter.failed(), 1u);
}

// Crunch 26
TEST(ServiceMeterTest, PercentilesAreUpToATenthTooLong) {
  ServiceMeter meter;
  EXPECT_EQ(meter.percentile(0.5), 0s);
  for (int i = 1; i <= 100; ++i) meter.finished(i * 1ms, false);
  for (const int share : {1, 50, 90, 99, 100}) {
    const Duration least = share * 1ms;
    EXPECT_GE(meter.percentile(share / 100.0), least) << share;
    EXPECT_LE(meter.percentile(share / 100.0), least * 11 / 10 + 1us) << share;
  }
}

TEST(ServiceMeterTest, TimesOfAnyLengthAreCounted) {
  ServiceMeter meter;
  meter.finished(0s, false);
  meter.finished(Duration::max() / 32, false);
  EXPECT_LE(meter.percentile(0.5), 1us);
  EXPECT_GE(meter.percentile(1), 1h);
}

TEST(ServiceMeterTest, WhatIsExpectedMayChange) {
  ServiceMeter meter = after(2s);
  meter.expect(1s);
  EXPECT_EQ(meter.shedding(), 50);
}

}  // namespace
}  // namespace couplet
