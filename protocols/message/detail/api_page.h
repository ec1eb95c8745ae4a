// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The page of an Api, for people.
#pragma once

#include <string>
#include <string_view>

#include <couplet/protocols/message/detail/api_description.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// HTML with a form for each request, for the folder that the requests are in. It loads nothing but
/// answers. Without its script a form leads to its answer.
std::string pageOf(const ApiDescription& api);

/// The Content-Security-Policy of the page: its own style and script, by their
/// hashes, and nothing else. The test interop.api.Policy says what the hashes must be.
std::string_view pagePolicy() noexcept;

}  // namespace couplet::detail
#pragma GCC visibility pop
