// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The results of several Deferreds as one, failures too. Twisted's DeferredList.
#pragma once

#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/inputs_inl.h>

#pragma GCC visibility push(default)
namespace couplet {

/// For DeferredList: the first value fires it.
struct FireOnOneCallback {};
inline constexpr FireOnOneCallback fireOnOneCallback;

/// For DeferredList: the first failure fails it, with FirstError.
struct FireOnOneErrback {};
inline constexpr FireOnOneErrback fireOnOneErrback;

/// Which value came first: `(value, index)`, or the index alone of an input without a value.
template <class T>
using FirstValue = typename detail::ValueAndPlace<T>::Type;

/// Which value came first; or, where all inputs failed, all results.
template <class T>
using FirstValueOrAll = std::variant<FirstValue<T>, std::vector<Result<T>>>;

/// What became of each input, in their order, when the last one has ended; at once when there are
/// none:
///
///     for (Result<Poem>& poem : co_await DeferredList(std::move(poems))) ...
///
/// It owns its inputs, so no failure of theirs is reported: Twisted's `consumeErrors=True`.
/// Cancelling cancels each input that has not ended; the list fires of what they give then, and
/// until that may be cancelled again. Once it has fired, it cancels none. Discarding discards them.
template <class T>
Deferred<std::vector<Result<T>>> DeferredList(std::vector<Deferred<T>> inputs,
                                              SourceLocation here = SourceLocation::current()) {
  return detail::beginInputs<detail::Listed<false>>(std::move(inputs), here);
}

/// The same, but that the first failure fails it, with FirstError. The other inputs go on, and what
/// becomes of them goes nowhere.
template <class T>
Deferred<std::vector<Result<T>>> DeferredList(std::vector<Deferred<T>> inputs, FireOnOneErrback,
                                              SourceLocation here = SourceLocation::current()) {
  return detail::beginInputs<detail::Listed<true>>(std::move(inputs), here);
}

/// The same, but that the first value fires it; the other inputs go on, and what becomes of them
/// goes nowhere (`race` cancels them). All results when there is no value among them. Without
/// inputs it never fires, as in Twisted.
template <class T>
Deferred<FirstValueOrAll<T>> DeferredList(std::vector<Deferred<T>> inputs, FireOnOneCallback,
                                          SourceLocation here = SourceLocation::current()) {
  if (inputs.empty()) return detail::neverFires<FirstValueOrAll<T>>(here);
  return detail::beginInputs<detail::ListedUntilOne>(std::move(inputs), here);
}

/// The same, but that the first result fires it, whichever it is: a value, or FirstError.
template <class T>
Deferred<FirstValue<T>> DeferredList(std::vector<Deferred<T>> inputs, FireOnOneCallback,
                                     FireOnOneErrback,
                                     SourceLocation here = SourceLocation::current()) {
  if (inputs.empty()) return detail::neverFires<FirstValue<T>>(here);
  return detail::beginInputs<detail::ListedUntilEither>(std::move(inputs), here);
}

/// The results of Deferreds of several types: `Deferred<std::tuple<Result<T>...>>`. Reports say of
/// it that it was made in this header; `named` says more.
template <class First, class... Rest>
auto DeferredList(First first, Rest... rest) {
  if constexpr (detail::checkInputs<First, Rest...>()) {
    return detail::beginInputs<detail::Listed<false>>(SourceLocation::current(), std::move(first),
                                                      std::move(rest)...);
  } else {
    return detail::MistakenItems<sizeof...(Rest) + 1>();
  }
}

}  // namespace couplet
#pragma GCC visibility pop
