// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// URLs of http and https by RFC 3986, strictly: what two readers could take for two places is
// refused. What was taken has one spelling, so that origins can be compared and a request's target
// and Host header be written without another look.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <couplet/deferred/result.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A text is no URL that we would ask. The message names the part and what is wrong with it, and
/// repeats no more of the text than one printable byte.
class InvalidUrlError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// An absolute http or https URL. A value.
///
/// Normalised (RFC 3986 6.2.2, 6.2.3): scheme and host in lower case, an IPv6 address as RFC 5952
/// writes it, the default port left out, the path without `.` and `..` (also when written `%2e`)
/// and at least `/`. Other escapes stay as they came: a signature may depend on them.
///
/// Refused: other schemes; a user name or password (RFC 9110 4.2.4: send an Authorization header);
/// port 0; any byte but 0x21 to 0x7e, so percent-encode what is not ASCII; a backslash, which
/// browsers take for a slash; a '%' without two hex digits; what RFC 3986 does not allow in a path;
/// a host that is no name or address or that some readers take for another, like `127.1`. Taken
/// beyond RFC 3986, since browsers send them so: `[]{}|^` and the backtick in a query or fragment.
class Url {
 public:
  /// Throws InvalidUrlError.
  static Url parse(std::string_view text) { return tryParse(text).value(); }
  /// The same; fails with InvalidUrlError.
  static Result<Url> tryParse(std::string_view text);

  /// What `reference` (of a Location header, of a link) means here: RFC 3986 5.2, strict, so that
  /// `http:g` is refused. Throws InvalidUrlError.
  Url resolve(std::string_view reference) const { return tryResolve(reference).value(); }
  /// The same; fails with InvalidUrlError.
  Result<Url> tryResolve(std::string_view reference) const;

  /// `http` or `https`.
  std::string_view scheme() const noexcept { return secure_ ? "https" : "http"; }
  bool isSecure() const noexcept { return secure_; }

  /// What to connect to: a name, or an address without brackets: `::1`, `fe80::1%eth0`.
  const std::string& host() const noexcept { return host_; }
  /// 80 or 443 unless given.
  int port() const noexcept { return port_; }
  bool hasDefaultPort() const noexcept { return port_ == (secure_ ? 443 : 80); }

  /// Encoded, begins with '/'.
  const std::string& path() const noexcept { return path_; }
  /// Encoded, without '?'; an empty one differs from none.
  const std::optional<std::string>& query() const noexcept { return query_; }
  /// Encoded, without '#'. Never sent.
  const std::optional<std::string>& fragment() const noexcept { return fragment_; }

  /// Same scheme, host and port: RFC 6454 section 5. Credentials stay within an origin.
  bool sameOrigin(const Url& other) const noexcept;
  /// `http://example.com`, with the port unless it is the default one.
  std::string origin() const;

  /// The value of a Host header: `example.com:8080`, `[::1]`; no zone (RFC 6874 section 4).
  std::string hostHeader() const;
  /// Request target for a server (RFC 9112 3.2.1): `/poems?page=2`.
  std::string originForm() const;
  /// Request target for a proxy (RFC 9112 3.2.2): `http://example.com/poems?page=2`.
  std::string absoluteForm() const;
  /// Request target of CONNECT (RFC 9112 3.2.3): `example.com:443`.
  std::string authorityForm() const;

  /// All of it. Parses to an equal URL.
  std::string toString() const;

  /// RFC 3986 6.2: the same spelling once normalised.
  bool operator==(const Url&) const = default;

 private:
  Url() = default;

  std::string take(std::string_view text);
  std::string takeAuthority(std::string_view authority);
  std::string portSuffix() const;

  bool secure_ = false;
  std::string host_;  // as detail::parseHost has it
  int port_ = 0;
  std::string path_;
  std::optional<std::string> query_;
  std::optional<std::string> fragment_;
};

}  // namespace couplet
#pragma GCC visibility pop
