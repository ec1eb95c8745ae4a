// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/time_text.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <stdexcept>

namespace couplet::detail {

namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;
constexpr std::int32_t kNanos = 1'000'000'000;
constexpr std::int64_t kMostUnits = 1'000'000'000'000;  // of a duration: no sum of them overflows

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Takes what it reads off the front of a text.
class Taker {
 public:
  explicit Taker(std::string_view text) noexcept : left_(text) {}

  bool ended() const noexcept { return left_.empty(); }
  bool take(char c) noexcept {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }
  /// So many digits; nothing where there are fewer.
  std::optional<int> digits(std::size_t count) noexcept {
    if (left_.size() < count) return std::nullopt;
    int number = 0;
    for (const char c : left_.substr(0, count)) {
      if (!isDigit(c)) return std::nullopt;
      number = 10 * number + (c - '0');
    }
    left_.remove_prefix(count);
    return number;
  }
  /// A number of any length; nothing where there is none, or it is beyond kMostUnits.
  std::optional<std::int64_t> number() noexcept {
    if (left_.empty() || !isDigit(left_.front())) return std::nullopt;
    std::int64_t number = 0;
    for (; !left_.empty() && isDigit(left_.front()); left_.remove_prefix(1)) {
      number = 10 * number + (left_.front() - '0');
      if (number > kMostUnits) return std::nullopt;
    }
    return number;
  }
  /// The nanoseconds of a fraction, behind its point; nothing for one of no or of over nine digits.
  std::optional<std::int32_t> fraction() noexcept {
    std::int32_t nanos = 0;
    std::int32_t place = kNanos;
    for (; !left_.empty() && isDigit(left_.front()); left_.remove_prefix(1)) {
      place /= 10;
      if (place == 0) return std::nullopt;
      nanos += place * (left_.front() - '0');
    }
    return place == kNanos ? std::nullopt : std::optional(nanos);
  }

 private:
  std::string_view left_;
};

std::optional<std::int64_t> takeDate(Taker& text) noexcept {
  const auto year = text.digits(4);
  if (!year || !text.take('-')) return std::nullopt;
  const auto month = text.digits(2);
  if (!month || !text.take('-')) return std::nullopt;
  const auto day = text.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

/// Hours, minutes and seconds, as seconds.
std::optional<std::int64_t> takeClock(Taker& text) noexcept {
  const auto hour = text.digits(2);
  if (!hour || *hour > 23 || !text.take(':')) return std::nullopt;
  const auto minute = text.digits(2);
  if (!minute || *minute > 59 || !text.take(':')) return std::nullopt;
  const auto second = text.digits(2);
  if (!second || *second > 59) return std::nullopt;
  return (*hour * 60 + *minute) * 60 + *second;
}

/// How many seconds it is ahead of UTC: "Z", "+01:30".
std::optional<std::int64_t> takeOffset(Taker& text) noexcept {
  if (text.take('Z')) return 0;
  const bool behind = text.take('-');
  if (!behind && !text.take('+')) return std::nullopt;
  const auto hours = text.digits(2);
  if (!hours || *hours > 23 || !text.take(':')) return std::nullopt;
  const auto minutes = text.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::int64_t ahead = (*hours * 60 + *minutes) * 60;
  return behind ? -ahead : ahead;
}

/// ".25", or nothing where there is none.
std::string fractionText(std::int32_t nanoseconds) {
  if (nanoseconds == 0) return "";
  char text[16];
  const int size = std::snprintf(text, sizeof text, ".%09d", static_cast<int>(nanoseconds));
  std::string_view digits(text, static_cast<std::size_t>(size));
  digits.remove_suffix(digits.size() - 1 - digits.find_last_not_of('0'));
  return std::string(digits);
}

}  // namespace

std::optional<std::int64_t> parseDateText(std::string_view text) noexcept {
  Taker left(text);
  const auto days = takeDate(left);
  return left.ended() ? days : std::nullopt;
}

std::optional<SplitTime> parseTimeText(std::string_view text) noexcept {
  Taker left(text);
  const auto days = takeDate(left);
  if (!days || !left.take('T')) return std::nullopt;
  const auto seconds = takeClock(left);
  if (!seconds) return std::nullopt;
  std::optional<std::int32_t> nanoseconds = 0;
  if (left.take('.')) nanoseconds = left.fraction();
  const auto offset = takeOffset(left);
  if (!nanoseconds || !offset || !left.ended()) return std::nullopt;
  return SplitTime{*days * kDay + *seconds - *offset, *nanoseconds};
}

std::optional<SplitTime> parseDurationText(std::string_view text) noexcept {
  struct Unit {
    char sign;
    std::int64_t seconds;
  };
  constexpr Unit kUnits[] = {{'D', kDay}, {'H', 3600}, {'M', 60}, {'S', 1}};
  Taker left(text);
  const bool negative = left.take('-');
  if (!left.take('P') || left.ended()) return std::nullopt;
  SplitTime length{0, 0};
  bool inClock = false;
  const Unit* unit = kUnits;
  while (!left.ended()) {
    if (!inClock && left.take('T')) {
      inClock = true;
      unit = std::max(unit, kUnits + 1);
      if (left.ended()) return std::nullopt;
    }
    const auto count = left.number();
    if (!count) return std::nullopt;
    const bool hasFraction = left.take('.');
    if (hasFraction) {
      const auto nanoseconds = left.fraction();
      if (!nanoseconds) return std::nullopt;
      length.nanoseconds = *nanoseconds;
    }
    while (unit != std::end(kUnits) && !left.take(unit->sign)) ++unit;
    const bool known = unit != std::end(kUnits) && (unit->sign != 'D') == inClock;
    if (!known || (hasFraction && unit->sign != 'S')) return std::nullopt;
    length.seconds += *count * unit++->seconds;
  }
  if (!negative) return length;
  length.seconds = -length.seconds;
  if (length.nanoseconds == 0) return length;
  return SplitTime{length.seconds - 1, kNanos - length.nanoseconds};
}

std::string dateText(std::int64_t days) {
  const std::chrono::sys_days since{std::chrono::days(days)};
  const std::chrono::year_month_day date(since);
  const int year = static_cast<int>(date.year());
  if (days < -719528 || days > 2932896) throw std::out_of_range("a date outside of the years 0 to 9999");
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", year, static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::string timeText(SplitTime time) {
  const std::int64_t days = time.seconds / kDay - (time.seconds % kDay < 0 ? 1 : 0);
  const auto second = static_cast<int>(time.seconds - days * kDay);
  char text[40];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
  return dateText(days) + text + fractionText(time.nanoseconds) + "Z";
}

std::string durationText(SplitTime length) {
  std::string text;
  if (length.seconds < 0) {
    text = "-";
    if (length.nanoseconds > 0) length = {length.seconds + 1, kNanos - length.nanoseconds};
    length.seconds = -length.seconds;
  }
  text += "PT";
  if (length.seconds >= 3600) text += std::to_string(length.seconds / 3600) + "H";
  if (length.seconds / 60 % 60 > 0) text += std::to_string(length.seconds / 60 % 60) + "M";
  const std::int64_t rest = length.seconds % 60;
  const bool nothing = text.back() == 'T';
  if (rest > 0 || length.nanoseconds > 0 || nothing) {
    text += std::to_string(rest) + fractionText(length.nanoseconds) + "S";
  }
  return text;
}

}  // namespace couplet::detail
