// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What goes wrong between bytes and meaning: one class a cause, each with a sentence that a person
// can read.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#pragma GCC visibility push(default)
namespace couplet {

/// This side tried to send a string that does not fit the protocol. Nothing was written.
class StringTooLongError : public std::length_error {
 public:
  using std::length_error::length_error;
};

/// The peer sent what is no netstring.
class NetstringParseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The peer announced a string of more bytes than are allowed.
class LengthLimitExceededError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The peer sent a line of more bytes than are allowed.
class LineLengthExceededError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The peer's input ended inside a string or line.
class IncompleteStringError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A Stream's input ended before a read had what it asked for. What there was is unread still.
class IncompleteReadError : public std::runtime_error {
 public:
  /// `available` bytes were there of what `wanted` names: "15 bytes".
  IncompleteReadError(std::size_t available, const std::string& wanted);
  /// 0 at an end between messages.
  std::size_t available() const noexcept { return available_; }

 private:
  std::size_t available_;
};

/// A Stream's delimiter did not come within the limit. What there was is unread still.
class ReadLimitError : public std::runtime_error {
 public:
  explicit ReadLimitError(std::size_t limit);
};

}  // namespace couplet
#pragma GCC visibility pop
