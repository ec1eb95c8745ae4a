// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Strings with their length before them, as a big-endian integer of 1, 2 or 4 bytes. A parser that
// knows no transport, and protocols that glue it to one.
#pragma once

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

/// Takes length-prefixed strings out of a stream of bytes. Refuses one that is too long as soon as
/// its length is known, and everything after it. Keeps at most one string.
class IntStringParser {
 public:
  /// Lengths are `prefixBytes` long, 1 to 4; strings of up to `maxLength` bytes are taken.
  IntStringParser(int prefixBytes, std::size_t maxLength)
      : prefixBytes_(prefixBytes), maxLength_(maxLength) {}

  /// Takes the next string off the front of `bytes`. Nothing when `bytes` ran out, all of them
  /// taken, or when its length is refused: see `refusedLength`. The string is a view of `bytes`
  /// where it is whole in them, else of memory of the parser's that is valid until the next call
  /// of this or `release`.
  std::optional<std::string_view> next(std::string_view& bytes);

  /// Gives back the memory of the string that `next` returned last; its view ends.
  void release() noexcept {
    if (prefixSeen_ == 0) held_.release();
  }

  /// The length that was over the limit, once there was one.
  std::optional<std::size_t> refusedLength() const noexcept { return refusedLength_; }

  /// What there is of an incomplete string, for people; empty between two.
  std::string unfinished() const;

  /// Takes back the bytes of an incomplete string, prefix included.
  std::string takeUnfinished();

  void setMaxLength(std::size_t bytes) noexcept { maxLength_ = bytes; }
  std::size_t maxLength() const noexcept { return maxLength_; }
  int prefixBytes() const noexcept { return prefixBytes_; }

 private:
  std::optional<std::string_view> takeWhole(std::string_view& bytes) const;
  bool takePrefix(std::string_view& bytes);
  std::optional<std::string_view> takePayload(std::string_view& bytes);
  void refuse() noexcept;
  void startOver() noexcept;

  int prefixBytes_;
  int prefixSeen_ = 0;        // bytes of the prefix that came
  std::uint32_t length_ = 0;  // what they say
  std::size_t maxLength_;
  HeldBytes held_;  // after the whole prefix what came of the string; else what was last handed out
  std::optional<std::size_t> refusedLength_;
};

/// Receives and sends strings with their length before them: use one of the three below. Twisted's
/// IntNStringReceiver.
///
///     makeConnection -> connectionMade -> stringReceived* -> lengthLimitExceeded? ->
///     connectionLost
///
/// How delivery stops, pauses and ends: see FramedProtocol.
class IntNStringReceiver : public FramedProtocol {
 public:
  /// The longest string that is received, in bytes, unless it is set otherwise. Twisted's
  /// MAX_LENGTH.
  static constexpr std::size_t kMaxLength = 99999;

  /// A string came. The view is valid until the call returns: copy what you keep.
  virtual void stringReceived(std::string_view string) = 0;

  /// The peer announced a string of `length` bytes, more than `maxLength()`. Nothing more is
  /// delivered. By default loses the connection, after what was written is sent, with
  /// LengthLimitExceededError.
  virtual void lengthLimitExceeded(std::size_t length);

  /// Sends `string`. Throws StringTooLongError when the prefix has no room for its length, and
  /// writes nothing then. `maxLength()` is a limit on what is received only.
  void sendString(std::string_view string);

  void setMaxLength(std::size_t bytes) noexcept { parser_.setMaxLength(bytes); }
  std::size_t maxLength() const noexcept { return parser_.maxLength(); }

  std::string unfinished() const override { return parser_.unfinished(); }

 protected:
  explicit IntNStringReceiver(int prefixBytes) : parser_(prefixBytes, kMaxLength) {}

  bool parseNext(std::string_view& bytes) override;
  std::string takeUnfinished() override { return parser_.takeUnfinished(); }

 private:
  IntStringParser parser_;
};

/// Strings of up to 255 bytes.
class Int8StringReceiver : public IntNStringReceiver {
 public:
  Int8StringReceiver() : IntNStringReceiver(1) {}
};

/// Strings of up to 65,535 bytes.
class Int16StringReceiver : public IntNStringReceiver {
 public:
  Int16StringReceiver() : IntNStringReceiver(2) {}
};

/// Strings of up to 4,294,967,295 bytes, where `maxLength` allows.
class Int32StringReceiver : public IntNStringReceiver {
 public:
  Int32StringReceiver() : IntNStringReceiver(4) {}
};

}  // namespace couplet
#pragma GCC visibility pop
