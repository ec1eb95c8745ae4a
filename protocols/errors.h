// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What goes wrong between bytes and meaning: one class a cause, each with a sentence that a person
// can read.
#pragma once

#include <stdexcept>

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

}  // namespace couplet
