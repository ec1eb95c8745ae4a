// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The ValueType of each type that a member of a message may have.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <couplet/protocols/message/bytes.h>
#include <couplet/protocols/message/detail/value_type.h>
#include <couplet/protocols/message/enumeration.h>
#include <couplet/protocols/message/message.h>
#include <couplet/protocols/message/time_text.h>
#include <couplet/protocols/message/uuid.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// The struct of value_type.h that describes a T: a static constexpr member `value` of it.
template <class T>
struct TypeOf {
  static_assert(!std::is_same_v<T, T>,
                "couplet: a member of a message has a type that no message can have; see message.h");
};

/// A constant, found by its address.
template <class T>
constexpr const ValueType* typeOf() {
  return &TypeOf<T>::value;
}

template <>
struct TypeOf<bool> {
  static constexpr PlainType value{{ValueType::Kind::kBool}};
};

template <>
struct TypeOf<std::string> {
  static constexpr PlainType value{{ValueType::Kind::kString}};
};

template <class T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, wchar_t> &&
                      !std::same_as<T, char8_t> && !std::same_as<T, char16_t> &&
                      !std::same_as<T, char32_t> && !std::same_as<T, char>;

template <WholeNumber T>
struct TypeOf<T> {
  static constexpr IntegerType value{
      {ValueType::Kind::kInteger}, sizeof(T), std::is_signed_v<T>};
};

template <std::floating_point T>
requires(sizeof(T) <= sizeof(double)) struct TypeOf<T> {
  static constexpr RealType value{{ValueType::Kind::kReal}, sizeof(T)};
};

/// Text of `what`, which T is read from and written to by `Form`.
template <class T, class Form>
struct TextTypeOf {
  static bool read(std::string_view text, void* value) {
    return Form::read(text, *static_cast<T*>(value));
  }
  static void write(const void* value, std::string& out) {
    Form::write(*static_cast<const T*>(value), out);
  }
  static constexpr TextType value{{ValueType::Kind::kText}, Form::kWhat, &read, &write};
};

struct BytesText {
  static constexpr std::string_view kWhat = "base64";
  static bool read(std::string_view text, Bytes& bytes);
  static void write(const Bytes& bytes, std::string& out);
};
template <>
struct TypeOf<Bytes> : TextTypeOf<Bytes, BytesText> {};

struct UUIDText {
  static constexpr std::string_view kWhat = "a UUID";
  static bool read(std::string_view text, UUID& uuid);
  static void write(const UUID& uuid, std::string& out);
};
template <>
struct TypeOf<UUID> : TextTypeOf<UUID, UUIDText> {};

[[noreturn]] void refuseNamelessValue();

template <class E>
struct EnumText {
  static constexpr std::string_view kWhat = "a known name";
  static bool read(std::string_view text, E& value) {
    for (const auto& one : enumerators(E())) {
      if (one.name != text) continue;
      value = one.value;
      return true;
    }
    return false;
  }
  static void write(E value, std::string& out) {
    for (const auto& one : enumerators(E())) {
      if (one.value == value) return static_cast<void>(out += one.name);
    }
    refuseNamelessValue();
  }
};
template <class E>
requires std::is_enum_v<E>
struct TypeOf<E> : TextTypeOf<E, EnumText<E>> {
  static_assert(NamedEnum<E>, "couplet: an enumeration in a message needs enumerators(); see enumeration.h");
};

template <class Duration>
struct TimeText {
  using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;
  static constexpr bool kIsDate = std::is_same_v<Duration, std::chrono::days>;
  static constexpr std::string_view kWhat = kIsDate ? "a date" : "a time";
  static bool read(std::string_view text, Time& time) { return parseTime(text, time); }
  static void write(const Time& time, std::string& out) { out += formatTime(time); }
};
template <class Duration>
struct TypeOf<std::chrono::time_point<std::chrono::system_clock, Duration>>
    : TextTypeOf<std::chrono::time_point<std::chrono::system_clock, Duration>, TimeText<Duration>> {
};

template <class Rep, class Period>
struct DurationText {
  using Length = std::chrono::duration<Rep, Period>;
  static constexpr std::string_view kWhat = "a duration";
  static bool read(std::string_view text, Length& length) { return parseDuration(text, length); }
  static void write(const Length& length, std::string& out) { out += formatDuration(length); }
};
template <class Rep, class Period>
struct TypeOf<std::chrono::duration<Rep, Period>>
    : TextTypeOf<std::chrono::duration<Rep, Period>, DurationText<Rep, Period>> {};

template <class T>
struct TypeOf<std::optional<T>> {
  using Optional = std::optional<T>;

  static void* emplace(void* optional) { return &static_cast<Optional*>(optional)->emplace(); }
  static void reset(void* optional) { static_cast<Optional*>(optional)->reset(); }
  static const void* get(const void* optional) {
    const auto& held = *static_cast<const Optional*>(optional);
    return held ? &*held : nullptr;
  }
  static constexpr OptionalType value{
      {ValueType::Kind::kOptional}, typeOf<T>(), &emplace, &reset, &get};
};

/// Of all that can be gone through.
template <class List, class Element>
void eachIn(const void* list, void* context, EachElement call) {
  for (const auto& element : *static_cast<const List*>(list)) {
    const Element& seen = element;
    call(context, &seen);
  }
}
template <class List>
void clearIn(void* list) {
  static_cast<List*>(list)->clear();
}

