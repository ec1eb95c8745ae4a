// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Percent-encoding (RFC 3986 section 2.1) of paths, and that of forms, where a space is a '+'.
// What is decoded is bytes, of any value: NUL, '/' and CR LF too. So look at a path after it was
// decoded, segment by segment, and never before.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// What becomes of a '%' that is not followed by two hex digits.
enum class BadPercent {
  kRefuse,  ///< the whole text is refused
  kKeep,    ///< it stays as it is, as browsers and Twisted have it
};

/// Decodes `%41` to `A`; a '+' stays one. Nothing when a '%' is bad.
std::optional<std::string> percentDecode(std::string_view text,
                                         BadPercent bad = BadPercent::kRefuse);

/// The same without a copy where there is nothing to decode: the result is a view of `text`, or
/// else of `storage`, which it overwrites and `text` must not view. Nothing when a '%' is bad.
std::optional<std::string_view> percentDecode(std::string_view text, std::string& storage);

/// Decodes a name or value of a query or an urlencoded form: as percentDecode, and '+' to a space.
std::optional<std::string> formDecode(std::string_view text, BadPercent bad = BadPercent::kRefuse);

/// The same; where there is nothing to decode it is `text` itself, else a view of `storage`.
std::optional<std::string_view> formDecode(std::string_view text, std::string& storage);

/// Whether a decoded path segment names one thing below its parent, whoever takes it for a file
/// name: it is not empty, `.` or `..`, and has no '/', '\', or control byte in it.
bool isPlainSegment(std::string_view decoded);

/// Encodes all but letters, digits and `-._~`: fit for one segment of a path, and for a name or
/// value of a query. `.` and `..` stay what they are: no encoding makes plain segments of them.
std::string percentEncode(std::string_view text);

/// Encodes what may not stand in a path; '/' stays, and so do the other delimiters of a path.
/// Encodes '%' too: for a path that is not encoded yet.
std::string percentEncodePath(std::string_view path);

/// Encodes a name or value of a query or form: all but letters, digits and `*-._`, a space as '+'
/// (WHATWG URL, application/x-www-form-urlencoded).
std::string formEncode(std::string_view text);

}  // namespace couplet
#pragma GCC visibility pop
