// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Lines that end with a delimiter. A parser that knows no transport, and the protocols that glue it
// to one: LineReceiver, which can change between lines and raw bytes, and LineOnlyReceiver.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/protocols/errors.h>
#include <couplet/protocols/framed_protocol.h>
#include <couplet/protocols/held_bytes.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Takes lines out of a stream of bytes. Splits at the exact delimiter only, and looks at no byte
/// twice, but for a delimiter's length of them where two reads meet.
class LineParser {
 public:
  /// Whether a line of `maxLength` bytes may wait for the end of its delimiter.
  enum class Patience {
    kForDelimiter,  ///< bytes without a delimiter wait while they may be a line and part of one
    kForLine,       ///< more than `maxLength` bytes without a delimiter are too long at once
  };

  /// Throws std::invalid_argument when `delimiter` is empty.
  LineParser(std::string delimiter, std::size_t maxLength, Patience patience);

  /// Takes the next line and its delimiter off the front of `bytes`. Nothing when `bytes` ran out,
  /// all of them taken, or when the line is too long: see `tooLong`. The line, without its
  /// delimiter, is a view of `bytes` where it is whole in them, else of memory of the parser's that
  /// is valid until the next call of this or `release`.
  std::optional<std::string_view> next(std::string_view& bytes);

  /// Whether the line that `next` came upon is too long. It is left where it is until
  /// `takeTooLong`.
  bool tooLong() const noexcept { return tooLong_; }

  /// Takes the line that is too long and all of `bytes`, which begin where `next` left them, so
  /// that the next byte begins a line. What it returns is valid as what `next` returns.
  std::string_view takeTooLong(std::string_view& bytes);

  /// Gives back the memory of the line that `next` or `takeTooLong` returned last; its view ends.
  void release() noexcept {
    if (std::exchange(handedOut_, false)) held_.release();
  }

  /// How many bytes of an incomplete line are kept.
  std::size_t kept() const noexcept { return handedOut_ ? 0 : held_.size(); }

  /// Takes back the bytes of an incomplete line.
  std::string takeUnfinished();

  /// Throws std::invalid_argument when `delimiter` is empty. Not looked for in bytes that are kept
  /// already.
  void setDelimiter(std::string delimiter);
  const std::string& delimiter() const noexcept { return delimiter_; }
  void setMaxLength(std::size_t bytes) noexcept { maxLength_ = bytes; }
  std::size_t maxLength() const noexcept { return maxLength_; }

 private:
  std::size_t findDelimiter(std::string_view bytes) const;
  std::size_t limit(bool delimited) const noexcept;
  std::optional<std::string_view> finish(std::size_t length, std::string_view& bytes);

  std::string delimiter_;
  std::size_t maxLength_;
  Patience patience_;
  bool tooLong_ = false;
  bool handedOut_ = false;  // held_ is what was last returned, and is dropped at the next call
  HeldBytes held_;          // the line that is not whole; has no delimiter in it
};

/// What LineReceiver and LineOnlyReceiver have in common.
class LineProtocol : public FramedProtocol {
 public:
  /// The longest line, in bytes without the delimiter, unless it is set otherwise. Twisted's
  /// MAX_LENGTH.
  static constexpr std::size_t kMaxLength = 16384;

  /// A line came. The view has no delimiter, and is valid until the call returns: copy what you
  /// keep.
  virtual void lineReceived(std::string_view line) = 0;

  /// A line is longer than `maxLength()`. `rest` is as much of it as came and all that came after
  /// it, delimiters included, valid until the call returns. By default loses the connection, after
  /// what was written is sent, with LineLengthExceededError; for an override that does not, the
  /// byte after `rest` begins a line.
  virtual void lineLengthExceeded(std::string_view rest);

  /// Sends `line` and the delimiter. Whoever lets a peer choose what is in `line` sees to it that
  /// no delimiter is.
  void sendLine(std::string_view line);

  /// What ends a line: "\r\n" unless it is set otherwise. Throws std::invalid_argument when it is
  /// empty. Applies to what comes after the bytes that came already.
  void setDelimiter(std::string delimiter) { parser_.setDelimiter(std::move(delimiter)); }
  const std::string& delimiter() const noexcept { return parser_.delimiter(); }

  void setMaxLength(std::size_t bytes) noexcept { parser_.setMaxLength(bytes); }
  std::size_t maxLength() const noexcept { return parser_.maxLength(); }

  std::string unfinished() const override;

 protected:
  explicit LineProtocol(LineParser::Patience patience) : parser_("\r\n", kMaxLength, patience) {}

  bool parseNext(std::string_view& bytes) override;
  std::string takeUnfinished() override { return parser_.takeUnfinished(); }

 private:
  LineParser parser_;
};

/// Receives and sends lines, and raw bytes in between. Twisted's LineReceiver.
///
///     makeConnection -> connectionMade -> (lineReceived | rawDataReceived)* -> lineLengthExceeded?
///     -> connectionLost
///
/// Begins with lines; `setRawMode` and `setLineMode` change over, from inside a receiving method or
/// from elsewhere, as often as one likes. How delivery stops, pauses and ends: see FramedProtocol.
class LineReceiver : public LineProtocol {
 public:
  LineReceiver() : LineProtocol(LineParser::Patience::kForDelimiter) {}

  /// Bytes came in raw mode, of any number. The view is valid until the call returns: copy what you
  /// keep.
  virtual void rawDataReceived(std::string_view bytes);

  /// What comes next goes to `rawDataReceived`.
  void setRawMode() noexcept { rawMode_ = true; }

  /// What comes next goes to `lineReceived`: first `extra`, the end of what `rawDataReceived` got
  /// and has no use for. Called from elsewhere, delivers it before it returns.
  void setLineMode(std::string_view extra = {});

  /// Takes every byte that came and was not delivered. Twisted's name for `takeUnparsed`.
  std::string clearLineBuffer() { return takeUnparsed(); }

 protected:
  bool parseNext(std::string_view& bytes) override;

 private:
  bool parseRaw(std::string_view& bytes);

  bool rawMode_ = false;
};

/// Receives and sends lines. Twisted's LineOnlyReceiver.
///
///     makeConnection -> connectionMade -> lineReceived* -> lineLengthExceeded? -> connectionLost
///
/// Stricter than LineReceiver in this: more than `maxLength()` bytes without a whole delimiter are
/// too long at once. So a line of just that length is refused when a read ends inside its
/// delimiter; leave room for that.
class LineOnlyReceiver : public LineProtocol {
 public:
  LineOnlyReceiver() : LineProtocol(LineParser::Patience::kForLine) {}
};

}  // namespace couplet
#pragma GCC visibility pop
