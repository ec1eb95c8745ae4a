// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/faults.h>

#include <array>
#include <cstring>
#include <utility>

#include <couplet/protocols/message/detail/scalar.h>

namespace couplet {

namespace {

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : ", ").append(text);
  return all;
}

/// As Python says it.
std::string errnoText(int errorNumber) {
  return "[Errno " + std::to_string(errorNumber) + "] " + std::strerror(errorNumber);
}

/// Says in `fault` which errno is the reason, where one is.
void explain(Fault& fault, int errorNumber) {
  if (errorNumber == 0) return;
  fault.explanation = errnoText(errorNumber);
  fault.errorCode = fault.exitCode = errorNumber;
}

template <class Kind, class... F>
constexpr std::array<Kind, sizeof...(F)> kindsOf() {
  return {Kind{F::kMessage.name, [] { return std::unique_ptr<Fault>(new F()); }}...};
}

}  // namespace

Faulted::Faulted(std::string what, std::string why) : FaultOf(std::move(what), std::move(why)) {}

std::string_view Faulted::name() const noexcept {
  return unknownName.empty() ? Fault::name() : unknownName;
}

Aborted::Aborted(std::string why) : FaultOf("aborted", std::move(why)) {}

TimedOut::TimedOut(std::string why, std::string what) : FaultOf(std::move(what), std::move(why)) {}

TemporarilyUnavailable::TemporarilyUnavailable(std::vector<std::string> names)
    : FaultOf("required services " + quoted(joined(names)) + " are temporarily unavailable",
              "try again later"),
      unavailable(std::move(names)) {}

Overloaded::Overloaded(std::string what, std::string why)
    : FaultOf(std::move(what), std::move(why)) {}

Overloaded Overloaded::api(std::string_view path, int percentShed) {
  return Overloaded("API (" + std::string(path) + ") is currently overloaded (shedding " +
                    std::to_string(percentShed) + "%)");
}

OutOfService::OutOfService(std::string what, std::string why)
    : FaultOf(std::move(what), std::move(why)) {}

OutOfService OutOfService::api(std::string_view path, std::string_view resumes,
                               std::string reason) {
  std::string what = "API (" + std::string(path) + ") is out of service";
  if (!resumes.empty()) what.append(" and resuming around ").append(resumes).append(" UTC");
  return OutOfService(std::move(what), std::move(reason));
}

NotListening::NotListening(std::string_view address, int errorNumber)
    : FaultOf("cannot listen at " + quoted(address)) {
  explain(*this, errorNumber);
}

NotConnected::NotConnected(std::string_view address, int errorNumber)
    : FaultOf("cannot connect to " + quoted(address)) {
  explain(*this, errorNumber);
}

NotConnected NotConnected::to(std::string_view name, std::string why) {
  NotConnected fault;
  fault.condition = "not connected to " + quoted(name);
  fault.explanation = std::move(why);
  return fault;
}

Closed::Closed(std::string why) : FaultOf("connection closed", std::move(why)) {}

Abandoned::Abandoned(std::string why) : FaultOf("connection lost", std::move(why)) {}

UnexpectedReply::UnexpectedReply(std::string_view expected, std::string_view came)
    : FaultOf(detail::shown(expected) + " was expected and " + detail::shown(came) + " came") {}

BadRequest::BadRequest(std::string why) : FaultOf("bad request", std::move(why)) {}

UnknownRequest::UnknownRequest(std::string_view name)
    : FaultOf("unknown request " + detail::shown(name)) {}

MethodNotAllowed::MethodNotAllowed(std::string_view what, std::vector<std::string> methods,
                                   std::string_view method)
    : FaultOf(detail::shown(what) + " cannot be requested by " + detail::shown(method),
              methods.empty() ? "" : "use " + joined(methods)),
      allowed(std::move(methods)) {}

TooLarge::TooLarge(std::string why) : FaultOf("too large", std::move(why)) {}

UnsupportedMediaType::UnsupportedMediaType(std::string_view contentType)
    : FaultOf("cannot read a body of " + detail::shown(contentType), "send application/json") {}

std::unique_ptr<Fault> KnownFaults::make(std::string_view name) const {
  for (const Kind& kind : added_) {
    if (kind.name == name) return kind.make();
  }
  const Kind* const kind = predefined(name);
  return kind ? kind->make() : nullptr;
}

const KnownFaults::Kind* KnownFaults::predefined(std::string_view name) noexcept {
  static constexpr auto kAll =
      kindsOf<Kind, Faulted, Aborted, TimedOut, TemporarilyUnavailable, Overloaded, OutOfService,
              NotListening, NotConnected, Closed, Abandoned, BadRequest, UnknownRequest,
              MethodNotAllowed, TooLarge, UnsupportedMediaType, UnexpectedReply>();
  for (const Kind& kind : kAll) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace couplet
