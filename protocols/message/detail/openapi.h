// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. An Api as a document of OpenAPI 3.1, for programs that make clients, or pages, of it.
#pragma once

#include <string>

#include <couplet/protocols/message/detail/api_description.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// JSON. Its server is the folder that the document is in. It tells of what ApiResource takes the
/// plainest: members in the query, in a form, or in JSON without wrapping.
std::string openAPIOf(const ApiDescription& api);

}  // namespace couplet::detail
#pragma GCC visibility pop
