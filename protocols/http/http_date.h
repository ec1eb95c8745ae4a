// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The dates of HTTP, to and from seconds since 1970-01-01 00:00:00 UTC. No locale, no time zone,
// and no look at a clock.
#pragma once

#include <array>
#include <ctime>
#include <optional>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// `Sun, 06 Nov 1994 08:49:37 GMT`, without a NUL at its end.
using HTTPDate = std::array<char, 29>;

/// The one form that is sent (RFC 9110 5.6.7, IMF-fixdate). Throws std::out_of_range for a time
/// outside of the years 0 to 9999, which the form cannot write. Allocates nothing.
HTTPDate formatHTTPDate(std::time_t time);

/// Reads the three forms of RFC 9110 5.6.7: IMF-fixdate, rfc850 (`Sunday, 06-Nov-94 08:49:37 GMT`)
/// and asctime (`Sun Nov  6 08:49:37 1994`). Case counts, white space counts; the day must be one
/// of its month; the second 60 is the next minute's first; the name of the day is one, and not
/// compared with the date. A year of two digits is that of this century of `now`, or of the last
/// one where it would be more than 50 years ahead. Nothing for all else.
std::optional<std::time_t> parseHTTPDate(std::string_view text, std::time_t now);

/// Reads the Expires of a cookie: the lax algorithm of RFC 6265 5.1.1, which takes the first
/// time, day, month and year that it finds. A year of two digits is 1970 to 2069. Nothing where
/// one is missing or out of range.
std::optional<std::time_t> parseCookieDate(std::string_view text);

}  // namespace couplet
#pragma GCC visibility pop
