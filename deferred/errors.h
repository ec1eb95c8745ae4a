// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What can go wrong with a Deferred as such. Twisted's twisted.internet.defer errors.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/failure.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A Promise was fired a second time. Thrown at the one who does it; says where the Deferred was
/// made, its name if it has one, where it was fired first, and where again.
class AlreadyCalledError : public std::logic_error {
 public:
  AlreadyCalledError(SourceLocation made, std::string_view name, SourceLocation firstFired,
                     SourceLocation firedAgain);
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
  explicit AbandonedError(SourceLocation made, std::string_view name = {});
};

/// A Deferred was made to wait on itself, directly or through others.
class DeferredCycleError : public std::logic_error {
 public:
  explicit DeferredCycleError(SourceLocation made, std::string_view name = {});
};

/// The first failure among the inputs of `gatherResults`, or of a `DeferredList` that fails with
/// it.
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

/// All inputs of a `race` failed: `2 of 2 failed: ` and what the failures say, of many the first.
class FailureGroup : public std::runtime_error {
 public:
  explicit FailureGroup(std::vector<Failure> failures);
  /// In the order of the inputs; none when there were no inputs.
  const std::vector<Failure>& failures() const noexcept { return *failures_; }

 private:
  std::shared_ptr<const std::vector<Failure>> failures_;  // never null; copying does not throw
};

/// A DeferredQueue was given more than it may keep. Thrown at the one who puts it.
class QueueOverflow : public std::runtime_error {
 public:
  QueueOverflow();
};

/// More would wait for a DeferredQueue than may. Thrown at the one who would.
class QueueUnderflow : public std::runtime_error {
 public:
  QueueUnderflow();
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
