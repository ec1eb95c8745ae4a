// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Several things at once, with one answer.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/items_inl.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Begins all items and gives all their answers, in the order of the items:
///
///     auto [sum, product] = co_await concurrently([&] { return session.request<Sum>(Add{1, 2}); },
///                                                 [&] { return session.request<Product>(by); });
///
/// An item is a callable without arguments, called as `maybeDeferred` does; or a Deferred. The
/// answer is `Deferred<std::tuple<T...>>`, where an item without a value gives std::monostate, and
/// `Deferred<void>` where no item has a value. A callable lives as long as a coroutine that it is.
///
/// The first failure fails the whole with ItemError, which says which item it was. Before that the
/// other items are cancelled, and what does not end of that is discarded, so that no item outlives
/// the whole; but one that is on the stack just then ends at its next await. Nothing is reported of
/// them, and callables that were not called yet are not called.
///
/// Cancelling the whole does the same, and fails it with CancelledError, unless the items answer
/// otherwise. Discarding it discards the items. A limit for the whole is `.addTimeout(8s, clock)`:
/// `items 1 and 3 of 3 timed out after 8 s`.
///
/// Reports say of it that it was made in this header: a function with any number of arguments does
/// not know its caller's place. `named` says more. GCC 12 destroys closures twice that are written
/// in one expression with `co_await` and capture what has a destructor: capture by reference there,
/// or give the Deferred a name before.
template <class First, class... Rest>
auto concurrently(First first, Rest... rest) {
  return detail::beginItems<detail::ItemOfConcurrently, sizeof...(Rest) + 1>(
      SourceLocation::current(), std::move(first), std::move(rest)...);
}

/// The same for any number of items of one type. The answer is `Deferred<std::vector<T>>`, or
/// `Deferred<void>` where the items have no value; at once when there are none.
template <class Item>
auto concurrently(std::vector<Item> items, SourceLocation here = SourceLocation::current()) {
  const std::size_t atOnce = items.size();
  return detail::beginItems<detail::ItemOfConcurrently>(std::move(items), atOnce, here);
}

}  // namespace couplet
#pragma GCC visibility pop
