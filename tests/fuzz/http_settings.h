// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How the fuzzers of HTTP set up what they look at. README.md lists the letters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <couplet/protocols/http/limits.h>

#include "script.h"

namespace couplet::fuzz {

/// What bounds messages, and what their reader does.
struct HTTPSettings {
  HTTPLimits limits;
  std::optional<std::uint64_t> bodyLimit;  // set at each head
  bool handsOver = false;                  // at a request for another protocol

  std::uint64_t mostOfBody() const { return bodyLimit.value_or(limits.body); }
};

/// Letters with a number behind each: `h100n3o`.
inline HTTPSettings parseSettings(std::string_view text) {
  constexpr std::size_t kMostFields = 200;  // room for so many is taken
  HTTPSettings settings;
  while (!text.empty()) {
    const char letter = text.front();
    text.remove_prefix(1);
    const std::size_t number = numberOr(0, text);
    if (letter == 'f') settings.limits.firstLine = number;
    if (letter == 'h') settings.limits.head = number;
    if (letter == 'n') settings.limits.headerCount = std::min(number, kMostFields);
    if (letter == 'b') settings.limits.body = number;
    if (letter == 'c') settings.limits.chunkLine = number;
    if (letter == 't') settings.limits.trailers = number;
    if (letter == 's') settings.bodyLimit = number;
    if (letter == 'o') settings.handsOver = true;
  }
  return settings;
}

}  // namespace couplet::fuzz
