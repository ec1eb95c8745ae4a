// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Where a response sends a client on to: RFC 9110 section 15.4.
#pragma once

#include <string>
#include <vector>

#include <couplet/protocols/http/detail/client_request.h>

namespace couplet {
class ConnectError;
struct Response;
}  // namespace couplet

namespace couplet::detail {

/// 301, 302, 303, 307 and 308.
bool isRedirection(int status) noexcept;

/// Whether it says where to.
bool namesPlace(const Response& response);

/// What to ask for instead of `asked`. Throws RedirectError where the Location is no http URL.
/// Across origins it has no credentials and none of the `sensitive` fields.
/// REQUIRES: namesPlace(response)
AskedRequest redirected(AskedRequest asked, const Response& response,
                        const std::vector<std::string>& sensitive);

/// Throws the same cause, and tells that a redirection led to where there is no connection to.
[[noreturn]] void failRedirected(const Url& to, const ConnectError& error);

}  // namespace couplet::detail
