// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What callbacks take and answer: the rules that the chaining methods check, and the one
// error that a mistake gives.
#pragma once

#include <concepts>
#include <exception>
#include <type_traits>
#include <utility>

#include <couplet/deferred/failure.h>
#include <couplet/deferred/result.h>

#pragma GCC visibility push(default)
namespace couplet {

template <class T>
class Deferred;
template <class T>
class Promise;

namespace detail {

/// What a chaining method gives after a mistake, so that the rest of the chain adds no second
/// error.
struct Mistaken {
  Mistaken addCallback(auto&&...) const { return {}; }
  Mistaken addErrback(auto&&...) const { return {}; }
  Mistaken addBoth(auto&&...) const { return {}; }
  Mistaken addCallbacks(auto&&...) const { return {}; }
  Mistaken addTimeout(auto&&...) const { return {}; }
  Mistaken chainDeferred(auto&&...) const { return {}; }
  Mistaken named(auto&&...) const { return {}; }
  void cancel(auto&&...) const {}
  void discard(auto&&...) const {}

  /// A Deferred, or what an await of it would give.
  template <class T>
  operator T() const {
    std::terminate();
  }
};

template <class R>
inline constexpr bool kIsDeferred = false;
template <class T>
inline constexpr bool kIsDeferred<Deferred<T>> = true;

template <class R>
inline constexpr bool kIsResult = false;
template <class T>
inline constexpr bool kIsResult<Result<T>> = true;

template <class T>
inline constexpr bool kIsPlain = std::is_void_v<T> ||
                                 (std::is_object_v<T> && !std::is_const_v<T> && !kIsDeferred<T> &&
                                  !kIsResult<T> && !std::is_same_v<T, Failure>);

/// What a callback's answer R makes of a Deferred<T>.
template <class R, class T>
struct ValueOfAnswer {
  using Type = R;
};
template <class U, class T>
struct ValueOfAnswer<Deferred<U>, T> {
  using Type = U;
};
template <class U, class T>
struct ValueOfAnswer<Result<U>, T> {
  using Type = U;
};
template <class T>
struct ValueOfAnswer<Failure, T> {
  using Type = T;
};

template <class F, class T>
struct Call : std::is_invocable<F&, T> {
  template <class G>
  using Of = std::invoke_result<G&, T>;
};
template <class F>
struct Call<F, void> : std::is_invocable<F&> {
  template <class G>
  using Of = std::invoke_result<G&>;
};

/// Whether F can be called with what a Deferred<T> gives: a T&&, or nothing.
template <class F, class T>
inline constexpr bool kTakesValue = Call<F, T>::value;

template <class F>
inline constexpr bool kTakesFailure = std::is_invocable_v<F&, const Failure&>;

template <class F, class T>
inline constexpr bool kTakesResult = std::is_invocable_v<F&, Result<T>>;

template <class F, class T>
using AnswerToValue = std::decay_t<typename Call<F, T>::template Of<F>::type>;
template <class F>
using AnswerToFailure = std::decay_t<std::invoke_result_t<F&, const Failure&>>;
template <class F, class T>
using AnswerToResult = std::decay_t<std::invoke_result_t<F&, Result<T>>>;

/// Whether an answer R fits a chain that goes on with U.
template <class R, class U>
inline constexpr bool kAnswers = std::is_same_v<R, Failure> || std::is_same_v<R, Result<U>> ||
                                 std::is_same_v<R, Deferred<U>> ||
                                 (std::is_void_v<U> ? std::is_void_v<R>
                                                    : !kIsDeferred<R> && !kIsResult<R> &&
                                                          std::is_convertible_v<R, U>);

/// The next value's type, or void where F cannot be called (which has been reported then).
template <class F, class T, bool = kTakesValue<F, T>>
struct NextOf {
  using Type = void;
};
template <class F, class T>
struct NextOf<F, T, true> : ValueOfAnswer<AnswerToValue<F, T>, T> {};

template <class F, class T, bool = kTakesResult<F, T>>
struct NextOfBoth {
  using Type = void;
};
template <class F, class T>
struct NextOfBoth<F, T, true> : ValueOfAnswer<AnswerToResult<F, T>, T> {};

template <class F, class U, bool = kTakesFailure<F>>
inline constexpr bool kErrbackAnswers = false;
template <class F, class U>
inline constexpr bool kErrbackAnswers<F, U, true> = kAnswers<AnswerToFailure<F>, U>;

}  // namespace detail

}  // namespace couplet
#pragma GCC visibility pop
