// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What scripts send.
#pragma once

#include <cstddef>
#include <string>

#include "script.h"

namespace couplet::fuzz {

/// A payload whose size the next letter chooses: a power of two up to 128 Ki, one less or one more.
inline std::string payloadOf(Script& script) {
  const std::size_t choice = script.number();
  const std::size_t size = (std::size_t{1} << choice / 3 % 18) + choice % 3 - 1;
  std::string payload(size, 'x');
  for (std::size_t i = 0; i < size; i += 7) payload[i] = static_cast<char>(choice + i);
  return payload;
}

}  // namespace couplet::fuzz
