// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How a server that has no library answers the handshake of WebSocket (RFC 6455, 4.2.2).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace peers {

using Sha1Digest = std::array<std::uint8_t, 20>;

/// One block of 64 bytes into the five words of the digest (FIPS 180-4, 6.1.2).
inline void sha1Block(std::array<std::uint32_t, 5>& digest, const char* block) {
  std::array<std::uint32_t, 80> words;
  for (int i = 0; i < 16; ++i) {
    words[i] = 0;
    for (int j = 0; j < 4; ++j) words[i] = words[i] << 8 | std::uint8_t(block[4 * i + j]);
  }
  for (int i = 16; i < 80; ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  auto [a, b, c, d, e] = digest;
  for (int i = 0; i < 80; ++i) {
    const std::uint32_t mixed = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                                : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                                : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                                         : (b ^ c ^ d) + 0xca62c1d6;
    const std::uint32_t next = std::rotl(a, 5) + mixed + e + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const std::array<std::uint32_t, 5> added = {a, b, c, d, e};
  for (int i = 0; i < 5; ++i) digest[i] += added[i];
}

inline Sha1Digest sha1(std::string text) {
  const std::uint64_t bits = 8 * text.size();
  text += '\x80';
  text.resize((text.size() + 8 + 63) / 64 * 64 - 8, '\0');
  for (int shift = 56; shift >= 0; shift -= 8) text += char(bits >> shift);
  std::array<std::uint32_t, 5> words = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for (std::size_t at = 0; at < text.size(); at += 64) sha1Block(words, text.data() + at);
  Sha1Digest digest;
  for (int i = 0; i < 20; ++i) digest[i] = words[i / 4] >> (24 - i % 4 * 8);
  return digest;
}

/// The value of Sec-WebSocket-Accept for the one of Sec-WebSocket-Key.
inline std::string websocketAccept(std::string_view key) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const Sha1Digest digest = sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  std::string text;
  for (int at = 0; at < 21; at += 3) {
    const int last = at + 2 < 20 ? digest[at + 2] : 0;
    const std::uint32_t three = digest[at] << 16 | digest[at + 1] << 8 | last;
    for (int shift = 18; shift >= 0; shift -= 6) text += kDigits[three >> shift & 63];
  }
  text.back() = '=';  // 20 bytes are 27 digits
  return text;
}

/// The answer to a handshake that ends with an empty line; empty where that asks for nothing.
inline std::string websocketHandshake(std::string_view head) {
  constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
  const std::size_t at = head.find(kKey);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = head.substr(at + kKey.size());
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         websocketAccept(rest.substr(0, rest.find('\r'))) + "\r\n\r\n";
}

}  // namespace peers
