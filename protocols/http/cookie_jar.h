// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Where a client keeps the cookies that servers set, and which of them it sends back (RFC 6265
// sections 5.1, 5.3 and 5.4, and what RFC 6265bis adds for secure cookies and name prefixes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/cookies.h>
#include <couplet/protocols/http/url.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What a jar holds at most, and whom it does not let speak for all below them.
struct CookieJarOptions {
  /// For one domain: RFC 6265 6.1 asks for 50 at least; Chrome keeps 180. 1 at least.
  std::size_t maxPerDomain = 180;
  /// In all: RFC 6265 6.1 asks for 3,000 at least. 1 at least. So a jar has some 16 MB at most.
  std::size_t maxTotal = 3000;
  /// The longest Cookie header, in bytes, as curl has it. Of more cookies those that would come
  /// last are not sent: servers refuse a longer head, and so could never set shorter ones.
  std::size_t maxHeader = 8190;
  /// Whether strangers may have names below `domain` (lower case, no dot at its end), so that no
  /// cookie is for all of those. Names of one label are such domains in any case; when this is
  /// null, no others are. Who follows links to anywhere asks the Public Suffix List here.
  std::function<bool(std::string_view domain)> isPublicSuffix = {};
};

/// What became of a Set-Cookie header.
enum class CookieVerdict {
  kStored,
  kDeleted,       ///< it expires at once: one of that name, domain and path is gone, if there was
  kMalformed,     ///< no cookie: see parseSetCookie; or a path longer than an attribute may be
  kWrongDomain,   ///< its Domain is not the host's own, nor one above it
  kPublicSuffix,  ///< its Domain is one below which strangers live
  kNotSecure,     ///< Secure, or in the place of a secure cookie, but not by https
  kWrongPrefix,   ///< `__Secure-` or `__Host-` without what they need
};

/// A cookie in a jar.
struct StoredCookie {
  std::string name;
  std::string value;
  std::string domain;  ///< a host, or with `hostOnly` false all hosts below it too
  std::string path;
  std::optional<std::time_t> expires;  ///< none: as long as the jar
  bool hostOnly = false;
  bool secure = false;
  bool httpOnly = false;
  std::optional<SameSite> sameSite;  ///< kept for readers; a client that is no browser has no use
  std::uint64_t created = 0;         ///< cookies that were set later have a higher one
  std::uint64_t used = 0;            ///< likewise cookies that were sent or set later
};

/// Cookies of many hosts. Knows no clock: `now` is in seconds since 1970. A value type.
class CookieJar {
 public:
  explicit CookieJar(CookieJarOptions options = {});

  /// Takes a Set-Cookie header's value out of a response from `url`. May drop others: those that
  /// have expired, then those of the domain, then of all, that were not used for the longest time.
  CookieVerdict setCookie(const Url& url, std::string_view header, std::time_t now);

  /// The value of the Cookie header for a request to `url`; empty when there is none to be sent.
  /// Longer paths come first, then what was set first. They count as used.
  std::string cookieHeader(const Url& url, std::time_t now);

  std::size_t size() const noexcept { return size_; }
  void clear() noexcept;

  /// Copies of all, expired ones too, in the order in which they were set.
  std::vector<StoredCookie> cookies() const;

 private:
  using Cookies = std::vector<StoredCookie>;
  using ByDomain = std::map<std::string, Cookies, std::less<>>;

  bool isPublicSuffix(std::string_view domain) const;
  bool coversSecureCookie(const StoredCookie& cookie) const;
  CookieVerdict store(StoredCookie cookie, std::time_t now);
  void makeRoom(const std::string& domain, std::time_t now);
  void dropExpired(std::time_t now);
  void dropLeastUsed();
  void drop(ByDomain::iterator domain, Cookies::iterator cookie);

  CookieJarOptions options_;
  ByDomain byDomain_;         // none is empty
  std::size_t size_ = 0;      // of all of them
  std::uint64_t events_ = 0;  // numbers `created` and `used`
};

/// RFC 6265 5.1.3: whether `host` is `domain` or a name below it. Both in lower case.
bool domainMatches(std::string_view host, std::string_view domain);

/// RFC 6265 5.1.4: whether a cookie of `cookiePath` is for `requestPath`.
bool pathMatches(std::string_view requestPath, std::string_view cookiePath);

/// RFC 6265 5.1.4: the path of a cookie that names none.
std::string_view defaultCookiePath(std::string_view requestPath);

}  // namespace couplet
#pragma GCC visibility pop
