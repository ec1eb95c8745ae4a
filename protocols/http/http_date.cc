// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/http_date.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include <couplet/protocols/http/detail/character_set.h>

namespace couplet {

namespace {

using detail::kDigits;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::int64_t kFirstSecond = -62167219200;  // 0000-01-01 00:00:00
constexpr std::int64_t kLastSecond = 253402300799;   // 9999-12-31 23:59:59

struct Moment {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

/// Does not ask whether there is such a day or time.
std::time_t secondsAt(const Moment& at) {
  const std::chrono::sys_days day = std::chrono::year(at.year) /
                                    std::chrono::month(static_cast<unsigned>(at.month)) /
                                    std::chrono::day(static_cast<unsigned>(at.day));
  const int second = at.hour * 3600 + at.minute * 60 + at.second;
  return std::time_t{day.time_since_epoch().count()} * 86400 + second;
}

bool dayExists(const Moment& at) {
  const std::chrono::year_month_day day{std::chrono::year(at.year),
                                        std::chrono::month(static_cast<unsigned>(at.month)),
                                        std::chrono::day(static_cast<unsigned>(at.day))};
  return day.ok();
}

/// Writes a date from its front to its end.
class DateWriter {
 public:
  explicit DateWriter(char* out) : out_(out) {}

  void text(std::string_view text) { out_ = std::copy(text.begin(), text.end(), out_); }
  void twoDigits(unsigned number) {
    *out_++ = static_cast<char>('0' + number / 10);
    *out_++ = static_cast<char>('0' + number % 10);
  }

 private:
  char* out_;
};

/// Reads a date from its front. Once something is wrong all is, and each read gives 0.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}

  /// All of it was read and right.
  bool done() const { return right_ && text_.empty(); }

  void literal(std::string_view literal) {
    right_ = right_ && text_.starts_with(literal);
    if (right_) text_.remove_prefix(literal.size());
  }

  int number(std::size_t digits) {
    right_ = right_ && text_.size() >= digits && kDigits.containsAll(text_.substr(0, digits));
    int number = 0;
    for (std::size_t i = 0; right_ && i < digits; ++i) number = 10 * number + (text_[i] - '0');
    if (right_) text_.remove_prefix(digits);
    return number;
  }

  /// Which of the names it is, from 1.
  int nameOf(std::span<const std::string_view> names) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](std::string_view name) { return text_.starts_with(name); });
    right_ = right_ && found != names.end();
    if (!right_) return 0;
    text_.remove_prefix(found->size());
    return static_cast<int>(found - names.begin()) + 1;
  }

  void timeOfDay(Moment& at) {
    at.hour = number(2);
    literal(":");
    at.minute = number(2);
    literal(":");
    at.second = number(2);
  }

  bool nextIs(char c) const { return right_ && text_.starts_with(c); }

 private:
  std::string_view text_;
  bool right_ = true;
};

bool readIMFFixdate(std::string_view text, Moment& at) {
  DateReader date(text);
  date.nameOf(kDays);
  date.literal(", ");
  at.day = date.number(2);
  date.literal(" ");
  at.month = date.nameOf(kMonths);
  date.literal(" ");
  at.year = date.number(4);
  date.literal(" ");
  date.timeOfDay(at);
  date.literal(" GMT");
  return date.done();
}

/// The year is that of its century.
bool readRFC850(std::string_view text, Moment& at) {
  DateReader date(text);
  date.nameOf(kLongDays);
  date.literal(", ");
  at.day = date.number(2);
  date.literal("-");
  at.month = date.nameOf(kMonths);
  date.literal("-");
  at.year = date.number(2);
  date.literal(" ");
  date.timeOfDay(at);
  date.literal(" GMT");
  return date.done();
}

bool readAsctime(std::string_view text, Moment& at) {
  DateReader date(text);
  date.nameOf(kDays);
  date.literal(" ");
  at.month = date.nameOf(kMonths);
  date.literal(" ");
  const bool oneDigit = date.nextIs(' ');
  if (oneDigit) date.literal(" ");
  at.day = date.number(oneDigit ? 1 : 2);
  date.literal(" ");
  date.timeOfDay(at);
  date.literal(" ");
  at.year = date.number(4);
  return date.done();
}

int yearOf(std::time_t time) {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::seconds(time));
  return static_cast<int>(std::chrono::year_month_day(std::chrono::sys_days(day)).year());
}

/// RFC 9110 5.6.7: more than 50 years ahead is a hundred years less.
void chooseCentury(Moment& at, std::time_t now) {
  at.year += yearOf(now) / 100 * 100;
  Moment fiftyYearsBefore = at;
  fiftyYearsBefore.year -= 50;
  if (secondsAt(fiftyYearsBefore) > now) at.year -= 100;
}

