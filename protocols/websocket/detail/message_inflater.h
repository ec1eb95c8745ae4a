// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Inflates the messages of one direction of a WebSocket: RFC 7692, 7.2.2. Belongs to one
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace couplet::detail {

/// What came of some bytes.
enum class Inflated : std::uint8_t {
  kTaken,    // all of them
  kTooLong,  // the message is longer than its limit; its beginning may have been appended
  kBroken,   // they are no DEFLATE
};

/// Holds no memory before the first message. Between two, without context take-over, it holds none
/// either; with it, what inflates (some 40 KiB), until `rest`. What it does not need any more its
/// thread keeps for others, up to some 320 KiB.
class MessageInflater {
 public:
  /// `windowBits` is from 8 to 15. With `keepsContext` a message may refer to those before it.
  MessageInflater(int windowBits, bool keepsContext) noexcept;
  MessageInflater(const MessageInflater&) = delete;
  MessageInflater& operator=(const MessageInflater&) = delete;
  ~MessageInflater();

  /// Inflates the next piece of a message and appends what comes of it to `out`, which is to be of
  /// `limit` bytes at most in all: what is longer is not made. After anything but kTaken this may
  /// only be destroyed. Throws std::bad_alloc.
  Inflated inflate(std::string_view piece, std::string& out, std::size_t limit);

  /// The message is over: what is left of it. kBroken where it ends in the middle. One of no bytes
  /// is empty. A final block (BFINAL) may end it, or be followed by more, which refers to nothing
  /// before it: RFC 7692, 7.2.3.4.
  Inflated finish(std::string& out, std::size_t limit);

  /// Between two messages: gives back all memory but the window that the next one may refer to, of
  /// as many bytes as came, at most 32 KiB. It is taken again when the next one comes.
  void rest();

 private:
  struct State;

  void takeState();

  std::unique_ptr<State> state_;  // null without memory
  std::string window_;            // what came last, while resting
  int windowBits_;
  bool keepsContext_;
};

}  // namespace couplet::detail
