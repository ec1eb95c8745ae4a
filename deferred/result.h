// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a Deferred ends with: a value or a Failure.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <couplet/deferred/failure.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A value of type T or a Failure. Made from either without a word; a lambda that returns now the
/// one, now the other is written `-> Result<T>`.
template <class T>
class [[nodiscard]] Result {
 public:
  template <class U = T>
  requires(!std::is_same_v<std::remove_cvref_t<U>, Result> &&
           !std::is_same_v<std::remove_cvref_t<U>, Failure> && std::is_convertible_v<U, T>)
      Result(U&& value)
      : value_(std::forward<U>(value)) {}
  Result(Failure failure) noexcept : failure_(std::move(failure)) {}

  /// True when it is a value.
  bool hasValue() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return hasValue(); }

  /// The value; raises the failure when there is none.
  T& value() & { return raiseOrGo(), *value_; }
  const T& value() const& { return raiseOrGo(), *value_; }
  T&& value() && { return raiseOrGo(), std::move(*value_); }

  /// REQUIRES: !hasValue()
  const Failure& failure() const& noexcept { return failure_; }
  Failure&& failure() && noexcept { return std::move(failure_); }

 private:
  void raiseOrGo() const {
    if (!value_) failure_.raise();
  }

  std::optional<T> value_;
  Failure failure_{std::exception_ptr()};  // null where there is a value
};

/// Success or a Failure.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() noexcept = default;
  Result(Failure failure) noexcept : failure_(std::move(failure)) {}

  bool hasValue() const noexcept { return !failure_.has_value(); }
  explicit operator bool() const noexcept { return hasValue(); }

  /// Raises the failure when there is one.
  void value() const {
    if (failure_) failure_->raise();
  }

  /// REQUIRES: !hasValue()
  const Failure& failure() const& noexcept { return *failure_; }
  Failure&& failure() && noexcept { return std::move(*failure_); }

 private:
  std::optional<Failure> failure_;
};

}  // namespace couplet
#pragma GCC visibility pop
