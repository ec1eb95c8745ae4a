// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The faults that come with Couplet; on the wire each is `couplet.<Name>`. What an application, a
// program or the other side tells; errors of a Deferred, of a connection or of a port, which these
// may have for their reason, are in deferred/errors.h and reactor/errors.h.
#pragma once

#include <chrono>
#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/message/fault.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Any: of a handler that threw what is no fault; and one that came from the other side under a
/// name that is not known here, which it keeps.
struct Faulted : FaultOf<Faulted> {
  Faulted() = default;
  explicit Faulted(std::string what, std::string why = "");
  std::string_view name() const noexcept override;

  std::string unknownName;  ///< "crunch_api.DivideByZero"; empty for one of this side
  static constexpr auto kMessage = faultMessage("couplet.Faulted");
};

/// The user, or another program, ended it.
struct Aborted : FaultOf<Aborted> {
  explicit Aborted(std::string why = "user or software interrupt");
  static constexpr auto kMessage = faultMessage("couplet.Aborted");
};

/// No answer came within its time. Where the time of a Deferred ran out, that is a TimeoutError.
struct TimedOut : FaultOf<TimedOut> {
  explicit TimedOut(std::string why = "", std::string what = "timed out");
  static constexpr int kStatus = 504;
  static constexpr auto kMessage = faultMessage("couplet.TimedOut");
};

/// What an answer needs is not there now.
struct TemporarilyUnavailable : FaultOf<TemporarilyUnavailable> {
  TemporarilyUnavailable() : TemporarilyUnavailable(std::vector<std::string>()) {}
  /// `required services "a, b" are temporarily unavailable (try again later)`.
  explicit TemporarilyUnavailable(std::vector<std::string> names);

  std::vector<std::string> unavailable;
  static constexpr int kStatus = 503;
  static constexpr auto kMessage =
      faultMessage("couplet.TemporarilyUnavailable",
                   member("unavailable", &TemporarilyUnavailable::unavailable));
};

/// There is more to do than can be done in time.
struct Overloaded : FaultOf<Overloaded> {
  explicit Overloaded(std::string what = "overloaded", std::string why = "try again later");
  /// `API (/Multiply) is currently overloaded (shedding 10%)`.
  static Overloaded api(std::string_view path, int percentShed);

  static constexpr int kStatus = 503;
  static constexpr auto kMessage = faultMessage("couplet.Overloaded");
};

/// An operator took it out of service.
struct OutOfService : FaultOf<OutOfService> {
  explicit OutOfService(std::string what = "out of service", std::string why = "");
  /// `API (/Multiply) is out of service and resuming around 12:30 UTC (maintenance)`; without a
  /// time to resume at, `API (/Multiply) is out of service (maintenance)`.
  static OutOfService api(std::string_view path, std::string_view resumes, std::string reason);

  std::chrono::seconds retryAfter() const noexcept override { return resumesIn; }

  /// From when it was made; not on the wire.
  std::chrono::seconds resumesIn{60};
  static constexpr int kStatus = 503;
  static constexpr auto kMessage = faultMessage("couplet.OutOfService");
};

/// A port could not be opened: what a CannotListenError is among programs.
struct NotListening : FaultOf<NotListening> {
  NotListening() : NotListening("", 0) {}
  /// `cannot listen at "127.0.0.1:5051" ([Errno 98] Address already in use)`; a program that dies
  /// of it ends with 98.
  NotListening(std::string_view address, int errorNumber);
  static constexpr auto kMessage = faultMessage("couplet.NotListening");
};

/// A connection could not be made, as a ConnectError says, or there is none.
struct NotConnected : FaultOf<NotConnected> {
  NotConnected() : NotConnected("", 0) {}
  /// `cannot connect to "127.0.0.1:5051" ([Errno 111] Connection refused)`; a program that dies of
  /// it ends with 111.
  NotConnected(std::string_view address, int errorNumber);
  /// Where no system call failed: `not connected to "server_a"`, and why.
  static NotConnected to(std::string_view name, std::string why = "");
  static constexpr auto kMessage = faultMessage("couplet.NotConnected");
};

