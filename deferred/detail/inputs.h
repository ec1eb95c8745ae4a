// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Several Deferreds that one stands for: gatherResults, DeferredList and race, whatever
// the types.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/counted_ptr.h>

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
class Inputs : public Counted {
 public:
  Inputs(std::size_t count, InputRules rules, SourceLocation made) noexcept
      : missing_(count), rules_(rules), made_(made) {}
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;
  virtual ~Inputs() = default;

  // For the canceller of the whole.
  void cancel(SourceLocation where);
  void discard() noexcept;
  void waitsFor(WaitingFor& waiting) const;

 protected:
  /// Where the whole was made.
  SourceLocation made() const noexcept { return made_; }

  /// `places`: one for each input; they live as long as this.
  void begin(std::span<Deferred<void>> places);

  /// Lets the result of an input come to `result`, which lives as long as this.
  template <class T>
  void follow(std::size_t index, Deferred<T> input, std::optional<Result<T>>& result);

 private:
  template <class T>
  friend struct FollowStep;

  /// Follows each input, in order.
  virtual void followAll() = 0;
  /// Fire the whole: with the first value, with all results, with a failure.
  virtual void fireOne(std::size_t index) = 0;
  virtual void fireAll() = 0;
  virtual void fail(Failure failure) = 0;

  void keep(std::size_t index, Deferred<void> input) noexcept {
    if (!input.readyValue()) places_[index] = std::move(input);
  }
  void succeeded(std::size_t index);
  void failed(std::size_t index, const Failure& failure);
  bool counts(std::size_t index) noexcept {
    places_[index] = Deferred<void>();
    return !over_;
  }
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

/// The last step of an input: takes its result to the whole, and leaves nothing.
template <class T>
struct FollowStep : Step {
  FollowStep(SourceLocation attached, Inputs& whole, std::size_t place,
             std::optional<Result<T>>& kept)
      : Step(&kOps, attached), inputs(&whole), index(place), result(&kept) {}

  static void run(Step& step, Chain& chain) {
    auto& self = static_cast<FollowStep&>(step);
    const bool counts = self.inputs->counts(self.index);
    if (counts) self.keepResultOf(chain);
    chain.clearResult();
    chain.storeValue<Nothing>(self.attached());
    if (counts) self.tell(chain);
  }

  // What the move of a value throws becomes the failure.
  void keepResultOf(Chain& chain) {
    try {
      result->emplace(takeResult<T>(chain));
    } catch (...) {
      result->emplace(Failure::current(attached()));
    }
  }

  void tell(Chain& chain) {
    try {
      (*result)->hasValue() ? inputs->succeeded(index)
                            : inputs->failed(index, (*result)->failure());
    } catch (...) {
      chain.clearResult();
      chain.storeCurrentException(attached());
    }
  }

  static void destroy(Step& step) noexcept { static_cast<FollowStep&>(step).~FollowStep(); }

  static constexpr StepOps kOps = {&run, &destroy, true, true};

  CountedPtr<Inputs> inputs;
  std::size_t index;
  std::optional<Result<T>>* result;
};

template <class T>
void Inputs::follow(std::size_t index, Deferred<T> input, std::optional<Result<T>>& result) {
  try {
    Chain& chain = Access::consume(input, made_);
    Deferred<void> followed = Access::wrap<void>(chain);
    chain.addStep<FollowStep<T>>(made_, *this, index, result);
    keep(index, std::move(followed));
  } catch (const std::logic_error&) {  // the input is empty
    if (!counts(index)) return;
    result.emplace(Failure::current(made_));
    failed(index, result->failure());
  }
}

}  // namespace couplet::detail
#pragma GCC visibility pop
