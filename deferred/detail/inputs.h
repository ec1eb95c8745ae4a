// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Several Deferreds that one stands for: gatherResults, DeferredList and race, whatever
// the types.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// When the whole fires, if not with the last input. As those of DeferredList.
struct InputRules {
  bool fireOnOneCallback = false;
  bool fireOnOneErrback = false;
  bool cancelsTheOthers = false;  ///< when the first value is there
};

/// Inputs under way. Lives as long as the callback of one of them, or the canceller of the whole,
/// does.
class Inputs : public std::enable_shared_from_this<Inputs> {
 public:
  Inputs(std::size_t count, InputRules rules, SourceLocation made) noexcept
      : missing_(count), rules_(rules), made_(made) {}
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;
  virtual ~Inputs() = default;

  // For the canceller of the whole.
  void cancel(SourceLocation where);
  void discard() noexcept;

 protected:
  /// Where the whole was made.
  SourceLocation made() const noexcept { return made_; }

  /// `places`: one for each input; they live as long as this.
  void begin(std::span<Deferred<void>> places);

  /// Lets the result of an input come to `result`, which lives as long as this.
  template <class T>
  void follow(std::size_t index, Deferred<T> input, std::optional<Result<T>>& result);

 private:
  /// Follows each input, in order.
  virtual void followAll() = 0;
  /// Fire the whole: with the first value, with all results, with a failure.
  virtual void fireOne(std::size_t index) = 0;
  virtual void fireAll() = 0;
  virtual void fail(Failure failure) = 0;

  void keep(std::size_t index, Deferred<void> input) noexcept;
  void succeeded(std::size_t index);
  void failed(std::size_t index, const Failure& failure);
  bool counts(std::size_t index) noexcept;
  void cancelEach(SourceLocation where);
  void cancelAll(SourceLocation where);

  std::span<Deferred<void>> places_;  // of the inputs under way; the others are empty
  std::size_t missing_;
  InputRules rules_;
  SourceLocation made_;
  bool beginning_ = false;
  bool cancelling_ = false;
  bool over_ = false;  // what inputs give goes nowhere
};

template <class T>
void Inputs::follow(std::size_t index, Deferred<T> input, std::optional<Result<T>>& result) {
  auto self = shared_from_this();
  auto succeeded = [self, index, &result](auto&&... value) {
    if (!self->counts(index)) return;
    result.emplace(std::move(value)...);
    self->succeeded(index);
  };
  auto failed = [self, index, &result](const Failure& failure) {
    if (!self->counts(index)) return;
    result.emplace(failure);
    self->failed(index, failure);
  };
  try {
    keep(index, std::move(input)
                    .addCallback(std::move(succeeded), made_)
                    .addErrback(std::move(failed), made_));
  } catch (const std::logic_error&) {  // the input is empty
    failed(Failure::current(made_));
  }
}

}  // namespace couplet::detail
#pragma GCC visibility pop