/// This side closed the connection before the answer came.
struct Closed : FaultOf<Closed> {
  explicit Closed(std::string why = "by this side");
  static constexpr auto kMessage = faultMessage("couplet.Closed");
};

/// The other side closed the connection, or it broke, before the answer came. A Promise that was
/// dropped is an AbandonedError.
struct Abandoned : FaultOf<Abandoned> {
  explicit Abandoned(std::string why = "by the other side");
  static constexpr auto kMessage = faultMessage("couplet.Abandoned");
};

/// The answer is another message than the one that was asked for.
struct UnexpectedReply : FaultOf<UnexpectedReply> {
  UnexpectedReply() : UnexpectedReply("", "") {}
  /// `"crunch_api.Output" was expected and "crunch_api.Total" came`.
  UnexpectedReply(std::string_view expected, std::string_view came);
  static constexpr auto kMessage = faultMessage("couplet.UnexpectedReply");
};

/// What came is no message, or has a member that is none: what a MessageError is on the wire.
struct BadRequest : FaultOf<BadRequest> {
  explicit BadRequest(std::string why = "");
  static constexpr int kStatus = 400;
  static constexpr auto kMessage = faultMessage("couplet.BadRequest");
};

/// There is no message of that name.
struct UnknownRequest : FaultOf<UnknownRequest> {
  UnknownRequest() : UnknownRequest("") {}
  /// `unknown request "Modulo"`.
  explicit UnknownRequest(std::string_view name);
  static constexpr int kStatus = 404;
  static constexpr auto kMessage = faultMessage("couplet.UnknownRequest");
};

/// A message was asked for by an HTTP method that cannot.
struct MethodNotAllowed : FaultOf<MethodNotAllowed> {
  MethodNotAllowed() : MethodNotAllowed("", {}, "") {}
  /// `"Multiply" cannot be requested by "DELETE" (use GET, POST)`.
  MethodNotAllowed(std::string_view what, std::vector<std::string> allowed,
                   std::string_view method);

  std::vector<std::string> allowed;  ///< methods, for the Allow header
  static constexpr int kStatus = 405;
  static constexpr auto kMessage =
      faultMessage("couplet.MethodNotAllowed", member("allowed", &MethodNotAllowed::allowed));
};

/// A request or an answer is larger than is allowed.
struct TooLarge : FaultOf<TooLarge> {
  explicit TooLarge(std::string why = "");
  static constexpr int kStatus = 413;
  static constexpr auto kMessage = faultMessage("couplet.TooLarge");
};

/// The body of a request is of a type that cannot be read.
struct UnsupportedMediaType : FaultOf<UnsupportedMediaType> {
  UnsupportedMediaType() : UnsupportedMediaType("") {}
  /// `cannot read a body of "text/plain" (send application/json)`.
  explicit UnsupportedMediaType(std::string_view contentType);
  static constexpr int kStatus = 415;
  static constexpr auto kMessage = faultMessage("couplet.UnsupportedMediaType");
};

/// Which faults are told apart when they come from the other side: all of the above, and those that
/// are added. A value.
class KnownFaults {
 public:
  /// Adds F, an application's own.
  template <class F>
  requires std::derived_from<F, Fault> && Message<F>
  void add() {
    added_.push_back({F::kMessage.name, [] { return std::unique_ptr<Fault>(new F()); }});
  }

  /// One of that name; null where none is known.
  std::unique_ptr<Fault> make(std::string_view name) const;

 private:
  struct Kind {
    std::string_view name;
    std::unique_ptr<Fault> (*make)();
  };
  static const Kind* predefined(std::string_view name) noexcept;

  std::vector<Kind> added_;
};

}  // namespace couplet
#pragma GCC visibility pop
