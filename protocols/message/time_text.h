// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Times and durations as text: ISO 8601, times in UTC.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {

/// A time or a length of time: whole seconds, and the nanoseconds behind them, 0 to 999'999'999.
struct SplitTime {
  std::int64_t seconds;
  std::int32_t nanoseconds;
};

constexpr std::int64_t kNanoseconds = 1'000'000'000;  // of a second

/// Whether it is in the years 0 to 9999, as text must be.
bool isInYears(SplitTime time) noexcept;
std::optional<SplitTime> parseTimeText(std::string_view text) noexcept;
std::optional<std::int64_t> parseDateText(std::string_view text) noexcept;  // days since 1970
std::optional<SplitTime> parseDurationText(std::string_view text) noexcept;
/// These append nothing, and are false, outside of the years 0 to 9999.
bool appendTimeText(std::string& out, SplitTime time);
bool appendDateText(std::string& out, std::int64_t days);
void appendDurationText(std::string& out, SplitTime length);
[[noreturn]] void refuseTime();
[[noreturn]] void refuseDuration();

/// Of `count` times kNum / kDen seconds; nothing where that is more than 64 bits of seconds.
template <std::int64_t kNum, std::int64_t kDen>
std::optional<SplitTime> splitTicks(std::int64_t count) noexcept {
  std::int64_t seconds = count / kDen;
  std::int64_t rest = count % kDen;
  if (rest < 0) {
    rest += kDen;
    --seconds;
  }
  if (__builtin_mul_overflow(seconds, kNum, &seconds)) return std::nullopt;
  const std::int64_t ticks = rest * kNum;
  if (__builtin_add_overflow(seconds, ticks / kDen, &seconds)) return std::nullopt;
  return SplitTime{seconds, static_cast<std::int32_t>(ticks % kDen * (kNanoseconds / kDen))};
}

/// The other way; nothing where it does not fit, or is more exact than a tick.
template <std::int64_t kNum, std::int64_t kDen>
std::optional<std::int64_t> joinTicks(SplitTime time) noexcept {
  constexpr std::int64_t kTick = kNanoseconds / kDen;
  if (time.nanoseconds % kTick != 0) return std::nullopt;
  std::int64_t ticks = time.nanoseconds / kTick;
  if (time.seconds < 0) {  // towards 0, so that the sum fits where its parts do
    ++time.seconds;
    ticks -= kDen;
  }
  std::int64_t sum = 0;
  if (__builtin_mul_overflow(time.seconds, kDen, &sum)) return std::nullopt;
  if (__builtin_add_overflow(sum, ticks, &sum) || sum % kNum != 0) return std::nullopt;
  return sum / kNum;
}

template <class Length>
std::optional<SplitTime> split(Length length) noexcept {
  using Period = typename Length::period;
  if constexpr (std::is_floating_point_v<typename Length::rep>) {
    const double seconds = static_cast<double>(length.count()) * Period::num / Period::den;
    if (!(std::abs(seconds) < 9.2e18)) return std::nullopt;
    const double whole = std::floor(seconds);
    const SplitTime time{static_cast<std::int64_t>(whole),
                         static_cast<std::int32_t>(std::lround((seconds - whole) * 1e9))};
    return time.nanoseconds < kNanoseconds ? time : SplitTime{time.seconds + 1, 0};
  } else {
    static_assert(kNanoseconds % Period::den == 0,
                  "couplet: a time or duration that nanoseconds cannot tell");
    if (!std::in_range<std::int64_t>(length.count())) return std::nullopt;
    return splitTicks<Period::num, Period::den>(static_cast<std::int64_t>(length.count()));
  }
}

/// False where it does not fit, or is more exact than a Length is.
template <class Length>
bool join(SplitTime time, Length& length) noexcept {
  using Rep = typename Length::rep;
  using Period = typename Length::period;
  if constexpr (std::is_floating_point_v<Rep>) {
    const bool negative = time.seconds < 0;  // towards 0, where floating point is most exact
    const double seconds = static_cast<double>(time.seconds + (negative ? 1 : 0)) +
                           (time.nanoseconds - (negative ? 1e9 : 0)) / 1e9;
    length = Length(static_cast<Rep>(seconds * Period::den / Period::num));
    return split(length).has_value();
  } else {
    const auto count = joinTicks<Period::num, Period::den>(time);
    if (!count || !std::in_range<Rep>(*count)) return false;
    length = Length(static_cast<Rep>(*count));
    return true;
  }
}

}  // namespace detail

/// Appends "2026-11-21T09:30:00Z", with a fraction where there is one; a time in whole days is a
/// date: "2026-11-21". Appends nothing, and is false, outside of the years 0 to 9999. Counts in
/// floating point are rounded to nanoseconds.
template <class Length>
bool appendTime(std::string& out, std::chrono::sys_time<Length> time) {
  if constexpr (std::is_same_v<Length, std::chrono::days>) {
    return detail::appendDateText(out, time.time_since_epoch().count());
  } else {
    const auto split = detail::split(time.time_since_epoch());
    return split && detail::appendTimeText(out, *split);
  }
}

/// The same text. Throws std::out_of_range where there is none.
template <class Length>
std::string formatTime(std::chrono::sys_time<Length> time) {
  std::string text;
  if (!appendTime(text, time)) detail::refuseTime();
  return text;
}

/// Reads what `formatTime` writes, and times with another offset than Z, which are brought to UTC.
/// False for another text, a day that its month does not have, and a time that is more exact than
/// `time` can be, or does not fit, or whose count in floating point would be written as another
/// year than 0 to 9999; then nothing is set.
template <class Length>
bool parseTime(std::string_view text, std::chrono::sys_time<Length>& time) {
  Length since{};
  if constexpr (std::is_same_v<Length, std::chrono::days>) {
    const auto days = detail::parseDateText(text);
    if (!days) return false;
    since = Length(static_cast<typename Length::rep>(*days));
  } else {
    const auto read = detail::parseTimeText(text);
    if (!read || !detail::join(*read, since)) return false;
    const auto rounded = detail::split(since);
    if (!rounded || !detail::isInYears(*rounded)) return false;
  }
  time = std::chrono::sys_time<Length>(since);
  return true;
}

/// Appends "PT1H30M0.5S": hours, minutes and seconds, "-PT1S" where it is negative. Appends
/// nothing, and is false, where the seconds are more than 64 bits, or no number.
template <class Rep, class Period>
bool appendDuration(std::string& out, std::chrono::duration<Rep, Period> length) {
  const auto split = detail::split(length);
  if (split) detail::appendDurationText(out, *split);
  return split.has_value();
}

/// The same text. Throws std::out_of_range where there is none.
template <class Rep, class Period>
std::string formatDuration(std::chrono::duration<Rep, Period> length) {
  std::string text;
  if (!appendDuration(text, length)) detail::refuseDuration();
  return text;
}

/// Reads days, hours, minutes and seconds: "P1DT2H", "PT0.25S". False as `parseTime`.
template <class Rep, class Period>
bool parseDuration(std::string_view text, std::chrono::duration<Rep, Period>& length) {
  const auto split = detail::parseDurationText(text);
  return split && detail::join(*split, length);
}

}  // namespace couplet
#pragma GCC visibility pop
