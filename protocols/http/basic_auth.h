// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// HTTP's Basic authentication (RFC 7617): a user name and a password, readable by all who see the
// request, so for https only.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// This side tried to send a user name, password or realm that Basic authentication cannot carry.
class InvalidCredentialsError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A user name and a password, as bytes; in UTF-8 where the peer follows the challenge.
struct BasicCredentials {
  std::string user;      ///< has no colon
  std::string password;  ///< may have some

  /// Whether both are the expected ones, by `equalsInConstantTime`; looks at both in any case.
  bool match(std::string_view expectedUser, std::string_view expectedPassword) const;

  /// The value of an Authorization header: `Basic YTpi`. Throws InvalidCredentialsError for a colon
  /// in the user name and a control byte in either.
  std::string toHeader() const;
};

/// The credentials of an Authorization (or Proxy-Authorization) header's value. Nothing when it
/// has another scheme (`basic` is this one), is no strict base64, or has no colon or a control byte
/// in what is encoded.
std::optional<BasicCredentials> parseBasicCredentials(std::string_view headerValue);

/// The value of a WWW-Authenticate header: `Basic realm="poems", charset="UTF-8"`. Throws
/// InvalidCredentialsError for a control byte in `realm`.
std::string basicChallenge(std::string_view realm);

/// Whether `given`, a peer's, equals `secret`, ours. Takes the same steps wherever they differ, and
/// however long `secret` is: their number depends on the length of `given` alone, which the peer
/// knows. (What a cache or compiler makes of the steps is not promised.)
bool equalsInConstantTime(std::string_view given, std::string_view secret) noexcept;

}  // namespace couplet
#pragma GCC visibility pop
