// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An exception on its way down a chain, with the place where it was raised. Twisted's Failure.
// Values that may be copied freely; copies share the exception.
#pragma once

#include <exception>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// An exception of any type, shared. Making one from a value does not throw, nor does looking at
/// its type.
class Failure {
 public:
  /// Holds a copy of `error`, an exception object. In a catch block use `Failure::current()`: a
  /// caught `const std::exception&` would be sliced.
  template <class E>
  requires(!std::is_same_v<std::remove_cvref_t<E>, Failure> &&
           !std::is_same_v<std::remove_cvref_t<E>,
                           std::exception_ptr>) explicit Failure(E&& error,
                                                                 SourceLocation raisedAt =
                                                                     SourceLocation::current())
      : Failure(std::make_exception_ptr(std::forward<E>(error)), raisedAt) {
    static_assert(
        !std::is_same_v<std::remove_cvref_t<E>, std::exception>,
        "couplet: this would slice the exception; in a catch block write Failure::current()");
  }

  /// REQUIRES: error is not null.
  explicit Failure(std::exception_ptr error,
                   SourceLocation raisedAt = SourceLocation::current()) noexcept
      : raisedAt_(raisedAt), error_(std::move(error)) {}

  /// The exception that is being handled. REQUIRES: called in a catch block.
  static Failure current(SourceLocation raisedAt = SourceLocation::current()) {
    return Failure(std::current_exception(), raisedAt);
  }

  /// The first type of `E...` that the exception is, or is derived from; null when it is none of
  /// them.
  template <class... E>
  const std::type_info* check() const noexcept {
    const std::type_info* found = nullptr;
    ((found == nullptr && catches(typeid(E)) ? void(found = &typeid(E)) : void()), ...);
    return found;
  }

  /// As `check`, but raises the exception when it is none of them, so that it goes on down the
  /// chain.
  template <class... E>
  const std::type_info& trap() const {
    if (const std::type_info* found = check<E...>()) return *found;
    raise();
  }

  /// The exception, when it is an E; else null. Valid as long as this Failure or a copy of it.
  template <class E>
  const E* get() const noexcept {
    static_assert(!std::is_pointer_v<E>, "couplet: a thrown pointer has no object to point to");
    const void* object = nullptr;
    return catches(typeid(E), &object) ? static_cast<const E*>(object) : nullptr;
  }

  /// Throws the exception.
  [[noreturn]] void raise() const { std::rethrow_exception(error_); }

  /// What the exception says: its `what()`, or the name of its type where it has none.
  std::string message() const;

  /// The type of the exception, in the spelling of the source: `couplet::CancelledError`.
  std::string typeName() const;

  /// Where it was raised, as near as is known: where the Failure was made, or where the callback
  /// that threw was attached.
  SourceLocation raisedAt() const noexcept { return raisedAt_; }

  const std::exception_ptr& exception() const noexcept { return error_; }

  /// Whether both are the same exception object.
  bool operator==(const Failure& other) const noexcept { return error_ == other.error_; }

 private:
  /// Whether a catch clause of `type` would take the exception, and as which object.
  bool catches(const std::type_info& type, const void** caught = nullptr) const noexcept;

  // In this order: `failure = failure.get<FirstError>()->subFailure()` ends what it copies from.
  SourceLocation raisedAt_;
  std::exception_ptr error_;  // never null, but in a moved-from Failure
};

/// Prints the message.
std::ostream& operator<<(std::ostream& out, const Failure& failure);

}  // namespace couplet
#pragma GCC visibility pop
