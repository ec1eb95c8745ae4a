// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages: plain structs, with a list of their members that the compiler reads.
#pragma once

#include <string_view>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(default)
namespace couplet {

/// A member of the message M, by its name on the wire.
template <class M, class T>
struct Member {
  std::string_view name;
  T M::*pointer;
};

template <class M, class T>
consteval Member<M, T> member(std::string_view name, T M::*pointer) {
  if (name.empty()) throw "a member has no name";
  return {name, pointer};
}

/// The name of a message on the wire, and its members in order: those of its bases may be among
/// them.
template <class... Members>
struct MessageMembers {
  std::string_view name;
  std::tuple<Members...> members;
};

/// What makes a struct a message, in it, with the name `kMessage`:
///
///     struct Multiply {
///       double x = 0.0;
///       double y = 0.0;
///
///       static constexpr auto kMessage = couplet::message(
///           "crunch_api.Multiply", couplet::member("x", &Multiply::x), couplet::member("y",
///           &Multiply::y));
///     };
///
/// Write the `couplet::`, or a message that has itself in a map is looked at too early. The struct
/// stays an aggregate: `Multiply{6, 7}`. What its members are when it is made by default
/// is what they are where JSON does not have them. Members may be: bool, integers, float, double,
/// std::string, Bytes, UUID, enumerations (see enumeration.h), time points and durations of
/// std::chrono (see time_text.h), messages, and of all these std::optional, std::vector,
/// std::deque, std::array, std::set and std::map. Two members of one name, and a member of another
/// type, do not compile where the message is first used.
template <class... M, class... T>
consteval MessageMembers<Member<M, T>...> message(std::string_view name, Member<M, T>... members) {
  if (name.empty() || name.front() == '.' || name.back() == '.') {
    throw "the name of a message is module.Message";
  }
  return {name, {members...}};
}

/// A struct with such a list.
template <class M>
concept Message = requires {
  M::kMessage.name;
  M::kMessage.members;
}
&&std::is_default_constructible_v<M>;

}  // namespace couplet
#pragma GCC visibility pop
