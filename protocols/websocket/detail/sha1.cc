// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/sha1.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace couplet::detail {

namespace {

using State = std::array<std::uint32_t, 5>;

constexpr std::size_t kBlock = 64;
constexpr std::size_t kLength = 8;  // bytes of the length, at the end of the last block

std::uint32_t wordAt(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return word;
}

void appendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> 8 * bytes);
}

/// 4.1.1 and 4.2.1: the function and the constant of round `t`.
std::uint32_t mixed(std::size_t t, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (t < 20) return 0x5a827999 + ((b & c) | (~b & d));
  if (t < 40) return 0x6ed9eba1 + (b ^ c ^ d);
  if (t < 60) return 0x8f1bbcdc + ((b & c) | (b & d) | (c & d));
  return 0xca62c1d6 + (b ^ c ^ d);
}

/// 6.1.2.
void digestBlock(State& state, std::string_view block) {
  std::array<std::uint32_t, 80> schedule;
  for (std::size_t t = 0; t < 16; ++t) schedule[t] = wordAt(block, 4 * t);
  for (std::size_t t = 16; t < 80; ++t) {
    schedule[t] =
        std::rotl(schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t < 80; ++t) {
    const std::uint32_t next = std::rotl(a, 5) + mixed(t, b, c, d) + e + schedule[t];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

/// 5.1.1: what is left of the text, and its length, in whole blocks.
std::string padded(std::string_view rest, std::uint64_t size) {
  std::string end(rest);
  end += '\x80';
  while (end.size() % kBlock != kBlock - kLength) end += '\0';
  appendBigEndian(end, 8 * size, kLength);
  return end;
}

}  // namespace

std::string sha1(std::string_view text) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  std::string_view rest = text;
  for (; rest.size() >= kBlock; rest.remove_prefix(kBlock)) digestBlock(state, rest);
  const std::string end = padded(rest, text.size());
  for (std::size_t at = 0; at < end.size(); at += kBlock) {
    digestBlock(state, std::string_view(end).substr(at));
  }
  std::string digest;
  for (const std::uint32_t word : state) appendBigEndian(digest, word, 4);
  return digest;
}

}  // namespace couplet::detail
