// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a client wants to be answered with: RFC 9110 section 12.5.1.
#pragma once

#include <string_view>

#include <couplet/protocols/http/headers.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// How much `mediaType` ("text/html", in lower case, its charset UTF-8 if it has one) is wanted, in
/// thousandths: 0 for not at all, 1000 without an Accept field. The range that fits it most exactly
/// decides. Ranges that cannot be read are none, and those with parameters are for other types.
int qualityOf(std::string_view mediaType, const Headers& headers);

/// Whether a page for people is wanted more than JSON is. A client that takes anything gets JSON.
bool prefersHTML(const Headers& headers);

}  // namespace couplet::detail
#pragma GCC visibility pop
