// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/cookies.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include <couplet/protocols/http/detail/character_set.h>
#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/host.h>
#include <couplet/protocols/http/http_date.h>

namespace couplet {

namespace {

using detail::CharacterSet;
using detail::equalsIgnoringCase;

/// RFC 6265 4.1.1: cookie-octet.
constexpr CharacterSet kCookieOctets =
    detail::kLetters | detail::kDigits | CharacterSet("!#$%&'()*+-./:<=>?@[]^_`{|}~");

constexpr std::int64_t kYear1601 = -11644473600;  // the first that RFC 6265 5.1.1 reads

/// Takes the text up to the next ';' off the front of `rest`, with the ';'.
std::string_view takePart(std::string_view& rest) {
  const std::string_view part = rest.substr(0, rest.find(';'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

/// Without a '=' all of it is the name.
CookiePair splitPair(std::string_view part) {
  const std::size_t equals = std::min(part.find('='), part.size());
  return {detail::trimBlanks(part.substr(0, equals)),
          detail::trimBlanks(part.substr(std::min(equals + 1, part.size())))};
}

// To a header.

void check(bool right, const char* what) {
  if (!right) throw InvalidCookieError(std::string("A cookie was not set: ") + what + ".");
}

bool isCookieValue(std::string_view value) {
  const bool quoted = value.size() > 1 && value.front() == '"' && value.back() == '"';
  return kCookieOctets.containsAll(quoted ? value.substr(1, value.size() - 2) : value);
}

bool isHostName(std::string_view domain) {
  std::string host;
  return detail::parseHost(domain, host) == nullptr && !detail::isIPAddress(host) &&
         !host.ends_with('.');
}

bool isCookiePath(std::string_view path) {
  return path.starts_with('/') && path.find(';') == path.npos && !detail::hasControls(path) &&
         path.size() <= SetCookie::kMaxAttribute;
}

void checkSecurity(const SetCookie& cookie) {
  check(cookie.secure || cookie.sameSite != SameSite::kNone, "SameSite=None needs Secure");
  const CookiePrefix prefix = cookiePrefix(cookie.name);
  check(cookie.secure || prefix == CookiePrefix::kNone, "its name's prefix needs Secure");
  check(prefix != CookiePrefix::kHost || (cookie.domain.empty() && cookie.path == "/"),
        "__Host- needs the path / and no domain");
}

void check(const SetCookie& cookie) {
  check(detail::isHTTPToken(cookie.name), "its name is no token");
  check(isCookieValue(cookie.value), "its value has a byte that a cookie cannot have");
  check(cookie.name.size() + cookie.value.size() <= SetCookie::kMaxSize, "it is too long");
  check(cookie.domain.empty() || isHostName(cookie.domain), "its domain is no host name");
  check(cookie.path.empty() || isCookiePath(cookie.path),
        "its path does not begin with '/', is too long, or has a ';' or a control byte");
  check(cookie.maxAge.value_or(std::chrono::seconds(0)).count() >= 0, "its Max-Age is below 0");
  checkSecurity(cookie);
}

std::string writeDate(std::time_t time) {
  check(time >= kYear1601, "it expires before the year 1601");
  try {
    const HTTPDate date = formatHTTPDate(time);
    return std::string(date.data(), date.size());
  } catch (const std::out_of_range&) {
    throw InvalidCookieError("A cookie was not set: it expires after the year 9999.");
  }
}

const char* nameOf(SameSite sameSite) {
  switch (sameSite) {
    case SameSite::kStrict:
      return "Strict";
    case SameSite::kLax:
      return "Lax";
    case SameSite::kNone:
      break;
  }
  return "None";
}

// From a header.

/// RFC 6265 5.2.2; what overflows is as far away as can be.
std::optional<std::chrono::seconds> parseMaxAge(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !detail::kDigits.containsAll(text)) return std::nullopt;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::int64_t seconds = 0;
  for (const char c : text) {
    const bool overflows = seconds > (kMost - (c - '0')) / 10;
    seconds = overflows ? kMost : 10 * seconds + (c - '0');
  }
  return std::chrono::seconds(negative ? -seconds : seconds);
}

std::optional<SameSite> parseSameSite(std::string_view text) {
  if (equalsIgnoringCase(text, "strict")) return SameSite::kStrict;
  if (equalsIgnoringCase(text, "lax")) return SameSite::kLax;
  if (equalsIgnoringCase(text, "none")) return SameSite::kNone;
  return std::nullopt;
}

void takeAttribute(SetCookie& cookie, std::string_view name, std::string_view value) {
  if (value.size() > SetCookie::kMaxAttribute) return;
  if (equalsIgnoringCase(name, "expires")) {
    if (const auto expires = parseCookieDate(value)) cookie.expires = expires;
  } else if (equalsIgnoringCase(name, "max-age")) {
    if (const auto maxAge = parseMaxAge(value)) cookie.maxAge = maxAge;
  } else if (equalsIgnoringCase(name, "domain")) {
    cookie.domain = detail::lowerCase(value.substr(value.starts_with('.') ? 1 : 0));
  } else if (equalsIgnoringCase(name, "path")) {
    cookie.path = value.starts_with('/') ? value : "";
  } else if (equalsIgnoringCase(name, "secure")) {
    cookie.secure = true;
  } else if (equalsIgnoringCase(name, "httponly")) {
    cookie.httpOnly = true;
  } else if (equalsIgnoringCase(name, "samesite")) {
    cookie.sameSite = parseSameSite(value);
  }
}

bool hasControlsButTabs(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return detail::isControl(c) && c != '\t'; });
}

}  // namespace

RequestCookies::Iterator& RequestCookies::Iterator::operator++() {
  pair_ = {};
  while (!rest_.empty() && pair_.name.empty()) {
    const std::string_view part = takePart(rest_);
    if (part.find('=') != part.npos) pair_ = splitPair(part);
  }
  if (pair_.name.empty()) pair_ = {};
  return *this;
}

RequestCookies::Iterator RequestCookies::Iterator::operator++(int) {
  Iterator before = *this;
  ++*this;
  return before;
}

std::optional<std::string_view> RequestCookies::find(std::string_view name) const {
  for (const auto& [ours, value] : *this) {
    if (ours == name) return value;
  }
  return std::nullopt;
}

std::string SetCookie::toHeader() const {
  check(*this);
  std::string header = name + '=' + value;
  if (!domain.empty()) header += "; Domain=" + domain;
  if (!path.empty()) header += "; Path=" + path;
  if (maxAge) header += "; Max-Age=" + std::to_string(maxAge->count());
  if (expires) header += "; Expires=" + writeDate(*expires);
  if (secure) header += "; Secure";
  if (httpOnly) header += "; HttpOnly";
  if (sameSite) header.append("; SameSite=").append(nameOf(*sameSite));
  return header;
}

std::optional<SetCookie> parseSetCookie(std::string_view header) {
  if (hasControlsButTabs(header)) return std::nullopt;
  const std::string_view first = takePart(header);
  const CookiePair pair = splitPair(first);
  if (first.find('=') == first.npos || pair.name.empty()) return std::nullopt;
  if (pair.name.size() + pair.value.size() > SetCookie::kMaxSize) return std::nullopt;
  SetCookie cookie{.name = std::string(pair.name), .value = std::string(pair.value)};
  while (!header.empty()) {
    const CookiePair attribute = splitPair(takePart(header));
    takeAttribute(cookie, attribute.name, attribute.value);
  }
  return cookie;
}

CookiePrefix cookiePrefix(std::string_view name) {
  constexpr std::string_view kSecure = "__secure-";
  constexpr std::string_view kHost = "__host-";
  if (equalsIgnoringCase(name.substr(0, kSecure.size()), kSecure)) return CookiePrefix::kSecure;
  if (equalsIgnoringCase(name.substr(0, kHost.size()), kHost)) return CookiePrefix::kHost;
  return CookiePrefix::kNone;
}

}  // namespace couplet
