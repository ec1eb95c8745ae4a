// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages as JSON: RFC 8259, taken strictly.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/message.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What is no message: of JSON that does not parse, or does not fit. The text names the message,
/// the member and the value: `"abc" is not a number for member "x" of "Multiply"`. Also what cannot
/// be written: a number that is none.
class MessageError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// What bounds the memory and the time that a text may take, beside its size: at most `values`
/// times the size of its largest element.
struct JSONLimits {
  std::size_t depth = 32;        ///< lists and objects inside each other; 64 at most
  std::size_t values = 100'000;  ///< elements of lists and objects, together
};

namespace detail {

void readJSON(std::string_view text, const MessageType& type, void* message,
              const JSONLimits& limits);
void writeJSON(std::string& out, const MessageType& type, const void* message);

}  // namespace detail

/// Reads `{"x": 1.5, "y": 2.25}`. Members that are not there keep their defaults; null is for
/// optionals only; an integer is fine for a double. Throws MessageError for all else: a member that
/// the message does not have, one that comes twice, a value of another type or out of range (as is
/// a number that is nearer to 0 than all of its type), text that is no JSON or no UTF-8, or beyond
/// the limits. Takes no stack for depth, and no heap but what the message's own members take.
template <Message M>
M fromJSON(std::string_view text, const JSONLimits& limits = {}) {
  M message{};
  detail::readJSON(text, detail::TypeOf<M>::value, &message, limits);
  return message;
}

/// Appends `message`, compact, all its members in their order, numbers as Python writes them.
/// Throws MessageError for NaN, an infinity, text that is no UTF-8, a value of an enumeration that
/// has no name, or a time outside of the years 0 to 9999; and where lists and objects are more than
/// 64 inside each other. Nothing is appended then. Takes no heap for numbers but what `out` grows
/// by.
template <Message M>
void appendJSON(std::string& out, const M& message) {
  detail::writeJSON(out, detail::TypeOf<M>::value, &message);
}

template <Message M>
std::string toJSON(const M& message) {
  std::string text;
  appendJSON(text, message);
  return text;
}

}  // namespace couplet
#pragma GCC visibility pop
