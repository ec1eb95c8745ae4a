// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Enumerations in messages: by the names of their values.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#pragma GCC visibility push(default)
namespace couplet {

/// A value of an enumeration, by its name on the wire.
template <class E>
struct Enumerator {
  std::string_view name;
  E value;
};

/// What lets an enumeration be a member of messages, beside it, found by its argument. Of two names
/// of one value the first is written.
///
///     enum class Colour { kRed, kGreen };
///     constexpr auto enumerators(Colour) {
///       return couplet::named<Colour>({{"red", Colour::kRed}, {"green", Colour::kGreen}});
///     }
template <class E, std::size_t kCount>
consteval std::array<Enumerator<E>, kCount> named(const Enumerator<E> (&values)[kCount]) {
  std::array<Enumerator<E>, kCount> all{};
  for (std::size_t i = 0; i < kCount; ++i) {
    if (values[i].name.empty()) throw "a value has no name";
    for (std::size_t k = 0; k < i; ++k) {
      if (values[k].name == values[i].name) throw "two values have the same name";
    }
    all[i] = values[i];
  }
  return all;
}

/// An enumeration with such a list.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires {
  enumerators(E()).size();
};

}  // namespace couplet
#pragma GCC visibility pop
