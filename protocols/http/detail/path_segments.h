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
  /// The same, decoded; throws HTTPError(400) for one that cannot be.
  std::string takeDecoded() {
    auto segment = percentDecode(take());
    if (!segment) throw HTTPError(400, "The path is not percent-encoded as it must be.");
    return *std::move(segment);
  }

 private:
  std::string_view left_;
  bool ended_ = false;
};

}  // namespace couplet::detail
