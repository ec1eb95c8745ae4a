// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Answers that are none: exceptions, so that they travel in a Failure, and messages, so that they
// travel on the wire. Those that come with Couplet are in faults.h.
#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/deferred/failure.h>
#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/message.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What went wrong, for people, and what a program ends with that dies of it. Handlers throw or
/// return those of faults.h, and an application's own:
///
///     struct DivideByZero : couplet::FaultOf<DivideByZero> {
///       DivideByZero() : FaultOf("cannot divide by zero", "the divisor is 0") {}
///       static constexpr int kStatus = 422;
///       static constexpr auto kMessage = couplet::faultMessage("crunch_api.DivideByZero");
///     };
///
/// Derive from FaultOf, and not from one that is whole: that would keep the other's name and
/// members.
class Fault : public std::exception {
 public:
  static constexpr int kExitCode = 172;

  Fault(const Fault&) = default;
  Fault& operator=(const Fault&) = default;
  ~Fault() override;

  /// "condition (explanation)", as they are now. Valid until one of them changes.
  const char* what() const noexcept override;
  /// On the wire: "crunch_api.DivideByZero".
  virtual std::string_view name() const noexcept;
  /// What a program ends with that dies of this: `exitCode`, or kExitCode where that is none.
  int exitStatus() const noexcept;
  /// The status of an HTTP response that has it: kStatus of its class, or 500.
  virtual int status() const noexcept = 0;
  /// Of a status 503: when it is worth to ask again.
  virtual std::chrono::seconds retryAfter() const noexcept { return std::chrono::seconds(1); }
  /// A copy, as an exception of its own class.
  virtual Failure failure() const = 0;

  /// What was the matter: `required services "a, b" are temporarily unavailable`.
  std::string condition;
  /// Why, or what to do about it; may be empty.
  std::string explanation;
  /// An errno, where one is the reason; else 0.
  int errorCode = 0;
  int exitCode = kExitCode;

  /// How it is written and read, for code that does not know its class. Internal.
  virtual const detail::MessageType& messageType() const noexcept = 0;
  virtual const void* message() const noexcept = 0;

 protected:
  Fault() = default;
  explicit Fault(std::string what, std::string why = "")
      : condition(std::move(what)), explanation(std::move(why)) {}

 private:
  mutable std::string what_;  // what the last call of what() gave
};

/// The members that all faults have, and further ones of its own.
template <class... Owners, class... T>
consteval auto faultMessage(std::string_view name, Member<Owners, T>... further) {
  return couplet::message(
      name, member("condition", &Fault::condition), member("explanation", &Fault::explanation),
      member("error_code", &Fault::errorCode), member("exit_code", &Fault::exitCode), further...);
}

/// What makes F a fault: it has `kMessage`, may have `kStatus`, and can be made by default.
template <class F>
class FaultOf : public Fault {
 public:
  int status() const noexcept override {
    if constexpr (requires { F::kStatus; }) {
      return F::kStatus;
    } else {
      return 500;
    }
  }
  Failure failure() const override { return Failure(static_cast<const F&>(*this)); }
  const detail::MessageType& messageType() const noexcept override {
    static_assert(Message<F>, "couplet: a fault has kMessage, and can be made by default");
    if constexpr (Message<F>) {
      return detail::TypeOf<F>::value;
    } else {
      std::terminate();
    }
  }
  const void* message() const noexcept override { return static_cast<const F*>(this); }

 protected:
  using Fault::Fault;
};

}  // namespace couplet
#pragma GCC visibility pop
