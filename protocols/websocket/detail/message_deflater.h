// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Deflates the messages of one direction of a WebSocket: RFC 7692, 7.2.1. Belongs to one
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace couplet::detail {

/// Holds no memory before the first message, nor between two without context take-over. What it
/// does not need any more its thread keeps for others: two of those, of some 260 KiB by default.
class MessageDeflater {
 public:
  /// `windowBits` is from 8 to 15; with 8, for which zlib makes no raw stream, nothing refers to
  /// what came before. `level` and `memoryLevel` are zlib's.
  MessageDeflater(int windowBits, bool keepsContext, int level, int memoryLevel) noexcept;
  MessageDeflater(const MessageDeflater&) = delete;
  MessageDeflater& operator=(const MessageDeflater&) = delete;
  ~MessageDeflater();

  /// Appends to `out` what `piece` of a message becomes, as far as it is made yet: some of it comes
  /// with the next pieces. With `last`, the message is over, and all of it is there, without the
  /// 00 00 ff ff at its end. An empty message is one byte, 00. Throws std::bad_alloc.
  void deflate(std::string_view piece, bool last, std::string& out);

  /// Between two messages: gives back all memory. The next message refers to none before it, which
  /// is always allowed.
  void rest() noexcept;

 private:
  struct State;

  void takeState();

  std::unique_ptr<State> state_;  // null without memory
  int windowBits_;
  bool keepsContext_;
  int level_;
  int memoryLevel_;
};

}  // namespace couplet::detail
