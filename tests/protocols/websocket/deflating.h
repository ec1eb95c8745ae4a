// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages, deflated and inflated whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include <couplet/protocols/websocket/detail/message_deflater.h>
#include <couplet/protocols/websocket/detail/message_inflater.h>

namespace couplet::testing {

inline constexpr int kLevel = 6;
inline constexpr int kMemoryLevel = 8;

inline std::string deflated(detail::MessageDeflater& deflater, std::string_view message) {
  std::string out;
  deflater.deflate(message, true, out);
  return out;
}

inline std::string deflated(std::string_view message, int level = kLevel) {
  detail::MessageDeflater deflater(15, false, level, kMemoryLevel);
  return deflated(deflater, message);
}

/// Nothing where it is broken or too long.
inline std::optional<std::string> inflated(detail::MessageInflater& inflater,
                                           std::string_view payload, std::size_t limit = SIZE_MAX) {
  std::string out;
  if (inflater.inflate(payload, out, limit) != detail::Inflated::kTaken) return std::nullopt;
  if (inflater.finish(out, limit) != detail::Inflated::kTaken) return std::nullopt;
  return out;
}

inline std::optional<std::string> inflated(std::string_view payload, std::size_t limit = SIZE_MAX) {
  detail::MessageInflater inflater(15, false);
  return inflated(inflater, payload, limit);
}

/// What looks like lines of a log: repetitive, near and far.
inline std::string someText(std::size_t size) {
  std::string text;
  for (int line = 0; text.size() < size; ++line) {
    text += "line " + std::to_string(line * line) + " of the poem, read by " +
            std::to_string(line % 17) + " people\n";
  }
  text.resize(size);
  return text;
}

/// What cannot be made smaller; the same for the same seed.
inline std::string someNoise(std::size_t size, unsigned seed = 1) {
  std::mt19937 engine(seed);
  std::string noise;
  while (noise.size() < size) noise += static_cast<char>(engine());
  return noise;
}

}  // namespace couplet::testing
