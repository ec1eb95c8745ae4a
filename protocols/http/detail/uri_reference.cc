// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/uri_reference.h>

#include <algorithm>
#include <cstddef>

namespace couplet::detail {

namespace {

/// Takes the first `mark` and what follows it off `text`; returns what follows.
std::optional<std::string_view> takeAfter(char mark, std::string_view& text) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return std::nullopt;
  const std::string_view after = text.substr(at + 1);
  text = text.substr(0, at);
  return after;
}

/// 1 for `.`, 2 for `..`, in any spelling; 0 for all else.
int dotsOf(std::string_view segment) {
  int dots = 0;
  for (; !segment.empty() && dots < 3; ++dots) {
    const bool escaped = segment.starts_with("%2e") || segment.starts_with("%2E");
    if (!escaped && segment[0] != '.') return 0;
    segment.remove_prefix(escaped ? 3 : 1);
  }
  return dots < 3 ? dots : 0;
}

void removeLastSegment(std::string& path) {
  const std::size_t slash = path.rfind('/');
  path.resize(slash == path.npos ? 0 : slash);
}

/// 5.2.3.
std::string merge(const URIReference& base, std::string_view path) {
  if (base.authority && base.path.empty()) return '/' + std::string(path);
  const std::size_t slash = base.path.rfind('/');
  return std::string(base.path.substr(0, slash == base.path.npos ? 0 : slash + 1)) +
         std::string(path);
}

/// 5.3.
std::string recompose(const URIReference& parts) {
  std::string text(*parts.scheme);
  text += ':';
  if (parts.authority) text.append("//").append(*parts.authority);
  if (!parts.authority && parts.path.starts_with("//")) text += "/.";  // or it would become one
  text.append(parts.path);
  if (parts.query) text.append("?").append(*parts.query);
  if (parts.fragment) text.append("#").append(*parts.fragment);
  return text;
}

}  // namespace

URIReference splitURIReference(std::string_view text) {
  URIReference parts;
  parts.fragment = takeAfter('#', text);
  parts.query = takeAfter('?', text);
  const std::size_t colon = text.find_first_of(":/");
  if (colon != text.npos && colon > 0 && text[colon] == ':') {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    parts.authority = text.substr(0, text.find('/'));
    text.remove_prefix(parts.authority->size());
  }
  parts.path = text;
  return parts;
}

std::string resolveURIReference(const URIReference& base, const URIReference& reference) {
  URIReference target = reference;
  std::string path;
  if (reference.scheme || reference.authority || reference.path.starts_with('/')) {
    path = removeDotSegments(reference.path);
  } else if (!reference.path.empty()) {
    path = removeDotSegments(merge(base, reference.path));
  } else {
    path = base.path;
    if (!reference.query) target.query = base.query;
  }
  if (!reference.scheme) {
    target.scheme = base.scheme;
    if (!reference.authority) target.authority = base.authority;
  }
  target.path = path;
  return recompose(target);
}

std::string removeDotSegments(std::string_view path) {
  std::string kept;
  kept.reserve(path.size());
  while (!path.empty()) {
    const bool slash = path[0] == '/';
    const std::string_view segment = path.substr(slash, path.find('/', slash) - slash);
    path.remove_prefix(segment.size() + slash);
    const int dots = dotsOf(segment);
    if (dots == 0) {
      if (slash) kept += '/';
      kept += segment;
    } else if (!slash) {
      path.remove_prefix(std::min<std::size_t>(1, path.size()));
    } else {
      if (dots == 2) removeLastSegment(kept);
      if (path.empty()) kept += '/';
    }
  }
  return kept;
}

}  // namespace couplet::detail
