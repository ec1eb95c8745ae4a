// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A path, taken apart: for whoever looks up what has it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <couplet/protocols/http/percent.h>
#include <couplet/protocols/http/response.h>

namespace couplet::detail {

/// The segments of a path, from its front. Views it.
class PathSegments {
 public:
  explicit PathSegments(std::string_view path) noexcept : left_(path) {}

  bool ended() const noexcept { return ended_; }
  /// Those that are left, with the slashes between them.
  std::string_view left() const noexcept { return left_; }
  /// REQUIRES: !ended()
  std::string_view take() noexcept {
    const std::size_t end = std::min(left_.find('/'), left_.size());
    const std::string_view segment = left_.substr(0, end);
    ended_ = end == left_.size();
    left_.remove_prefix(ended_ ? end : end + 1);
    return segment;
  }
  /// The same, decoded: a view of the path, or else of `storage`. Throws HTTPError(400) for one
  /// that cannot be.
  std::string_view takeDecoded(std::string& storage) {
    const std::string_view segment = take();
    const bool plain = segment.empty() || segment.find('%') == segment.npos;
    return plain ? segment : decode(segment, storage);
  }
  std::string takeDecoded() {
    std::string storage;
    return std::string(takeDecoded(storage));
  }

  /// REQUIRES: `storage` is not what `segment` views
  [[gnu::noinline]] static std::string_view decode(std::string_view segment, std::string& storage) {
    const auto decoded = percentDecode(segment, storage);
    if (!decoded) throw HTTPError(400, "The path is not percent-encoded as it must be.");
    return *decoded;
  }

 private:
  std::string_view left_;
  bool ended_ = false;
};

}  // namespace couplet::detail
