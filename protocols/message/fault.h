// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Answers that are none: exceptions, so that they travel in a Failure, and messages, so that they
// travel on the wire.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/message.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What went wrong, for people, and what a program ends with that dies of it. Throw one of those
/// below, or of your own:
///
///     struct DivideByZero : FaultOf<DivideByZero> {
///       DivideByZero() : FaultOf("cannot divide by zero", "the divisor is 0") {}
///       static constexpr int kStatus = 422;
///       static constexpr auto kMessage = faultMessage<DivideByZero>("crunch_api.DivideByZero");
///     };
class Fault : public std::exception {
 public:
  /// "condition (explanation)".
  const char* what() const noexcept override { return what_.c_str(); }

  /// How it looks on the wire.
  virtual const detail::MessageType& messageType() const noexcept = 0;
  virtual const void* message() const noexcept = 0;
  /// The status of an HTTP response that has it.
  virtual int status() const noexcept = 0;

  /// What was the matter: "required services "a, b" are temporarily unavailable".
  std::string condition;
  std::string explanation;
  /// An errno, where one is the reason; else 0.
  int error_code = 0;
  /// Of a program that ends with this; else 0.
  int exit_code = 0;

 protected:
  Fault() = default;
  Fault(std::string what, std::string why) : condition(std::move(what)), explanation(std::move(why)) {
    describe();
  }
  void describe() { what_ = explanation.empty() ? condition : condition + " (" + explanation + ")"; }

 private:
  std::string what_;
};

/// The members that all faults have, and further ones.
template <class F, class... Owners, class... T>
consteval auto faultMessage(std::string_view name, Member<Owners, T>... further) {
  return couplet::message(name, member("condition", &Fault::condition),
                          member("explanation", &Fault::explanation),
                          member("error_code", &Fault::error_code),
                          member("exit_code", &Fault::exit_code), further...);
}

/// What makes F a fault: it has `kMessage`, may have `kStatus`, and can be made by default.
template <class F>
class FaultOf : public Fault {
 public:
  using Fault::Fault;

  const detail::MessageType& messageType() const noexcept override {
    return detail::TypeOf<F>::value;
  }
  const void* message() const noexcept override { return static_cast<const F*>(this); }
  int status() const noexcept override {
    if constexpr (requires { F::kStatus; }) {
      return F::kStatus;
    } else {
      return 500;
    }
  }

 protected:
  FaultOf() = default;
  FaultOf(std::string what, std::string why = "") : Fault(std::move(what), std::move(why)) {}
};

}  // namespace couplet
#pragma GCC visibility pop
