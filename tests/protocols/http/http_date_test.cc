// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/http_date.h>

#include <ctime>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>

namespace couplet {
namespace {

using ::testing::Optional;
using ::testing::TestWithParam;
using ::testing::Values;

constexpr std::time_t kExample = 784111777;  // RFC 9110 5.6.7
constexpr std::time_t kNow = 1731000000;     // 2024-11-07 17:20:00

std::string written(std::time_t time) {
  const HTTPDate date = formatHTTPDate(time);
  return std::string(date.data(), date.size());
}

// Formatting.

using Written = std::pair<std::time_t, std::string>;

class HTTPDateWrittenTest : public TestWithParam<Written> {};

TEST_P(HTTPDateWrittenTest, IsFormatted) {
  EXPECT_EQ(written(GetParam().first), GetParam().second);
}

TEST_P(HTTPDateWrittenTest, IsParsedBack) {
  EXPECT_THAT(parseHTTPDate(GetParam().second, kNow), Optional(GetParam().first));
}

INSTANTIATE_TEST_SUITE_P(Dates, HTTPDateWrittenTest,
                         Values(Written{kExample, "Sun, 06 Nov 1994 08:49:37 GMT"},
                                Written{0, "Thu, 01 Jan 1970 00:00:00 GMT"},
                                Written{-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
                                Written{951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
                                Written{1709251199, "Thu, 29 Feb 2024 23:59:59 GMT"},
                                Written{4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
                                Written{2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
                                Written{253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
                                Written{-62167219200, "Sat, 01 Jan 0000 00:00:00 GMT"}));

TEST(HTTPDateTest, HasNoRoomForOtherYears) {
  EXPECT_THROW(formatHTTPDate(253402300800), std::out_of_range);
  EXPECT_THROW(formatHTTPDate(-62167219201), std::out_of_range);
  EXPECT_THROW(formatHTTPDate(std::numeric_limits<std::time_t>::max()), std::out_of_range);
  EXPECT_THROW(formatHTTPDate(std::numeric_limits<std::time_t>::min()), std::out_of_range);
}

TEST(HTTPDateTest, EveryDayOfSixCenturiesComesBack) {
  for (std::time_t day = -135140; day < 84006; ++day) {  // 1600-01-01 to 2199-12-31
    const std::time_t time = day * 86400 + 45296;
    ASSERT_THAT(parseHTTPDate(written(time), kNow), Optional(time)) << written(time);
  }
}

// Parsing: RFC 9110 5.6.7.

TEST(HTTPDateTest, ReadsIMFFixdate) {
  EXPECT_THAT(parseHTTPDate("Sun, 06 Nov 1994 08:49:37 GMT", kNow), Optional(kExample));
}

TEST(HTTPDateTest, ReadsRFC850) {
  EXPECT_THAT(parseHTTPDate("Sunday, 06-Nov-94 08:49:37 GMT", kNow), Optional(kExample));
}

TEST(HTTPDateTest, ReadsAsctime) {
  EXPECT_THAT(parseHTTPDate("Sun Nov  6 08:49:37 1994", kNow), Optional(kExample));
}

TEST(HTTPDateTest, ReadsAsctimeWithTwoDigits) {
  EXPECT_THAT(parseHTTPDate("Wed Nov 16 08:49:37 1994", kNow), Optional(kExample + 10 * 86400));
}

TEST(HTTPDateTest, ALeapSecondIsTheNextMinutesFirst) {
  EXPECT_THAT(parseHTTPDate("Sat, 31 Dec 2016 23:59:60 GMT", kNow), Optional(1483228800));
}

TEST(HTTPDateTest, TheDaysNameIsNotCompared) {
  EXPECT_THAT(parseHTTPDate("Mon, 06 Nov 1994 08:49:37 GMT", kNow), Optional(kExample));
}

TEST(HTTPDateTest, TwoDigitsAreFiftyYearsAheadAtMost) {
  EXPECT_THAT(parseHTTPDate("Wednesday, 07-Nov-74 17:20:00 GMT", kNow), Optional(3308836800));
  EXPECT_THAT(parseHTTPDate("Thursday, 07-Nov-74 17:20:01 GMT", kNow), Optional(153076801));
}

TEST(HTTPDateTest, TwoDigitsAreOfTheCenturyOfNow) {
  constexpr std::time_t kThen = 4070908800;  // 2099-01-01
  EXPECT_EQ(parseHTTPDate("Tuesday, 06-Nov-94 08:49:37 GMT", kThen),
            parseHTTPDate("Sat, 06 Nov 2094 08:49:37 GMT", kThen));
}

TEST(HTTPDateTest, TwoDigitsOfALeapDay) {
  constexpr std::time_t kLeapDay = 1709164800;  // 2024-02-29
  EXPECT_EQ(parseHTTPDate("Thursday, 28-Feb-74 00:00:00 GMT", kLeapDay),
            parseHTTPDate("Wed, 28 Feb 2074 00:00:00 GMT", kLeapDay));
  EXPECT_EQ(parseHTTPDate("Thursday, 29-Feb-72 00:00:00 GMT", kLeapDay),
            parseHTTPDate("Mon, 29 Feb 2072 00:00:00 GMT", kLeapDay));
}

class HTTPDateRefusedTest : public TestWithParam<std::string> {};

TEST_P(HTTPDateRefusedTest, IsNoDate) { EXPECT_EQ(parseHTTPDate(GetParam(), kNow), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Forms, HTTPDateRefusedTest,
                         Values("", "Sun", "784111777", "sun, 06 Nov 1994 08:49:37 GMT",
                                "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 gmt",
                                "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
                                "Sun, 06 Nov 1994 08:49:37", " Sun, 06 Nov 1994 08:49:37 GMT",
                                "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun,  06 Nov 1994 08:49:37 GMT",
                                "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
                                "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT",
                                "Sunday, 06 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
                                "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
                                "Sun Nov   6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT",
                                "1994-11-06T08:49:37Z", "Sun, +6 Nov 1994 08:49:37 GMT",
                                "Sun, 06 Nov -994 08:49:37 GMT"));
INSTANTIATE_TEST_SUITE_P(Ranges, HTTPDateRefusedTest,
                         Values("Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
                                "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 29 Feb 2023 08:49:37 GMT",
                                "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
                                "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
                                "Sunday, 31-Nov-94 08:49:37 GMT", "Sun Feb 30 08:49:37 1994"));

TEST(HTTPDateTest, NoPartOfADateIsOne) {
  const std::string whole = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(parseHTTPDate(std::string_view(whole).substr(0, length), kNow), std::nullopt);
  }
}

// The dates of cookies: RFC 6265 5.1.1.

class CookieDateTest : public TestWithParam<std::string> {};

TEST_P(CookieDateTest, IsTheExample) {
  EXPECT_THAT(parseCookieDate(GetParam()), Optional(kExample));
}

INSTANTIATE_TEST_SUITE_P(Spellings, CookieDateTest,
                         Values("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                "Sun Nov  6 08:49:37 1994", "6 november 94 8:49:37",
                                "8:49:37 6 NOV 1994", "1994 nov 06 08:49:37", "6/Nov@94\t08:49:37",
                                "06Z Novxyz 1994a 08:49:37.25",
                                "6 November 1994 08:49:37 7 December 2001 09:50:38",
                                "nov;1994;6;08:49:37", "Sun, 06 Nov 1994 08:49:37 +0100"));

TEST(CookieDateTest, TwoDigitsAre1970To2069) {
  EXPECT_THAT(parseCookieDate("1 Jan 70 00:00:00"), Optional(0));
  EXPECT_THAT(parseCookieDate("1 Jan 69 00:00:00"), Optional(3124224000));
  EXPECT_THAT(parseCookieDate("1 Jan 99 00:00:00"), Optional(915148800));
  EXPECT_THAT(parseCookieDate("1 Jan 00 00:00:00"), Optional(946684800));
}

TEST(CookieDateTest, TheYear1601IsTheFirst) {
  EXPECT_THAT(parseCookieDate("1 Jan 1601 00:00:00"), Optional(-11644473600));
  EXPECT_EQ(parseCookieDate("31 Dec 1600 23:59:59"), std::nullopt);
}

class CookieDateRefusedTest : public TestWithParam<std::string> {};

TEST_P(CookieDateRefusedTest, IsNoDate) { EXPECT_EQ(parseCookieDate(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Missing, CookieDateRefusedTest,
                         Values("", "    ", "Nov 1994 08:49:37", "6 1994 08:49:37",
                                "6 Nov 08:49:37", "6 Nov 1994", "6 Nov 1994 08:49",
                                "6 No 1994 08:49:37", "6 Nov 19940 08:49:37",
                                "6 Nov 1994 008:49:37", "006 Nov 1994 08:49:37", "tomorrow"));
INSTANTIATE_TEST_SUITE_P(OutOfRange, CookieDateRefusedTest,
                         Values("0 Nov 1994 08:49:37", "32 Nov 1994 08:49:37",
                                "31 Nov 1994 08:49:37", "29 Feb 1995 08:49:37",
                                "6 Nov 1994 24:00:00", "6 Nov 1994 08:60:37", "6 Nov 1994 08:49:60",
                                "6 Nov 100 08:49:37"));

}  // namespace
}  // namespace couplet
