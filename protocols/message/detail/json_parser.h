// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. JSON (RFC 8259) as events: nothing of a text is kept, and no depth takes stack.
#pragma once

#include <string>
#include <string_view>

#include <couplet/protocols/message/detail/scalar.h>

namespace couplet::detail {

/// Hears what a text has. What is false ends the reading. Views are valid until the call returns.
class JSONListener {
 public:
  virtual bool scalar(const Scalar& value) = 0;
  /// Of an object's next value.
  virtual bool key(std::string_view name) = 0;
  /// A list or an object, as `value` says.
  virtual bool begin(const Scalar& value) = 0;
  virtual bool end() = 0;

  /// For people: why one of these was false.
  virtual const std::string& error() const noexcept = 0;
  /// For people: where the text is: ` for member "x" of "Multiply"`.
  virtual std::string where() const = 0;

 protected:
  ~JSONListener() = default;
};

/// Reads all of `text`. Throws MessageError where that is no JSON, or the listener was false.
void parseJSON(std::string_view text, JSONListener& listener);

/// The same up to a list or an object at whose beginning the listener was false: where that begins;
/// npos when it never was. What follows there is not looked at.
std::size_t parseJSONUntil(std::string_view text, JSONListener& listener);

}  // namespace couplet::detail
