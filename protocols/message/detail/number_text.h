// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Numbers as Python prints them, in memory of the caller's.
#pragma once

#include <array>
#include <string_view>

namespace couplet::detail {

using NumberBuffer = std::array<char, 32>;

/// The shortest text that is read as the same number, with a point or an exponent: "42.0", "1e+22",
/// "nan", "-inf". A view of `buffer`.
std::string_view numberText(double number, NumberBuffer& buffer) noexcept;
std::string_view numberText(float number, NumberBuffer& buffer) noexcept;

}  // namespace couplet::detail
