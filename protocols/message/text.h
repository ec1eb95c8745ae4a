// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages and their members as text: for people, and for command lines and queries.
#pragma once

#include <string>
#include <string_view>

#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/message.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A number as Python prints it: the shortest text that is read as the same number, with a point or
/// an exponent: "42.0", "0.1", "1e+22", "nan", "-inf".
std::string numberText(double number);

namespace detail {

std::string messageText(const MessageType& type, const void* message);
void setMember(const MessageType& type, void* message, std::string_view name, std::string_view text,
               const JSONLimits& limits);

}  // namespace detail

/// As Python prints an object: `Output(value=42.0)`; text in quotes, "None" for an optional that
/// has nothing; "?" for what has no text, "..." for what is nested too deep. For people: nothing
/// reads it.
template <Message M>
std::string toText(const M& message) {
  return detail::messageText(detail::TypeOf<M>::value, &message);
}

/// Sets a member from what a query or a command line has: a number, `true`, a date; text as it is,
/// without quotes. Lists, objects and messages are JSON, and what a message's JSON does not have
/// stays as it is. An empty text makes an optional nothing, unless it is a text or bytes. A number
/// may be written as C++ reads it: `.5`. Throws MessageError, as fromJSON
/// does; the member, and none but that, may have changed then.
template <Message M>
void setMember(M& message, std::string_view name, std::string_view text,
               const JSONLimits& limits = {}) {
  detail::setMember(detail::TypeOf<M>::value, &message, name, text, limits);
}

}  // namespace couplet
#pragma GCC visibility pop
