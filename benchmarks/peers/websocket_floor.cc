// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The floor of WebSocket: it echoes whole messages of one frame, which it unmasks where they were
// read to, with the head of the answer right before; those are sent from there. It knows no other
// frames, and ends a connection that has one.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "benchmarks/peers/floor.h"
#include "benchmarks/peers/websocket_accept.h"
#include "benchmarks/peers/websocket_echo.h"

namespace {

constexpr std::size_t kMaxHead = 16 * 1024;

constexpr std::size_t kKeyBytes = 4;
constexpr std::size_t kMostHead = 14;  // of a client's frame

/// The head of a masked frame (RFC 6455, 5.2).
struct Head {
  std::size_t size = 0;  ///< with the key
  std::uint64_t payload = 0;
};

/// Nothing while it is incomplete.
std::optional<Head> headOf(const char* bytes, std::size_t count) {
  if (count < 2) return std::nullopt;
  const std::uint8_t length = bytes[1] & 0x7f;
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  Head head = {2 + more + kKeyBytes, length};
  if (count < head.size) return std::nullopt;
  if (more) head.payload = 0;
  for (std::size_t i = 0; i < more; ++i)
    head.payload = head.payload << 8 | std::uint8_t(bytes[2 + i]);
  return head;
}

/// Unmasks to `to`, which is not behind `from`.
__attribute__((target_clones("avx2", "default"))) void unmask(char* to, const char* from,
                                                              std::size_t count, const char* key) {
  using Wide [[gnu::vector_size(32)]] = std::uint32_t;
  std::uint32_t word;
  std::memcpy(&word, key, sizeof word);
  const Wide words = Wide{} + word;
  std::size_t at = 0;
  for (Wide bytes; at + sizeof bytes <= count; at += sizeof bytes) {
    std::memcpy(&bytes, from + at, sizeof bytes);
    bytes ^= words;
    std::memcpy(to + at, &bytes, sizeof bytes);
  }
  for (std::uint32_t bytes; at + sizeof bytes <= count; at += sizeof bytes) {
    std::memcpy(&bytes, from + at, sizeof bytes);
    bytes ^= word;
    std::memcpy(to + at, &bytes, sizeof bytes);
  }
  for (std::size_t i = 0; at < count; ++at, ++i) to[at] = char(from[at] ^ (word >> 8 * i));
}

class WebSocketEcho {
 public:
  std::optional<std::string_view> answer(char* bytes, std::size_t count, std::string& output) {
    if (!open_) return handshake({bytes, count}, output);
    if (partial_.empty()) return answerFrames(bytes, count);
    partial_.append(bytes, count);
    const auto head = headOf(partial_.data(), partial_.size());
    if (!head || head->size + head->payload > partial_.size()) return std::string_view();
    output.swap(partial_);
    return answerFrames(output.data(), output.size());
  }

 private:
  std::optional<std::string_view> handshake(std::string_view bytes, std::string& output) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    partial_ += bytes;
    if (!partial_.ends_with(kEnd)) {
      return partial_.size() < kMaxHead ? std::optional(std::string_view()) : std::nullopt;
    }
    output = peers::websocketHandshake(partial_);
    if (output.empty()) return std::nullopt;
    partial_ = std::string();
    open_ = true;
    return output;
  }

  /// Writes the answers over the frames, the first one's payload where that is; keeps the rest.
  std::optional<std::string_view> answerFrames(char* bytes, std::size_t count) {
    char* const begin = bytes + kKeyBytes;
    char* to = begin;
    std::size_t at = 0;
    while (const auto head = headOf(bytes + at, count - at)) {
      if (!expected(bytes + at) || head->payload > peers::kMaxMessage) return std::nullopt;
      if (head->size + head->payload > count - at) break;
      char key[kKeyBytes];
      std::memcpy(key, bytes + at + head->size - kKeyBytes, kKeyBytes);
      const std::size_t plain = head->size - kKeyBytes;
      char start[kMostHead];
      std::memcpy(start, bytes + at, plain);
      start[1] &= 0x7f;
      std::memcpy(to, start, plain);
      unmask(to + plain, bytes + at + head->size, head->payload, key);
      to += plain + head->payload;
      at += head->size + head->payload;
    }
    if (at < count || !partial_.empty()) partial_ = std::string(bytes + at, count - at);
    return std::string_view(begin, to - begin);
  }

  /// A whole masked text or binary message.
  static bool expected(const char* frame) {
    const std::uint8_t first = frame[0];
    return (first == 0x81 || first == 0x82) && (frame[1] & 0x80);
  }

  std::string partial_;
  bool open_ = false;
};

}  // namespace

int main() { peers::Floor<WebSocketEcho>("WebSocket").run(); }
