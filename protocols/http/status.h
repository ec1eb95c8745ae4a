// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Status codes: RFC 9110 section 15 and the registry that it founded.
#pragma once

#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// The usual words for a status: "Not Found" of 404. Empty for one that is not registered, with
/// which a status line is still right.
std::string_view reasonPhrase(int status) noexcept;

/// Whether a response of this status ends with its head: 1xx, 204 and 304. RFC 9110 section 6.4.1.
constexpr bool isBodiless(int status) noexcept {
  return status < 200 || status == 204 || status == 304;
}

/// A status with its words, as a status line has them: `HTTPStatus(404)`, or with words of your
/// own.
struct HTTPStatus {
  HTTPStatus(int status) noexcept : code(status), reason(reasonPhrase(status)) {}
  HTTPStatus(int status, std::string_view phrase) noexcept : code(status), reason(phrase) {}

  int code;
  std::string_view reason;  ///< a view of the caller's, or of a literal
};

}  // namespace couplet
#pragma GCC visibility pop
