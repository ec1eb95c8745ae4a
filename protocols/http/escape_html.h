// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Text of a peer's on a page of ours.
#pragma once

#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// The text as it may stand in HTML, between tags and in a quoted attribute: & < > " ' become
/// `&amp;` `&lt;` `&gt;` `&quot;` `&#39;`, all else stays. In an attribute that holds a URL this
/// alone does not help against `javascript:`.
std::string escapeHTML(std::string_view text);

}  // namespace couplet
#pragma GCC visibility pop
