// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/reply.h>

#include <couplet/deferred/errors.h>
#include <couplet/protocols/message/detail/handling.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/message/json.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

Reply replyOf(const MessageType& type, const void* message, std::string text,
              const ReplyForm& form) {
  form.write(form, text, {type.name, type, message, false});
  return {std::move(text), 200};
}

Reply replyOf(const Fault& fault, std::string text, const ReplyForm& form) {
  form.write(form, text, {fault.name(), fault.messageType(), fault.message(), true});
  return {std::move(text), fault.status()};
}

Reply replyOf(const Failure& failure, std::string_view request, std::string text,
              const ReplyForm& form) {
  if (const Fault* fault = failure.get<Fault>()) {
    try {
      return replyOf(*fault, text, form);
    } catch (const MessageError& error) {
      LogLine::error() << "The fault that answers " << request
                       << " cannot be sent: " << error.what();
    }
  } else if (failure.check<CancelledError>()) {
    return replyOf(Aborted("cancelled"), std::move(text), form);
  } else {
    LogLine::error() << "Exception in the handler of " << request << ": " << failure;
  }
  return replyOf(Faulted('"' + std::string(request) + "\" failed", "the server's log says why"),
                 std::move(text), form);
}

Answered ApiRequest::answer(RequestReader& reader, std::string text, const ReplyForm& form) {
  try {
    return handle(reader, text, form);
  } catch (...) {
    return replyOf(Failure::current(), type().shortName(), std::move(text), form);
  }
}

}  // namespace couplet::detail
