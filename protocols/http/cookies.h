// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Cookies as they travel (RFC 6265): the Cookie header of a request, the Set-Cookie header of a
// response. Where a client keeps them: cookie_jar.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <ctime>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// This side tried to set a cookie that would not arrive as it was meant. Nothing was sent.
class InvalidCookieError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A cookie of a request. Views of the header's value.
struct CookiePair {
  std::string_view name;   ///< not empty
  std::string_view value;  ///< as it came, quotes and escapes too; may be empty

  bool operator==(const CookiePair&) const = default;
};

/// The cookies of a Cookie header's value, in order, those of one name too (a browser sends the one
/// with the longest path first). Looks at them while it is iterated over, allocates nothing, and
/// must not outlive the header's value.
///
///     for (auto [name, value] : RequestCookies(header)) ...
///
/// Takes whatever comes, as a server must: a ';' parts cookies, the first '=' a name from its
/// value, spaces and tabs around both are dropped. What has no name is no cookie: `=__Host-id=1`
/// would pass for `__Host-id`. Of several Cookie lines, ask each.
class RequestCookies {
 public:
  class Iterator {
   public:
    using iterator_concept = std::forward_iterator_tag;
    using value_type = CookiePair;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(std::string_view header) : rest_(header) { ++*this; }

    CookiePair operator*() const noexcept { return pair_; }
    Iterator& operator++();
    Iterator operator++(int);
    /// Of one header.
    bool operator==(const Iterator& other) const noexcept {
      return pair_.name.data() == other.pair_.name.data();
    }
    bool operator==(std::default_sentinel_t) const noexcept { return pair_.name.empty(); }

   private:
    std::string_view rest_;  // after the pair
    CookiePair pair_;        // without a name at the end
  };

  explicit RequestCookies(std::string_view header) noexcept : header_(header) {}

  Iterator begin() const { return Iterator(header_); }
  std::default_sentinel_t end() const noexcept { return {}; }

  /// The value of the first cookie of that name. Names differ by case.
  std::optional<std::string_view> find(std::string_view name) const;

 private:
  std::string_view header_;
};

/// Whether a cookie goes along with requests that another site causes.
enum class SameSite { kStrict, kLax, kNone };

/// A cookie of a response, with its attributes.
struct SetCookie {
  /// The longest name and value together, in bytes: RFC 6265 6.1 asks for no more, and browsers
  /// ignore a cookie with more (RFC 6265bis 5.6).
  static constexpr std::size_t kMaxSize = 4096;
  /// The longest attribute that is taken, in bytes: RFC 6265bis 5.6.
  static constexpr std::size_t kMaxAttribute = 1024;

  std::string name;
  std::string value;
  std::string domain = {};  ///< empty: for the host that set it, and none below it
  std::string path = {};    ///< empty: for the request's path up to its last '/'
  std::optional<std::chrono::seconds> maxAge = {};  ///< wins over `expires`; 0 deletes the cookie
  std::optional<std::time_t> expires = {};          ///< neither: until the browser is closed
  bool secure = false;                              ///< for https only
  bool httpOnly = false;                            ///< not for scripts
  std::optional<SameSite> sameSite = {};            ///< not given: most browsers take Lax

  /// The value of a Set-Cookie header. Throws InvalidCookieError for what RFC 6265 4.1.1 does not
  /// allow, or a browser would not keep:
  /// - a name that is no token;
  /// - a value with a space, a control byte, `"` (but for one pair around it), a comma, ';', a
  ///   backslash, or what is not ASCII: write it with percentEncode;
  /// - name and value longer than kMaxSize, or a path longer than kMaxAttribute;
  /// - a domain that is no host name, or begins or ends with a dot;
  /// - a path that does not begin with '/', or has a ';' or a control byte;
  /// - a maxAge below 0, a date outside of the years 1601 to 9999;
  /// - SameSite=None or a `__Secure-` name without secure;
  /// - a `__Host-` name without secure or the path `/`, or with a domain.
  std::string toHeader() const;

  bool operator==(const SetCookie&) const = default;
};

/// Reads a Set-Cookie header's value as a client does (RFC 6265 5.2): a domain in lower case
/// without its leading dot; of attributes that come twice the last one; one that it does not know,
/// or whose value it does not understand, is passed over. Nothing where there is no name, a control
/// byte other than a tab, or more than kMaxSize.
std::optional<SetCookie> parseSetCookie(std::string_view header);

/// `__Secure-` and `__Host-`, in any case (RFC 6265bis 4.1.3), vouch for how a cookie was set.
enum class CookiePrefix { kNone, kSecure, kHost };
CookiePrefix cookiePrefix(std::string_view name);

}  // namespace couplet
#pragma GCC visibility pop
