// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Which Couplet this is. Semantic versions; docs/versions.md says what they promise.
#pragma once

#include <string_view>

#pragma GCC visibility push(default)
namespace couplet {

/// The version of these headers.
inline constexpr int kVersionMajor = 0;
inline constexpr int kVersionMinor = 1;
inline constexpr int kVersionPatch = 0;
inline constexpr std::string_view kVersion = "0.1.0";

/// The version of the library that is linked, which may be another one where it is shared.
std::string_view version() noexcept;

}  // namespace couplet
#pragma GCC visibility pop
