// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Times and durations as text: ISO 8601, times in UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {

/// A time or a length of time: whole seconds, and the nanoseconds behind them, 0 to 999'999'999.
struct SplitTime {
  std::int64_t seconds;
  std::int32_t nanoseconds;
};

std::optional<SplitTime> parseTimeText(std::string_view text) noexcept;
std::optional<std::int64_t> parseDateText(std::string_view text) noexcept;  // days since 1970
std::optional<SplitTime> parseDurationText(std::string_view text) noexcept;
std::string timeText(SplitTime time);
std::string dateText(std::int64_t days);
std::string durationText(SplitTime length);

template <class Length>
constexpr SplitTime split(Length length) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(length);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(length - seconds);
  return {static_cast<std::int64_t>(seconds.count()), static_cast<std::int32_t>(rest.count())};
}

/// False where it does not fit, or is more exact than a Length is.
template <class Length>
bool join(SplitTime time, Length& length) {
  using Seconds = std::chrono::duration<long double>;
  const Seconds wanted(static_cast<long double>(time.seconds) +
                       static_cast<long double>(time.nanoseconds) / 1e9L);
  if (wanted > Seconds(Length::max()) || wanted < Seconds(Length::min())) return false;
  if constexpr (std::is_floating_point_v<typename Length::rep>) {
    length = std::chrono::duration_cast<Length>(wanted);
    return true;
  } else {
    const Length joined = std::chrono::duration_cast<Length>(std::chrono::seconds(time.seconds)) +
                          std::chrono::duration_cast<Length>(std::chrono::nanoseconds(time.nanoseconds));
    const SplitTime again = split(joined);
    if (again.seconds != time.seconds || again.nanoseconds != time.nanoseconds) return false;
    length = joined;
    return true;
  }
}

}  // namespace detail

/// "2026-11-21T09:30:00Z", with a fraction where there is one; a time in whole days is a date:
/// "2026-11-21". Throws std::out_of_range outside of the years 0 to 9999.
template <class Length>
std::string formatTime(std::chrono::time_point<std::chrono::system_clock, Length> time) {
  if constexpr (std::is_same_v<Length, std::chrono::days>) {
    return detail::dateText(time.time_since_epoch().count());
  } else {
    return detail::timeText(detail::split(time.time_since_epoch()));
  }
}

/// Reads what `formatTime` writes, and times with another offset than Z, which are brought to UTC.
/// False for another text, a day that its month does not have, and a time that is more exact than
/// `time` can be, or does not fit; then nothing is set.
template <class Length>
bool parseTime(std::string_view text,
               std::chrono::time_point<std::chrono::system_clock, Length>& time) {
  Length since{};
  if constexpr (std::is_same_v<Length, std::chrono::days>) {
    const auto days = detail::parseDateText(text);
    if (!days) return false;
    since = Length(static_cast<typename Length::rep>(*days));
  } else {
    const auto split = detail::parseTimeText(text);
    if (!split || !detail::join(*split, since)) return false;
  }
  time = std::chrono::time_point<std::chrono::system_clock, Length>(since);
  return true;
}

/// "PT1H30M0.5S": hours, minutes and seconds, "-PT1S" where it is negative.
template <class Rep, class Period>
std::string formatDuration(std::chrono::duration<Rep, Period> length) {
  return detail::durationText(detail::split(length));
}

/// Reads days, hours, minutes and seconds: "P1DT2H", "PT0.25S". False as `parseTime`.
template <class Rep, class Period>
bool parseDuration(std::string_view text, std::chrono::duration<Rep, Period>& length) {
  const auto split = detail::parseDurationText(text);
  return split && detail::join(*split, length);
}

}  // namespace couplet
#pragma GCC visibility pop
