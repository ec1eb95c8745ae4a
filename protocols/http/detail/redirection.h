// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Where a response sends a client on to: RFC 9110 section 15.4.
#pragma once

#include <string>
#include <vector>

#include <couplet/protocols/http/detail/client_request.h>

namespace couplet {
struct Response;
}

namespace couplet::detail {

/// 301, 302, 303, 307 and 308.
bool isRedirection(int status) noexcept;

/// What to ask for instead of `asked`. Throws RedirectWithNoLocation, or RedirectError where the
/// Location is no http URL. Across origins it has no credentials and none of the `sensitive`
/// fields.
AskedRequest redirected(AskedRequest asked, const Response& response,
                        const std::vector<std::string>& sensitive);

}  // namespace couplet::detail
