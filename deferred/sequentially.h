// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Several things one after the other, with one answer.
#pragma once

#include <utility>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/items_inl.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Calls an item when the one before it has succeeded, and gives all their answers:
///
///     auto [opened, size] = co_await sequentially([&] { return file.open(); },
///                                                 [&] { return file.size(); });
///
/// As `concurrently` otherwise: the items, but that a Deferred is none, since it has begun already;
/// the answer; ItemError for the first failure, after which no further item is called; cancelling,
/// discarding and `addTimeout`, which say which item was under way.
template <class First, class... Rest>
auto sequentially(First first, Rest... rest) {
  return detail::beginItems<detail::ItemOfSequentially, 1>(SourceLocation::current(),
                                                           std::move(first), std::move(rest)...);
}

/// The same for any number of items of one type. A million that answer at once take no more stack
/// than one.
template <class Item>
auto sequentially(std::vector<Item> items, SourceLocation here = SourceLocation::current()) {
  return detail::beginItems<detail::ItemOfSequentially>(std::move(items), 1, here);
}

}  // namespace couplet
#pragma GCC visibility pop
