// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The masking of what clients send: RFC 6455, 5.3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace couplet::detail {

/// Copies `size` bytes, each combined by exclusive or with the byte of `key` whose turn it is;
/// `phase` bytes of the same payload went before. `to` may be `from`; otherwise they must not
/// overlap. Masking twice gives back what there was.
void maskBytes(char* to, const char* from, std::size_t size, std::array<std::uint8_t, 4> key,
               std::size_t phase = 0) noexcept;

}  // namespace couplet::detail
