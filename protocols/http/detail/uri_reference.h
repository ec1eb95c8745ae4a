// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// References as RFC 3986 takes them apart and resolves them, of any scheme, before anyone asks
// whether their parts are right.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace couplet::detail {

/// The five parts of a reference, without the delimiters between them; views of it. A part that is
/// not there differs from an empty one.
struct URIReference {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};

/// Appendix B. Any text has these parts.
URIReference splitURIReference(std::string_view text);

/// 5.2.2 and 5.3: what `reference` means on the page `base`, as text. Strict: a reference with a
/// scheme stands alone, also when the scheme is that of `base`. REQUIRES: `base` has a scheme.
std::string resolveURIReference(const URIReference& base, const URIReference& reference);

/// 5.2.4: without `.` and `..`. Sees them also where their dots are written `%2e`, which means the
/// same (6.2.2.2).
std::string removeDotSegments(std::string_view path);

}  // namespace couplet::detail
