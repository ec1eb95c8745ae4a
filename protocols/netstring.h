// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Netstrings: `5:hello,`. The length in decimal digits, a colon, that many bytes of any kind, a
// comma. A parser that knows no transport, and a protocol that glues it to one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/protocols/errors.h>
#include <couplet/protocols/framed_protocol.h>
#include <couplet/protocols/held_bytes.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Takes netstrings out of a stream of bytes. Refuses what is none at the first byte that shows it,
/// and everything after that. Keeps at most one netstring.
class NetstringParser {
 public:
  /// Strings of up to `maxLength` bytes are taken.
  explicit NetstringParser(std::size_t maxLength) { setMaxLength(maxLength); }

  /// Takes the next string off the front of `bytes`. Nothing when `bytes` ran out, all of them
  /// taken, or when what came is refused: see `refused`. The string is a view of `bytes` where it
  /// is whole in them, else of memory of the parser's that is valid until the next call of this or
  /// `release`.
  std::optional<std::string_view> next(std::string_view& bytes);

  /// Gives back the memory of the string that `next` returned last; its view ends.
  void release() noexcept;

  /// What was wrong with the bytes, for people: "netstring length has a leading zero". Null as long
  /// as nothing was.
  const char* refused() const noexcept { return refused_; }

  /// True between two netstrings, when nothing is kept and nothing was refused.
  bool idle() const noexcept { return state_ == State::kIdle; }

  /// What there is of an incomplete netstring, for people; empty between two.
  std::string unfinished() const;

  /// Takes back the bytes of an incomplete netstring.
  std::string takeUnfinished();

  void setMaxLength(std::size_t bytes) noexcept { maxLength_ = std::min(bytes, SIZE_MAX - 1); }
  std::size_t maxLength() const noexcept { return maxLength_; }

 private:
  enum class State {
    kIdle,          // a length is to come
    kHandedOut,     // as kIdle, when held_ has been handed out
    kLengthDigits,  // more of a length, or its colon
    kPayload,       // and its comma
    kRefused,
  };

  bool takeLength(std::string_view& bytes);
  void takeDigit(char c);
  std::optional<std::string_view> takePayload(std::string_view& bytes);
  std::optional<std::string_view> finish(std::string_view payloadAndComma);
  void refuse(const char* why) noexcept;

  std::size_t maxLength_;   // so small that there is room for a comma
  std::size_t length_ = 0;  // as far as it is known; at most maxLength_ as it was at the time
  State state_ = State::kIdle;
  HeldBytes held_;  // what came of a payload and its comma; of the last one in kHandedOut
  const char* refused_ = nullptr;
};

/// Receives and sends netstrings. Twisted's NetstringReceiver.
///
///     makeConnection -> connectionMade -> stringReceived* -> netstringRefused? -> connectionLost
///
/// How delivery stops, pauses and ends: see FramedProtocol.
class NetstringReceiver : public FramedProtocol {
 public:
  /// The longest payload, in bytes, unless it is set otherwise. Twisted's MAX_LENGTH.
  static constexpr std::size_t kMaxLength = 99999;

  /// A string came. The view is valid until the call returns: copy what you keep.
  virtual void stringReceived(std::string_view payload) = 0;

  /// The peer sent what is no netstring, or a longer one than is allowed. Nothing more is
  /// delivered. By default loses the connection, after what was written is sent, with `error` as
  /// the reason.
  virtual void netstringRefused(const NetstringParseError& error);

  /// Sends `payload` as one netstring. Throws StringTooLongError when it is longer than
  /// `maxLength()`, and writes nothing then.
  void sendString(std::string_view payload);

  /// The longest payload that is received or sent. One whose length came already is not affected.
  void setMaxLength(std::size_t bytes) noexcept { parser_.setMaxLength(bytes); }
  std::size_t maxLength() const noexcept { return parser_.maxLength(); }

  /// Whether the peer has sent what is no netstring. Twisted's brokenPeer.
  bool brokenPeer() const noexcept { return parser_.refused() != nullptr; }

  std::string unfinished() const override { return parser_.unfinished(); }

 protected:
  bool parseNext(std::string_view& bytes) override;
  std::string takeUnfinished() override { return parser_.takeUnfinished(); }

 private:
  [[noreturn]] void refuseToSend(std::size_t length) const;
  bool parseInPieces(std::string_view& bytes);

  NetstringParser parser_{kMaxLength};
};

}  // namespace couplet
#pragma GCC visibility pop
