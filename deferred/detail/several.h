// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The types of several answers in one.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include <couplet/deferred/detail/answer.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// In the place of an answer that gives no value.
template <class T>
using ItemValue = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class... T>
using AnswerOfTuple =
    std::conditional_t<(std::is_void_v<T> && ...), void, std::tuple<ItemValue<T>...>>;

template <class T>
using AnswerOfVector = std::conditional_t<std::is_void_v<T>, void, std::vector<ItemValue<T>>>;

/// In place of N answers after a mistake: a binding of N names adds no second error.
template <std::size_t N>
struct MistakenItems : Mistaken {
  template <std::size_t>
  Mistaken get() const {
    return {};
  }
};

}  // namespace couplet::detail

template <std::size_t N>
struct std::tuple_size<couplet::detail::MistakenItems<N>> : std::integral_constant<std::size_t, N> {
};
template <std::size_t I, std::size_t N>
struct std::tuple_element<I, couplet::detail::MistakenItems<N>> {
  using type = couplet::detail::Mistaken;
};
#pragma GCC visibility pop
