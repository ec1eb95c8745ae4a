// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. UTF-8 that comes in pieces: RFC 3629.
#pragma once

#include <cstdint>
#include <string_view>

namespace couplet::detail {

/// Refuses at the first byte that shows that the text is none, wherever it is cut.
class UTF8Validator {
 public:
  /// False where what came, with these bytes, cannot be the beginning of a text.
  bool take(std::string_view bytes) noexcept;

  /// Whether the text may end here: not in the middle of a character.
  bool complete() const noexcept { return state_ == 0; }

  void reset() noexcept { state_ = 0; }

 private:
  std::uint8_t state_ = 0;  // 0: between two characters
};

}  // namespace couplet::detail
