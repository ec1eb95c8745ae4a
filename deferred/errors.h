// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What can go wrong with a Deferred as such. Twisted's twisted.internet.defer errors.
#pragma once

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include <couplet/deferred/failure.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A Promise was fired a second time. Thrown at the one who does it.
class AlreadyCalledError : public std::logic_error {
 public:
  AlreadyCalledError(SourceLocation made, SourceLocation firstFired);
};

/// The Deferred was cancelled, and its canceller, if any, had no other answer.
class CancelledError : public std::runtime_error {
 public:
  CancelledError();
  explicit CancelledError(std::string waitingFor);

  /// Of several things those that had not answered, as `concurrently` says it: `items 1 and 3 of
  /// 3`. Else empty. The TimeoutError of an `addTimeout` says so, too.
  const std::string& waitingFor() const noexcept { return waitingFor_; }

 private:
  std::string waitingFor_;
};

/// The time of an `addTimeout` ran out.
class TimeoutError : public std::runtime_error {
 public:
  explicit TimeoutError(std::chrono::nanoseconds timeout, std::string_view what = "Deferred");
  std::chrono::nanoseconds timeout() const noexcept { return timeout_; }

 private:
  std::chrono::nanoseconds timeout_;
};

/// The last Promise of a Deferred was destroyed before it was fired.
class AbandonedError : public std::runtime_error {
 public:
  explicit AbandonedError(SourceLocation made);
};

/// A Deferred was made to wait on itself, directly or through others.
class DeferredCycleError : public std::logic_error {
 public:
  explicit DeferredCycleError(SourceLocation made);
};

/// The first failure among the inputs of `gatherResults`.
class FirstError : public std::runtime_error {
 public:
  FirstError(std::size_t index, Failure subFailure);
  std::size_t index() const noexcept { return index_; }
  const Failure& subFailure() const noexcept { return subFailure_; }

  /// Whether both are the same failure of the same input.
  bool operator==(const FirstError& other) const noexcept;

 private:
  std::size_t index_;
  Failure subFailure_;
};

/// An item of `concurrently` or `sequentially` failed, and the whole with it: `item 2 of 3: ` and
/// what the failure says.
class ItemError : public std::runtime_error {
 public:
  ItemError(std::size_t index, std::size_t count, Failure subFailure);

  /// Which one, from 0 on; the text counts from 1.
  std::size_t index() const noexcept { return index_; }
  /// How many there were.
  std::size_t count() const noexcept { return count_; }
  const Failure& subFailure() const noexcept { return subFailure_; }

 private:
  std::size_t index_;
  std::size_t count_;
  Failure subFailure_;
};

}  // namespace couplet
#pragma GCC visibility pop
