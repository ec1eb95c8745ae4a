// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the peers in C++ do with bytes, so that they differ in their libraries alone.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace peers {

/// Answers each netstring with the same one. Keeps what is incomplete.
class NetstringEcho {
 public:
  /// Appends the answers to `output`. False for what is no netstring.
  bool feed(std::string_view bytes, std::string& output) {
    if (!partial_.empty()) {
      partial_ += bytes;
      bytes = partial_;
    }
    while (const auto payload = take(bytes)) append(*payload, output);
    if (!bytes.empty() || !partial_.empty()) partial_ = std::string(bytes);
    return !refused_;
  }

 private:
  static constexpr std::size_t kMaxLength = 99999;
  static constexpr std::size_t kMostDigits = 5;

  /// The payload of the netstring at the front of `bytes`, which is taken off; nothing when it is
  /// incomplete, or when it is none, which `refused_` tells.
  std::optional<std::string_view> take(std::string_view& bytes) {
    std::size_t length = 0;
    std::size_t at = 0;
    for (; at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9'; ++at) {
      length = length * 10 + (bytes[at] - '0');
      refused_ |= length > kMaxLength;
    }
    if (at == bytes.size() || refused_) return std::nullopt;
    refused_ = bytes[at] != ':' || at == 0;
    if (refused_ || bytes.size() - at < length + 2) return std::nullopt;
    const std::string_view payload = bytes.substr(at + 1, length);
    refused_ = bytes[at + 1 + length] != ',';
    if (refused_) return std::nullopt;
    bytes.remove_prefix(at + length + 2);
    return payload;
  }

  static void append(std::string_view payload, std::string& output) {
    const std::size_t before = output.size();
    output.resize(before + kMostDigits + payload.size() + 2);
    char* const digits = output.data() + before;
    char* to = std::to_chars(digits, digits + kMostDigits, payload.size()).ptr;
    *to++ = ':';
    std::memcpy(to, payload.data(), payload.size());
    to += payload.size();
    *to++ = ',';
    output.resize(to - output.data());
  }

  std::string partial_;
  bool refused_ = false;
};

}  // namespace peers