/// Elements are made in their place.
template <class List, class T>
struct SequenceTypeOf {
  static void* begin(void* list, std::size_t) { return &static_cast<List*>(list)->emplace_back(); }
  static bool end(void*, void*) { return true; }
  static constexpr ListType value{{ValueType::Kind::kList}, typeOf<T>(), &clearIn<List>,
                                  &begin, &end, nullptr, 0, &eachIn<List, T>};
};
template <class T>
struct TypeOf<std::vector<T>> : SequenceTypeOf<std::vector<T>, T> {};
template <class T>
struct TypeOf<std::deque<T>> : SequenceTypeOf<std::deque<T>, T> {};

template <class T, std::size_t kSize>
struct TypeOf<std::array<T, kSize>> {
  static_assert(kSize > 0, "couplet: an array without elements in a message");
  using Array = std::array<T, kSize>;

  static void clear(void*) {}
  static void* begin(void* list, std::size_t index) {
    return index < kSize ? &(*static_cast<Array*>(list))[index] : nullptr;
  }
  static bool end(void*, void*) { return true; }
  static constexpr ListType value{{ValueType::Kind::kList}, typeOf<T>(), &clear, &begin, &end,
                                  nullptr, kSize, &eachIn<Array, T>};
};

/// Elements are made apart, and put in when they are whole.
template <class List, class T>
struct StagedTypeOf {
  static void* begin(void*, std::size_t) { return new T(); }
  static bool end(void* list, void* element) {
    const std::unique_ptr<T> whole(static_cast<T*>(element));
    auto& into = *static_cast<List*>(list);
    if constexpr (requires { into.insert(std::move(*whole)).second; }) {
      return into.insert(std::move(*whole)).second;
    } else {
      into.push_back(*whole);
      return true;
    }
  }
  static void drop(void* element) { delete static_cast<T*>(element); }
  static constexpr ListType value{{ValueType::Kind::kList}, typeOf<T>(), &clearIn<List>,
                                  &begin, &end, &drop, 0, &eachIn<List, T>};
};
template <>
struct TypeOf<std::vector<bool>> : StagedTypeOf<std::vector<bool>, bool> {};
template <class T, class Less>
struct TypeOf<std::set<T, Less>> : StagedTypeOf<std::set<T, Less>, T> {};

template <class First, class Second>
struct TypeOf<std::pair<First, Second>> {
  static void* part(void* pair, std::size_t index) {
    auto& both = *static_cast<std::pair<First, Second>*>(pair);
    return index == 0 ? static_cast<void*>(&both.first) : static_cast<void*>(&both.second);
  }
  static constexpr PairType value{
      {ValueType::Kind::kPair}, {typeOf<First>(), typeOf<Second>()}, &part};
};

/// An object.
template <class T, class Less>
struct TypeOf<std::map<std::string, T, Less>> {
  using Map = std::map<std::string, T, Less>;

  static void* add(void* map, std::string_view key) {
    const auto [entry, isNew] = static_cast<Map*>(map)->try_emplace(std::string(key));
    return isNew ? &entry->second : nullptr;
  }
  static void each(const void* map, void* context, EachEntry call) {
    for (const auto& [key, value] : *static_cast<const Map*>(map)) call(context, key, &value);
  }
  static constexpr MapType value{
      {ValueType::Kind::kMap}, typeOf<T>(), &clearIn<Map>, &add, &each};
};

/// A list of pairs.
template <class Key, class T, class Less>
struct TypeOf<std::map<Key, T, Less>> {
  using Map = std::map<Key, T, Less>;
  using Pair = std::pair<Key, T>;

  static void each(const void* map, void* context, EachElement call) {
    for (const auto& entry : *static_cast<const Map*>(map)) {
      const Pair pair(entry);
      call(context, &pair);
    }
  }
  static constexpr ListType value{{ValueType::Kind::kList}, typeOf<Pair>(), &clearIn<Map>,
                                  &StagedTypeOf<Map, Pair>::begin, &StagedTypeOf<Map, Pair>::end,
                                  &StagedTypeOf<Map, Pair>::drop, 0, &each};
};

template <Message M>
struct TypeOf<M> {
  static constexpr std::size_t kCount = std::tuple_size_v<decltype(M::kMessage.members)>;

  template <std::size_t kIndex>
  static void* in(void* message) {
    return &(static_cast<M*>(message)->*std::get<kIndex>(M::kMessage.members).pointer);
  }
  template <class Owner, class T>
  static constexpr const ValueType* typeOfMember(const Member<Owner, T>&) {
    return typeOf<T>();
  }
  template <std::size_t... kIndex>
  static constexpr std::array<MemberType, kCount> list(std::index_sequence<kIndex...>) {
    return {MemberType{std::get<kIndex>(M::kMessage.members).name,
                       typeOfMember(std::get<kIndex>(M::kMessage.members)), &in<kIndex>}...};
  }

  static constexpr std::array<MemberType, kCount> members = list(std::make_index_sequence<kCount>());
  static constexpr MessageType value{
      {ValueType::Kind::kMessage}, M::kMessage.name, members.data(), kCount};
};

}  // namespace couplet::detail
#pragma GCC visibility pop
