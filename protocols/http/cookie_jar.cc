// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/cookie_jar.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include <couplet/protocols/http/detail/host.h>

namespace couplet {

namespace {

std::string_view withoutFirstLabel(std::string_view domain) {
  return domain.substr(std::min(domain.find('.'), domain.size() - 1) + 1);
}

/// RFC 6265 5.3 step 3: Max-Age wins.
std::optional<std::time_t> expiryOf(const SetCookie& cookie, std::time_t now) {
  if (!cookie.maxAge) return cookie.expires;
  const std::int64_t seconds = cookie.maxAge->count();
  constexpr std::time_t kLast = std::numeric_limits<std::time_t>::max();
  if (seconds <= 0) return std::numeric_limits<std::time_t>::min();
  return now > 0 && seconds > kLast - now ? kLast : now + seconds;
}

/// Its domain and path are those it is kept for.
StoredCookie stored(SetCookie&& cookie, bool hostOnly, std::time_t now) {
  return {.name = std::move(cookie.name),
          .value = std::move(cookie.value),
          .domain = std::move(cookie.domain),
          .path = std::move(cookie.path),
          .expires = expiryOf(cookie, now),
          .hostOnly = hostOnly,
          .secure = cookie.secure,
          .httpOnly = cookie.httpOnly,
          .sameSite = cookie.sameSite};
}

bool expired(const StoredCookie& cookie, std::time_t now) {
  return cookie.expires && *cookie.expires <= now;
}

/// RFC 6265bis 5.7: what the name vouches for is so.
bool keepsPrefix(const SetCookie& cookie) {
  switch (cookiePrefix(cookie.name)) {
    case CookiePrefix::kNone:
      return true;
    case CookiePrefix::kSecure:
      return cookie.secure;
    case CookiePrefix::kHost:
      break;
  }
  return cookie.secure && cookie.domain.empty() && cookie.path == "/";
}

bool isFor(const StoredCookie& cookie, const Url& url, std::time_t now) {
  return (!cookie.hostOnly || cookie.domain == url.host()) && (!cookie.secure || url.isSecure()) &&
         !expired(cookie, now) && pathMatches(url.path(), cookie.path);
}

/// RFC 6265 5.4 step 2.
bool goesBefore(const StoredCookie* a, const StoredCookie* b) {
  if (a->path.size() != b->path.size()) return a->path.size() > b->path.size();
  return a->created < b->created;
}

/// RFC 6265bis 5.7: those that are not secure go first.
bool isDroppedBefore(const StoredCookie& a, const StoredCookie& b) {
  return std::tie(a.secure, a.used) < std::tie(b.secure, b.used);
}

/// RFC 6265 5.3 step 11: these are one cookie.
auto sameAs(const StoredCookie& cookie) {
  return [&cookie](const StoredCookie& other) {
    return other.name == cookie.name && other.path == cookie.path;
  };
}

}  // namespace

CookieJar::CookieJar(CookieJarOptions options) : options_(std::move(options)) {
  options_.maxPerDomain = std::max<std::size_t>(options_.maxPerDomain, 1);
  options_.maxTotal = std::max<std::size_t>(options_.maxTotal, 1);
}

CookieVerdict CookieJar::setCookie(const Url& url, std::string_view header, std::time_t now) {
  std::optional<SetCookie> set = parseSetCookie(header);
  if (!set) return CookieVerdict::kMalformed;
  if (!keepsPrefix(*set)) return CookieVerdict::kWrongPrefix;
  if (set->secure && !url.isSecure()) return CookieVerdict::kNotSecure;
  if (isPublicSuffix(set->domain)) {
    if (set->domain != url.host()) return CookieVerdict::kPublicSuffix;
    set->domain.clear();
  }
  const bool hostOnly = set->domain.empty();
  if (hostOnly) set->domain = url.host();
  if (!domainMatches(url.host(), set->domain)) return CookieVerdict::kWrongDomain;
  if (set->path.empty()) set->path = defaultCookiePath(url.path());
  if (set->path.size() > SetCookie::kMaxAttribute) return CookieVerdict::kMalformed;
  StoredCookie cookie = stored(std::move(*set), hostOnly, now);
  if (!url.isSecure() && coversSecureCookie(cookie)) return CookieVerdict::kNotSecure;
  return store(std::move(cookie), now);
}

std::string CookieJar::cookieHeader(const Url& url, std::time_t now) {
  std::vector<StoredCookie*> chosen;
  const bool hasParents = !detail::isIPAddress(url.host());
  for (std::string_view domain = url.host(); !domain.empty();
       domain = hasParents ? withoutFirstLabel(domain) : "") {
    const auto found = byDomain_.find(domain);
    if (found == byDomain_.end()) continue;
    for (StoredCookie& cookie : found->second) {
      if (isFor(cookie, url, now)) chosen.push_back(&cookie);
    }
  }
  std::sort(chosen.begin(), chosen.end(), goesBefore);
  std::string header;
  for (StoredCookie* cookie : chosen) {
    const std::size_t length = cookie->name.size() + 1 + cookie->value.size();
    const std::string_view separator = header.empty() ? "" : "; ";
    if (header.size() + separator.size() + length > options_.maxHeader) break;
    header.append(separator).append(cookie->name).append("=").append(cookie->value);
    cookie->used = ++events_;
  }
  return header;
}

void CookieJar::clear() noexcept {
  byDomain_.clear();
  size_ = 0;
}

std::vector<StoredCookie> CookieJar::cookies() const {
  std::vector<StoredCookie> all;
  all.reserve(size_);
  for (const auto& [domain, cookies] : byDomain_) {
    all.insert(all.end(), cookies.begin(), cookies.end());
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.created < b.created; });
  return all;
}

