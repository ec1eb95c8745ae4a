// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Characters in UTF-8, and what looks like it: the scheme of RFC 2279, which goes on to six bytes,
// and takes any form of a number that it has room for.
#pragma once

#include <cstdint>
#include <string>

namespace couplet::autobahn {

/// The largest number that has a form of `size` bytes, from 1 to 6.
inline std::uint32_t mostOf(int size) {
  const int bits = size == 1 ? 7 : 5 * size + 1;
  return (std::uint32_t{1} << bits) - 1;
}

/// `number` in `size` bytes; the shortest form unless given.
inline std::string utf8(std::uint32_t number, int size = 1) {
  while (number > mostOf(size)) ++size;
  if (size == 1) return std::string(1, static_cast<char>(number));
  std::string bytes;
  bytes += static_cast<char>(0xff00 >> size | number >> 6 * (size - 1));
  for (int i = size - 2; i >= 0; --i) bytes += static_cast<char>(0x80 | (number >> 6 * i & 0x3f));
  return bytes;
}

}  // namespace couplet::autobahn
