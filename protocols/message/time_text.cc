// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/time_text.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <system_error>

namespace couplet::detail {

namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;
constexpr std::int32_t kNanos = kNanoseconds;
constexpr std::int64_t kFirstDay = -719'528;  // 0000-01-01, since 1970
constexpr std::int64_t kLastDay = 2'932'896;  // 9999-12-31

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
  /// A number of any length; nothing where there is none, or more than 64 bits.
  std::optional<std::uint64_t> number() noexcept {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), number);
    if (error != std::errc()) return std::nullopt;
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
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

/// With zeros in front; `kDigits` of them in all.
template <std::size_t kDigits>
void appendDigits(std::string& out, std::int64_t number) {
  char text[kDigits];
  for (std::size_t at = kDigits; at-- > 0; number /= 10) {
    text[at] = static_cast<char>('0' + number % 10);
  }
  out.append(text, kDigits);
}

/// ".25", or nothing where there is none.
void appendFraction(std::string& out, std::int32_t nanoseconds) {
  if (nanoseconds == 0) return;
  out += '.';
  appendDigits<9>(out, nanoseconds);
  out.resize(out.find_last_not_of('0') + 1);
}

/// The units of a duration, from the longest on.
struct Unit {
  char sign;
  std::uint64_t seconds;
};
constexpr Unit kUnits[] = {{'D', kDay}, {'H', 3600}, {'M', 60}, {'S', 1}};

/// The length of a duration, without its sign.
struct Magnitude {
  std::uint64_t seconds;
  std::int32_t nanoseconds;
};

/// What stands behind the P: each unit once at most, a T before those of a clock.
std::optional<Magnitude> takeUnits(Taker& left) noexcept {
  Magnitude length{0, 0};
  bool inClock = false;
  const Unit* unit = kUnits;
  do {
    if (!inClock && left.take('T')) {
      inClock = true;
      unit = std::max(unit, kUnits + 1);
    }
    const auto count = left.number();
    const bool hasFraction = count && left.take('.');
    const auto nanoseconds = hasFraction ? left.fraction() : std::optional(0);
    if (!count || !nanoseconds) return std::nullopt;
    while (unit != std::end(kUnits) && !left.take(unit->sign)) ++unit;
    const bool known = unit != std::end(kUnits) && (unit->sign != 'D') == inClock;
    if (!known || (hasFraction && unit->sign != 'S')) return std::nullopt;
    length.nanoseconds += *nanoseconds;
    std::uint64_t seconds = 0;
    if (__builtin_mul_overflow(*count, unit++->seconds, &seconds) ||
        __builtin_add_overflow(length.seconds, seconds, &length.seconds)) {
      return std::nullopt;
    }
  } while (!left.ended());
  return length;
}

/// Nothing where it does not fit.
std::optional<SplitTime> withSign(Magnitude length, bool negative) noexcept {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!negative) {
    if (length.seconds > kMost) return std::nullopt;
    return SplitTime{static_cast<std::int64_t>(length.seconds), length.nanoseconds};
  }
  if (length.seconds > kMost) {
    const bool isLeast = length.seconds == kMost + 1 && length.nanoseconds == 0;
    return isLeast ? std::optional(SplitTime{std::numeric_limits<std::int64_t>::min(), 0})
                   : std::nullopt;
  }
  if (length.nanoseconds > 0) {
    ++length.seconds;
    length.nanoseconds = kNanos - length.nanoseconds;
  }
  return SplitTime{static_cast<std::int64_t>(0 - length.seconds), length.nanoseconds};
}

}  // namespace

bool isInYears(SplitTime time) noexcept {
  return time.seconds >= kFirstDay * kDay && time.seconds < (kLastDay + 1) * kDay;
}

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
  const SplitTime time{*days * kDay + *seconds - *offset, *nanoseconds};
  return isInYears(time) ? std::optional(time) : std::nullopt;
}

std::optional<SplitTime> parseDurationText(std::string_view text) noexcept {
  Taker left(text);
  const bool negative = left.take('-');
  if (!left.take('P')) return std::nullopt;
  const auto length = takeUnits(left);
  return length ? withSign(*length, negative) : std::nullopt;
}

bool appendDateText(std::string& out, std::int64_t days) {
  if (days < kFirstDay || days > kLastDay) return false;
  const std::chrono::sys_days since{std::chrono::days(days)};
  const std::chrono::year_month_day date(since);
  appendDigits<4>(out, static_cast<int>(date.year()));
  out += '-';
  appendDigits<2>(out, static_cast<unsigned>(date.month()));
  out += '-';
  appendDigits<2>(out, static_cast<unsigned>(date.day()));
  return true;
}

bool appendTimeText(std::string& out, SplitTime time) {
  const std::int64_t days = time.seconds / kDay - (time.seconds % kDay < 0 ? 1 : 0);
  if (!appendDateText(out, days)) return false;
  const std::int64_t second = time.seconds - days * kDay;
  out += 'T';
  appendDigits<2>(out, second / 3600);
  out += ':';
  appendDigits<2>(out, second / 60 % 60);
  out += ':';
  appendDigits<2>(out, second % 60);
  appendFraction(out, time.nanoseconds);
  out += 'Z';
  return true;
}

void appendDurationText(std::string& out, SplitTime length) {
  auto seconds = static_cast<std::uint64_t>(length.seconds);
  if (length.seconds < 0) {
    out += '-';
    seconds = 0 - seconds;
    if (length.nanoseconds > 0) {
      --seconds;
      length.nanoseconds = kNanos - length.nanoseconds;
    }
  }
  out += "PT";
  if (seconds >= 3600) out += std::to_string(seconds / 3600) + "H";
  if (seconds / 60 % 60 > 0) out += std::to_string(seconds / 60 % 60) + "M";
  if (seconds % 60 == 0 && length.nanoseconds == 0 && seconds > 0) return;
  out += std::to_string(seconds % 60);
  appendFraction(out, length.nanoseconds);
  out += 'S';
}

void refuseTime() { throw std::out_of_range("a time outside of the years 0 to 9999"); }

void refuseDuration() { throw std::out_of_range("a duration of more than 2^63 seconds"); }

}  // namespace couplet::detail