// RFC 6265 5.1.1.

bool isCookieDateDelimiter(char c) {
  return c == '\t' || (c >= 0x20 && c <= 0x2f) || (c >= 0x3b && c <= 0x40) ||
         (c >= 0x5b && c <= 0x60) || (c >= 0x7b && c <= 0x7e);
}

/// Takes a number of that many digits, and no more, off the front of `text`.
bool takeNumber(std::string_view& text, std::size_t fewest, std::size_t most, int& number) {
  std::size_t digits = 0;
  while (digits < text.size() && kDigits.contains(text[digits])) ++digits;
  if (digits < fewest || digits > most) return false;
  number = 0;
  for (const char c : text.substr(0, digits)) number = 10 * number + (c - '0');
  text.remove_prefix(digits);
  return true;
}

bool takeColon(std::string_view& text) {
  if (!text.starts_with(':')) return false;
  text.remove_prefix(1);
  return true;
}

bool readCookieTime(std::string_view token, Moment& at) {
  Moment read = at;
  if (!takeNumber(token, 1, 2, read.hour) || !takeColon(token) ||
      !takeNumber(token, 1, 2, read.minute) || !takeColon(token) ||
      !takeNumber(token, 1, 2, read.second)) {
    return false;
  }
  at = read;
  return true;
}

bool readCookieMonth(std::string_view token, Moment& at) {
  const std::string start = detail::lowerCase(token.substr(0, 3));
  const auto found = std::find_if(kMonths.begin(), kMonths.end(), [&](std::string_view month) {
    return detail::lowerCase(month) == start;
  });
  at.month = found == kMonths.end() ? 0 : static_cast<int>(found - kMonths.begin()) + 1;
  return at.month != 0;
}

/// What the tokens of a cookie's date have given so far.
struct CookieDate {
  Moment at;
  bool hasTime = false;
  bool hasDay = false;
  bool hasMonth = false;
  bool hasYear = false;

  /// The first of the four parts that is missing and that the token can be.
  void take(std::string_view token) {
    if (!hasTime && (hasTime = readCookieTime(token, at))) return;
    std::string_view rest = token;
    if (!hasDay && (hasDay = takeNumber(rest, 1, 2, at.day))) return;
    if (!hasMonth && (hasMonth = readCookieMonth(token, at))) return;
    if (!hasYear) hasYear = takeNumber(rest, 2, 4, at.year);
  }

  bool complete() const { return hasTime && hasDay && hasMonth && hasYear; }
};

}  // namespace

HTTPDate formatHTTPDate(std::time_t time) {
  if (time < kFirstSecond || time > kLastSecond) {
    throw std::out_of_range("An HTTP date has a year from 0 to 9999.");
  }
  const std::chrono::sys_days day{
      std::chrono::floor<std::chrono::days>(std::chrono::seconds(time))};
  const std::chrono::year_month_day date(day);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto second =
      static_cast<unsigned>(time - std::time_t{day.time_since_epoch().count()} * 86400);

  HTTPDate text;
  DateWriter writer(text.data());
  writer.text(kDays[std::chrono::weekday(day).c_encoding()]);
  writer.text(", ");
  writer.twoDigits(static_cast<unsigned>(date.day()));
  writer.text(" ");
  writer.text(kMonths[static_cast<unsigned>(date.month()) - 1]);
  writer.text(" ");
  writer.twoDigits(year / 100);
  writer.twoDigits(year % 100);
  writer.text(" ");
  writer.twoDigits(second / 3600);
  writer.text(":");
  writer.twoDigits(second / 60 % 60);
  writer.text(":");
  writer.twoDigits(second % 60);
  writer.text(" GMT");
  return text;
}

std::optional<std::time_t> parseHTTPDate(std::string_view text, std::time_t now) {
  Moment at;
  if (readRFC850(text, at)) {
    chooseCentury(at, now);
  } else if (!readIMFFixdate(text, at) && !readAsctime(text, at)) {
    return std::nullopt;
  }
  if (!dayExists(at) || at.hour > 23 || at.minute > 59 || at.second > 60) return std::nullopt;
  return secondsAt(at);
}

std::optional<std::time_t> parseCookieDate(std::string_view text) {
  CookieDate date;
  while (!text.empty()) {
    const auto end = std::find_if(text.begin(), text.end(), isCookieDateDelimiter);
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (length > 0) date.take(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  Moment& at = date.at;
  if (date.complete() && at.year < 70) at.year += 2000;
  if (date.complete() && at.year < 100) at.year += 1900;
  if (!date.complete() || at.year < 1601 || !dayExists(at)) return std::nullopt;
  if (at.hour > 23 || at.minute > 59 || at.second > 59) return std::nullopt;
  return secondsAt(at);
}

}  // namespace couplet
