// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Cookies. The first line of the input is a Cookie header. Each further one is a Set-Cookie header
// for a small jar, after a letter that says which page it comes from: `A` to `H` by https. At each
// line the clock goes on by a second.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/cookie_jar.h>

#include "require.h"

namespace {

using couplet::CookieJar;
using couplet::CookieVerdict;
using couplet::SetCookie;
using couplet::StoredCookie;
using couplet::Url;
using couplet::fuzz::require;

constexpr std::size_t kMaxPerDomain = 3;
constexpr std::size_t kMaxTotal = 6;
constexpr std::array<const char*, 8> kPages{"a.example/",      "a.example/x/y", "a.example:81/xy",
                                            "www.a.example/x", "b.example./",   "localhost/x",
                                            "127.0.0.1/",      "[::1]/"};

using Pairs = std::vector<std::string>;

std::string trimmed(std::string text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.erase(0, 1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.pop_back();
  return text;
}

/// Names and values by turns: pieces between semicolons, cut at their first '='.
Pairs model(std::string_view header) {
  Pairs pairs;
  std::string piece;
  for (std::size_t i = 0; i <= header.size(); ++i) {
    if (i < header.size() && header[i] != ';') {
      piece += header[i];
      continue;
    }
    const std::size_t equals = piece.find('=');
    if (equals != piece.npos && !trimmed(piece.substr(0, equals)).empty()) {
      pairs.push_back(trimmed(piece.substr(0, equals)));
      pairs.push_back(trimmed(piece.substr(equals + 1)));
    }
    piece.clear();
  }
  return pairs;
}

Pairs pairsOf(std::string_view header) {
  Pairs pairs;
  for (const auto [name, value] : couplet::RequestCookies(header)) {
    pairs.emplace_back(name);
    pairs.emplace_back(value);
  }
  return pairs;
}

void checkWriting(std::string_view header) {
  const std::optional<SetCookie> cookie = couplet::parseSetCookie(header);
  if (!cookie) return;
  std::string written;
  try {
    written = cookie->toHeader();
  } catch (const couplet::InvalidCookieError&) {
    return;  // a client takes more than a server may send
  }
  const std::optional<SetCookie> again = couplet::parseSetCookie(written);
  require(again == cookie, "what is written can be parsed");
  require(again->toHeader() == written, "and is the one spelling");
}

/// `a` and `A` are the first.
Url pageOf(char letter) {
  const bool https = letter >= 'A' && letter <= 'H';
  const auto which = static_cast<unsigned char>(letter + 7) % kPages.size();
  return Url::parse(std::string(https ? "https://" : "http://") + kPages[which]);
}

bool isForHost(const StoredCookie& cookie, const std::string& host) {
  const bool below =
      host.ends_with('.' + cookie.domain) && host.find_first_not_of("0123456789.") != host.npos;
  return host == cookie.domain || (!cookie.hostOnly && below);
}

/// RFC 6265 5.4, by looking at all cookies there are.
bool isSent(const StoredCookie& cookie, const Url& page, std::time_t now) {
  if (!isForHost(cookie, page.host())) return false;
  const std::string directory = cookie.path.ends_with('/') ? cookie.path : cookie.path + '/';
  if (page.path() != cookie.path && !page.path().starts_with(directory)) return false;
  return (!cookie.secure || page.isSecure()) && (!cookie.expires || *cookie.expires > now);
}

std::string modelHeader(const CookieJar& jar, const Url& page, std::time_t now) {
  std::vector<StoredCookie> cookies = jar.cookies();
  std::erase_if(cookies, [&](const auto& cookie) { return !isSent(cookie, page, now); });
  std::sort(cookies.begin(), cookies.end(), [](const auto& a, const auto& b) {
    return a.path.size() != b.path.size() ? a.path.size() > b.path.size() : a.created < b.created;
  });
  std::string header;
  for (const StoredCookie& cookie : cookies) {
    if (!header.empty()) header += "; ";
    header += cookie.name + '=' + cookie.value;
  }
  return header;
}

void checkBounds(const CookieJar& jar) {
  const std::vector<StoredCookie> cookies = jar.cookies();
  require(cookies.size() == jar.size() && jar.size() <= kMaxTotal, "a jar has its size");
  for (const StoredCookie& cookie : cookies) {
    const auto same = std::count_if(cookies.begin(), cookies.end(), [&](const auto& other) {
      return other.domain == cookie.domain;
    });
    require(same <= static_cast<std::ptrdiff_t>(kMaxPerDomain), "a domain has its share");
  }
}

void checkJar(CookieJar& jar, const Url& page, std::string_view header, std::time_t now) {
  const CookieVerdict verdict = jar.setCookie(page, header, now);
  checkBounds(jar);
  const std::string expected = modelHeader(jar, page, now);
  require(jar.cookieHeader(page, now) == expected, "those that match are sent");
  require(pairsOf(expected) == model(expected), "and can be read");
  const std::optional<SetCookie> cookie = couplet::parseSetCookie(header);
  require(cookie.has_value() || verdict == CookieVerdict::kMalformed, "what is none is not kept");
  if (verdict != CookieVerdict::kStored) return;
  const std::vector<StoredCookie> cookies = jar.cookies();
  require(std::any_of(cookies.begin(), cookies.end(),
                      [&](const auto& kept) {
                        return kept.name == cookie->name && kept.value == cookie->value &&
                               isForHost(kept, page.host());
                      }),
          "what is stored is there");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view header = input.substr(0, input.find('\n'));
  require(pairsOf(header) == model(header), "cookies are what they are");
  input.remove_prefix(std::min(header.size() + 1, input.size()));

  CookieJar jar({.maxPerDomain = kMaxPerDomain, .maxTotal = kMaxTotal, .maxHeader = SIZE_MAX});
  for (std::time_t now = 0; !input.empty(); ++now) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    if (line.empty()) continue;
    checkWriting(line.substr(1));
    checkJar(jar, pageOf(line[0]), line.substr(1), now);
  }
  return 0;
}