/// None at all is none.
bool CookieJar::isPublicSuffix(std::string_view domain) const {
  if (domain.empty()) return false;
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.find('.') == domain.npos) return true;
  return options_.isPublicSuffix && options_.isPublicSuffix(domain);
}

/// RFC 6265bis 5.7: what came by http takes the place of no secure cookie, and hides none.
bool CookieJar::coversSecureCookie(const StoredCookie& cookie) const {
  const auto covered = [&](const StoredCookie& other) {
    return other.secure && other.name == cookie.name && pathMatches(cookie.path, other.path);
  };
  for (const auto& [domain, cookies] : byDomain_) {
    const bool related =
        domainMatches(domain, cookie.domain) || domainMatches(cookie.domain, domain);
    if (related && std::any_of(cookies.begin(), cookies.end(), covered)) return true;
  }
  return false;
}

CookieVerdict CookieJar::store(StoredCookie cookie, std::time_t now) {
  cookie.created = cookie.used = ++events_;
  if (const auto domain = byDomain_.find(cookie.domain); domain != byDomain_.end()) {
    Cookies& cookies = domain->second;
    const auto old = std::find_if(cookies.begin(), cookies.end(), sameAs(cookie));
    if (old != cookies.end()) {
      cookie.created = old->created;
      *old = std::move(cookie);
      if (!expired(*old, now)) return CookieVerdict::kStored;
      drop(domain, old);
      return CookieVerdict::kDeleted;
    }
  }
  if (expired(cookie, now)) return CookieVerdict::kDeleted;
  makeRoom(cookie.domain, now);
  Cookies& cookies = byDomain_[cookie.domain];
  cookies.push_back(std::move(cookie));
  ++size_;
  return CookieVerdict::kStored;
}

/// RFC 6265 5.3, its end: so that one more of that domain fits.
void CookieJar::makeRoom(const std::string& domain, std::time_t now) {
  const auto full = [&](ByDomain::iterator found) {
    return found != byDomain_.end() && found->second.size() >= options_.maxPerDomain;
  };
  if (!full(byDomain_.find(domain)) && size_ < options_.maxTotal) return;
  dropExpired(now);
  if (const auto found = byDomain_.find(domain); full(found)) {
    Cookies& cookies = found->second;
    drop(found, std::min_element(cookies.begin(), cookies.end(), isDroppedBefore));
  }
  if (size_ >= options_.maxTotal) dropLeastUsed();
}

void CookieJar::dropExpired(std::time_t now) {
  for (auto domain = byDomain_.begin(); domain != byDomain_.end();) {
    const auto next = std::next(domain);
    size_ -= std::erase_if(domain->second, [now](const auto& c) { return expired(c, now); });
    if (domain->second.empty()) byDomain_.erase(domain);
    domain = next;
  }
}

void CookieJar::dropLeastUsed() {
  auto domain = byDomain_.begin();
  auto least = domain->second.begin();
  for (auto i = byDomain_.begin(); i != byDomain_.end(); ++i) {
    const auto candidate = std::min_element(i->second.begin(), i->second.end(), isDroppedBefore);
    if (!isDroppedBefore(*candidate, *least)) continue;
    domain = i;
    least = candidate;
  }
  drop(domain, least);
}

void CookieJar::drop(ByDomain::iterator domain, Cookies::iterator cookie) {
  domain->second.erase(cookie);
  --size_;
  if (domain->second.empty()) byDomain_.erase(domain);
}

bool domainMatches(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  if (domain.empty() || !host.ends_with(domain) || detail::isIPAddress(host)) return false;
  return host[host.size() - domain.size() - 1] == '.';
}

bool pathMatches(std::string_view requestPath, std::string_view cookiePath) {
  if (!requestPath.starts_with(cookiePath)) return false;
  return requestPath.size() == cookiePath.size() || cookiePath.ends_with('/') ||
         requestPath[cookiePath.size()] == '/';
}

std::string_view defaultCookiePath(std::string_view requestPath) {
  const std::size_t slash = requestPath.rfind('/');
  if (!requestPath.starts_with('/') || slash == 0) return "/";
  return requestPath.substr(0, slash);
}

}  // namespace couplet
