// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The first of several Deferreds. Twisted's race.
#pragma once

#include <utility>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/inputs_inl.h>

#pragma GCC visibility push(default)
namespace couplet {

/// The first value, with the index of its input:
///
///     auto [index, poem] = co_await race(std::move(poems));
///
/// `Deferred<std::pair<std::size_t, T>>`, or `Deferred<std::size_t>` for inputs without values. Of
/// inputs that have a value already the first one wins.
///
/// The other inputs are cancelled before it fires, and what becomes of them goes nowhere. A failure
/// counts only when all have failed: then it is a FailureGroup, also, with none in it, when there
/// are no inputs, where Twisted waits for ever. It owns its inputs: cancelling cancels each, and
/// fails it with FailureGroup if all of them end by that; discarding discards them.
template <class T>
auto race(std::vector<Deferred<T>> inputs, SourceLocation here = SourceLocation::current()) {
  return detail::beginInputs<detail::Raced>(std::move(inputs), here);
}

/// The same for Deferreds of several types:
///
///     auto first = co_await race(getPoem(), deferLater(clock, 5s));
///     if (first.index() == 0) read(std::get<0>(first));
///
/// `Deferred<std::variant<T...>>`, where std::monostate stands for no value. Reports say of it that
/// it was made in this header; `named` says more.
template <class First, class... Rest>
auto race(First first, Rest... rest) {
  if constexpr (detail::checkInputs<First, Rest...>()) {
    return detail::beginInputs<detail::Raced>(SourceLocation::current(), std::move(first),
                                              std::move(rest)...);
  } else {
    return detail::Mistaken();
  }
}

}  // namespace couplet
#pragma GCC visibility pop
