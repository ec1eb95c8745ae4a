// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "case_mapping.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>

namespace poetry {

namespace {

/// Every `step`-th character from `first` to `last` is mapped to the one that is `delta` further
/// on.
struct CaseSpan {
  char32_t first;
  char32_t last;
  std::uint32_t step;
  std::int32_t delta;
};

// The tables kUpper and kLower, in the order of their characters.
#include "case_mapping.inc"

char32_t map(std::span<const CaseSpan> table, char32_t character) noexcept {
  auto span = std::partition_point(table.begin(), table.end(),
                                   [=](const CaseSpan& s) { return s.last < character; });
  if (span == table.end() || character < span->first) return character;
  if ((character - span->first) % span->step != 0) return character;
  return character + static_cast<char32_t>(span->delta);
}

}  // namespace

char32_t toUpper(char32_t character) noexcept { return map(kUpper, character); }
char32_t toLower(char32_t character) noexcept { return map(kLower, character); }

}  // namespace poetry
