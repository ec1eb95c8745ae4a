// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages as they travel: JSON with the message's name, `{"value":["crunch_api.Output",
// {"value":3.375},[]]}`, and the bodies of requests, whose name is known from elsewhere.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/deferred/result.h>
#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/message.h>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {

void writeWire(std::string& out, std::string_view name, const MessageType& type,
               const void* message);
/// `["crunch_api.Output",{"value":3.375}]`
void writeNamed(std::string& out, std::string_view name, const MessageType& type,
                const void* message);
void writeWrapped(std::string& out, const MessageType& type, const void* message);

/// What came instead of a message of `type`, if not that: a fault, an UnexpectedReply, or a
/// MessageError.
std::optional<Failure> readWire(std::string_view text, const MessageType& type, void* message,
                                const KnownFaults& faults, const JSONLimits& limits);
void readWrapped(std::string_view text, const MessageType& type, void* message, bool maybeBare,
                 const JSONLimits& limits);

}  // namespace detail

/// Appends `{"value":["crunch_api.Output",{"value":3.375},[]]}`. Throws as appendJSON does; nothing
/// is appended then.
template <Message M>
requires(!std::derived_from<M, Fault>) void appendWire(std::string& out, const M& message) {
  detail::writeWire(out, M::kMessage.name, detail::TypeOf<M>::value, &message);
}

/// The same of a fault, by its class; of one whose name is unknown here, under that name.
void appendWire(std::string& out, const Fault& fault);

/// Reads what appendWire wrote: an M, or the fault that came in its place. One that is not known is
/// a Faulted that has its name, condition, explanation and codes. Another message is an
/// UnexpectedReply; what cannot be read is a MessageError. Its lists and objects are counted from
/// the members on.
template <Message M>
Result<M> fromWire(std::string_view text, const KnownFaults& faults = {},
                   const JSONLimits& limits = {}) {
  M message{};
  auto other = detail::readWire(text, detail::TypeOf<M>::value, &message, faults, limits);
  if (other) return std::move(*other);
  return message;
}

/// Appends `{"value":{"x":1.5,"y":2.25}}`, as settings are stored. Throws as appendJSON does.
template <Message M>
void appendWrapped(std::string& out, const M& message) {
  detail::writeWrapped(out, detail::TypeOf<M>::value, &message);
}

/// Reads what appendWrapped wrote. Throws as fromJSON does.
template <Message M>
M fromWrapped(std::string_view text, const JSONLimits& limits = {}) {
  M message{};
  detail::readWrapped(text, detail::TypeOf<M>::value, &message, false, limits);
  return message;
}

/// Reads the body of a request, `{"value":{"x":1.5,"y":2.25}}` or bare `{"x":1.5,"y":2.25}`. An
/// object is wrapped if its first member is "value" and that is an object; but never where the
/// message has a member "value" which is an object itself: such a one is sent bare. So both
/// `{"value":42}` and `{"value":{"value":42}}` are an Output. Throws as fromJSON does.
template <Message M>
M fromBody(std::string_view text, const JSONLimits& limits = {}) {
  M message{};
  detail::readWrapped(text, detail::TypeOf<M>::value, &message, true, limits);
  return message;
}

}  // namespace couplet
#pragma GCC visibility pop
