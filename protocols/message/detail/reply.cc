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
  return {.text = std::move(text)};
}

Reply replyOf(const Fault& fault, std::string text, const ReplyForm& form) {
  form.write(form, text, {fault.name(), fault.messageType(), fault.message(), true});
  return {std::move(text), fault.status(), fault.retryAfter()};
}

namespace {

/// The fault that it is, be it that of one item of several.
const Fault* faultOf(const Failure& failure) {
  if (const auto* item = failure.get<ItemError>()) return faultOf(item->subFailure());
  return failure.get<Fault>();
}

}  // namespace

Reply replyOf(const Failure& failure, std::string_view request, std::string text,
              const ReplyForm& form) {
  if (const Fault* fault = faultOf(failure)) {
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
    if (failure.check<TimeoutError>()) {
      return replyOf(TimedOut("", '"' + std::string(request) + "\" timed out"), std::move(text),
                     form);
    }
  }
  return replyOf(Faulted('"' + std::string(request) + "\" failed", "the server's log says why"),
                 std::move(text), form);
}

Answered ApiRequest::answer(RequestReader& reader, std::string text, const ReplyForm& form,
                            const std::shared_ptr<void>& session) {
  ApiCall call{reader, std::move(text), form, session, {}};
  Answered answered;
  try {
    answered = handle(call);
  } catch (...) {
    answered = replyOf(Failure::current(), type().shortName(), std::move(call.text), form);
  }
  if (const Reply* reply = std::get_if<Reply>(&answered)) {
    call.transaction.ended(isServiceFailure(*reply));
  }
  return answered;
}

}  // namespace couplet::detail
