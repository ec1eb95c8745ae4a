// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a request is answered with, in the form that its protocol has for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/message/detail/value_type.h>
#include <couplet/protocols/message/fault.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// A message by the name that it has on the wire.
struct NamedMessage {
  std::string_view name;
  const MessageType& type;
  const void* message;
  bool isFault;
};

/// How a protocol puts a message into its text.
struct ReplyForm {
  /// Appends it, or throws MessageError and appends nothing.
  void (*write)(const ReplyForm& form, std::string& out, const NamedMessage& message);
  std::uint64_t id = 0;  // of the request, where the protocol has one
};

/// A text that is ready to be sent.
struct Reply {
  std::string text;
  int status = 200;                   // as HTTP has it; of a fault its own
  std::chrono::seconds retryAfter{};  // of a status 503
};

/// One that is there, or one that comes later.
using Answered = std::variant<Reply, Deferred<Reply>>;

/// The reply that `message` is. Throws MessageError.
Reply replyOf(const MessageType& type, const void* message, std::string text,
              const ReplyForm& form);

/// The reply that `fault` is. Throws MessageError.
Reply replyOf(const Fault& fault, std::string text, const ReplyForm& form);

/// The reply to a request of this name that failed: the fault, also one of an ItemError, or, of
/// what is none, a `couplet.Faulted` which does not say what it was; that is logged.
Reply replyOf(const Failure& failure, std::string_view request, std::string text,
              const ReplyForm& form);

}  // namespace couplet::detail
#pragma GCC visibility pop
