// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The values of several Deferreds as one. Twisted's gatherResults.
#pragma once

#include <utility>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/inputs_inl.h>

#pragma GCC visibility push(default)
namespace couplet {

/// The values of all inputs, in their order, when the last one is there; at once when there are
/// none. `Deferred<std::vector<T>>`, or `Deferred<void>` for inputs without values.
///
/// The first failure fails it with FirstError; the other inputs go on, and what becomes of them
/// goes nowhere. It owns its inputs: cancelling cancels, and discarding discards, each of them.
/// `concurrently` ends the others instead.
template <class T>
auto gatherResults(std::vector<Deferred<T>> inputs,
                   SourceLocation here = SourceLocation::current()) {
  return detail::beginInputs<detail::Gathered>(std::move(inputs), here);
}

/// The same for Deferreds of several types:
///
///     auto [poem, title] = co_await gatherResults(getPoem(), getTitle());
///
/// `Deferred<std::tuple<T...>>`, where an input without a value gives std::monostate, and
/// `Deferred<void>` where no input has a value. Reports say of it that it was made in this header;
/// `named` says more.
template <class First, class... Rest>
auto gatherResults(First first, Rest... rest) {
  if constexpr (detail::checkInputs<First, Rest...>()) {
    return detail::beginInputs<detail::Gathered>(SourceLocation::current(), std::move(first),
                                                 std::move(rest)...);
  } else {
    return detail::MistakenItems<sizeof...(Rest) + 1>();
  }
}

}  // namespace couplet
#pragma GCC visibility pop
