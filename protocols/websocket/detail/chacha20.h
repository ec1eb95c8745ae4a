// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The block function of ChaCha20: RFC 8439, 2.3. Makes much that nobody can guess out of
// a little.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace couplet::detail {

/// Four constants, eight words of the key, the counter and three words of the nonce.
using ChaChaState = std::array<std::uint32_t, 16>;

inline constexpr std::array<std::uint32_t, 4> kChaChaConstants{0x61707865, 0x3320646e, 0x79622d32,
                                                               0x6b206574};

inline ChaChaState chaCha20Block(const ChaChaState& state) noexcept {
  ChaChaState x = state;
  const auto quarterRound = [&x](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 7);
  };
  for (int twoRounds = 0; twoRounds < 10; ++twoRounds) {
    for (std::size_t i = 0; i < 4; ++i) quarterRound(i, i + 4, i + 8, i + 12);
    for (std::size_t i = 0; i < 4; ++i) {
      quarterRound(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
  }
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += state[i];
  return x;
}

}  // namespace couplet::detail
