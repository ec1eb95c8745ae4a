// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Deferred::addTimeout; included by deferred.h.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {

/// The running time of an addTimeout, shared by the timer and the step that ends it.
class Timeout {
 public:
  Timeout(Duration timeout, Clock& clock, CancelHandle chain, SourceLocation here);
  Timeout(Timeout&&) noexcept = default;
  ~Timeout() { end(); }

  /// Ends the timer; true when it had run out.
  bool end() noexcept;
  Duration duration() const noexcept { return duration_; }

 private:
  Duration duration_;
  std::shared_ptr<bool> ranOut_;
  DelayedCall timer_;
};

/// What a time-out gives when nothing else is said.
template <class T>
Result<T> timeoutInPlaceOfCancelled(Result<T> result, Duration timeout, SourceLocation here) {
  if (result) return result;
  const auto* cancelled = result.failure().template get<CancelledError>();
  if (!cancelled) return result;
  const std::string& missing = cancelled->waitingFor();
  return Failure(missing.empty() ? TimeoutError(timeout) : TimeoutError(timeout, missing), here);
}

template <class T, class F>
constexpr bool checkTimeoutAnswer() {
  constexpr bool kFits = std::is_invocable_r_v<Result<T>, F&, Result<T>, Duration>;
  static_assert(kFits,
                "couplet: onTimeoutCancel is written "
                "[](Result<T> result, Duration timeout) -> Result<T> {...}");
  return kFits;
}

}  // namespace detail

template <class T>
template <class F>
Deferred<T>& Deferred<T>::addTimeout(Duration timeout, Clock& clock, F onTimeoutCancel,
                                     SourceLocation here) & {
  if constexpr (detail::checkTimeoutAnswer<T, F>()) {
    addBoth(
        [timeout = detail::Timeout(timeout, clock, cancelHandle(), here),
         onTimeoutCancel = std::move(onTimeoutCancel)](Result<T> result) mutable -> Result<T> {
          if (!timeout.end()) return result;
          return onTimeoutCancel(std::move(result), timeout.duration());
        },
        here);
  }
  return *this;
}

template <class T>
template <class F>
Deferred<T> Deferred<T>::addTimeout(Duration timeout, Clock& clock, F onTimeoutCancel,
                                    SourceLocation here) && {
  addTimeout(timeout, clock, std::move(onTimeoutCancel), here);
  return Deferred(std::move(*this), here);
}

template <class T>
Deferred<T>& Deferred<T>::addTimeout(Duration timeout, Clock& clock, SourceLocation here) & {
  return addTimeout(
      timeout, clock,
      [here](Result<T> result, Duration after) {
        return detail::timeoutInPlaceOfCancelled(std::move(result), after, here);
      },
      here);
}

template <class T>
Deferred<T> Deferred<T>::addTimeout(Duration timeout, Clock& clock, SourceLocation here) && {
  addTimeout(timeout, clock, here);
  return Deferred(std::move(*this), here);
}

}  // namespace couplet
#pragma GCC visibility pop
