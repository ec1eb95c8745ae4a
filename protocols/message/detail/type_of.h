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

/// Why a type cannot be that of a member. A message says so of all its members, in one line; types
/// in which others are have the flaw of these.
enum class Flaw : std::uint8_t { kNone, kUnknown, kNamelessEnum, kOptionalOfOptional, kEmptyArray };

/// The struct of value_type.h that describes a T: a static constexpr member `value` of it.
template <class T>
struct TypeOf {
  static constexpr Flaw kFlaw = std::is_enum_v<T> ? Flaw::kNamelessEnum : Flaw::kUnknown;
  static constexpr PlainType value{{ValueType::Kind::kBool}};
};

/// A message, which may be inside of itself, says itself what is wrong with it.
template <class T>
consteval Flaw flawOf() {
  if constexpr (Message<T>) {
    return Flaw::kNone;
  } else {
    return TypeOf<T>::kFlaw;
  }
}

/// Of a type in which no others are.
struct Flawless {
  static constexpr Flaw kFlaw = Flaw::kNone;
};

template <>
struct TypeOf<bool> : Flawless {
  static constexpr PlainType value{{ValueType::Kind::kBool}};
};

template <>
struct TypeOf<std::string> : Flawless {
  static constexpr PlainType value{{ValueType::Kind::kString}};
};

template <class T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, wchar_t> &&
                      !std::same_as<T, char8_t> && !std::same_as<T, char16_t> &&
                      !std::same_as<T, char32_t> && !std::same_as<T, char>;

template <WholeNumber T>
struct TypeOf<T> : Flawless {
  static constexpr IntegerType value{{ValueType::Kind::kInteger}, sizeof(T), std::is_signed_v<T>};
};

template <std::floating_point T>
requires(sizeof(T) <= sizeof(double)) struct TypeOf<T> : Flawless {
  static constexpr RealType value{{ValueType::Kind::kReal}, sizeof(T)};
};

/// Text, which T is read from and written to by `Form`.
template <class T, class Form>
struct TextTypeOf : Flawless {
  static bool read(std::string_view text, void* into) {
    return Form::read(text, *static_cast<T*>(into));
  }
  static bool write(const void* from, std::string& out) {
    return Form::write(*static_cast<const T*>(from), out);
  }
  static constexpr TextType value{{ValueType::Kind::kText},
                                  Form::kWhat,
                                  Form::kFormat,
                                  Form::kUnwritable,
                                  &read,
                                  &write,
                                  Form::kName};
};

/// Of a form that is no enumeration's, and that every value has.
struct PlainForm {
  static constexpr std::string_view kUnwritable = "";
  static constexpr std::string_view (*kName)(std::size_t) = nullptr;
};

struct BytesText : PlainForm {
  static constexpr std::string_view kWhat = "base64";
  static constexpr std::string_view kFormat = "byte";
  static bool read(std::string_view text, Bytes& bytes);
  static bool write(const Bytes& bytes, std::string& out);
};
template <>
struct TypeOf<Bytes> : TextTypeOf<Bytes, BytesText> {};

struct UUIDText : PlainForm {
  static constexpr std::string_view kWhat = "a UUID";
  static constexpr std::string_view kFormat = "uuid";
  static bool read(std::string_view text, UUID& uuid);
  static bool write(const UUID& uuid, std::string& out);
};
template <>
struct TypeOf<UUID> : TextTypeOf<UUID, UUIDText> {};

template <class E>
struct EnumText {
  static constexpr std::string_view kWhat = "one of its names";
  static constexpr std::string_view kFormat = "";
  static constexpr std::string_view kUnwritable = "a value that has no name";

  static bool read(std::string_view text, E& value) {
    for (const auto& one : enumerators(E())) {
      if (one.name != text) continue;
      value = one.value;
      return true;
    }
    return false;
  }
  static bool write(E value, std::string& out) {
    for (const auto& one : enumerators(E())) {
      if (one.value != value) continue;
      out += one.name;
      return true;
    }
    return false;
  }
  static std::string_view name(std::size_t index) {
    const auto& all = enumerators(E());
    return index < all.size() ? all[index].name : std::string_view();
  }
  static constexpr std::string_view (*kName)(std::size_t) = &name;
};
template <NamedEnum E>
struct TypeOf<E> : TextTypeOf<E, EnumText<E>> {};

template <class Duration>
struct TimeText : PlainForm {
  using Time = std::chrono::sys_time<Duration>;
  static constexpr bool kIsDate = std::is_same_v<Duration, std::chrono::days>;
  static constexpr std::string_view kWhat = kIsDate ? "a date" : "a time";
  static constexpr std::string_view kFormat = kIsDate ? "date" : "date-time";
  static constexpr std::string_view kUnwritable = "a time outside of the years 0 to 9999";
  static bool read(std::string_view text, Time& time) { return parseTime(text, time); }
  static bool write(const Time& time, std::string& out) { return appendTime(out, time); }
};
template <class Duration>
struct TypeOf<std::chrono::sys_time<Duration>>
    : TextTypeOf<std::chrono::sys_time<Duration>, TimeText<Duration>> {};

template <class Rep, class Period>
struct DurationText : PlainForm {
  using Length = std::chrono::duration<Rep, Period>;
  static constexpr std::string_view kWhat = "a duration";
  static constexpr std::string_view kFormat = "duration";
  static constexpr std::string_view kUnwritable = "a duration of more than 2^63 seconds";
  static bool read(std::string_view text, Length& length) { return parseDuration(text, length); }
  static bool write(const Length& length, std::string& out) { return appendDuration(out, length); }
};
template <class Rep, class Period>
struct TypeOf<std::chrono::duration<Rep, Period>>
    : TextTypeOf<std::chrono::duration<Rep, Period>, DurationText<Rep, Period>> {};

template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
struct TypeOf<std::optional<T>> {
  using Optional = std::optional<T>;

  static constexpr Flaw kFlaw = kIsOptional<T> ? Flaw::kOptionalOfOptional : flawOf<T>();
  static void* emplace(void* optional) { return &static_cast<Optional*>(optional)->emplace(); }
  static void reset(void* optional) { static_cast<Optional*>(optional)->reset(); }
  static const void* get(const void* optional) {
    const auto& held = *static_cast<const Optional*>(optional);
    return held ? &*held : nullptr;
  }
  static constexpr OptionalType value{
      {ValueType::Kind::kOptional}, &TypeOf<T>::value, &emplace, &reset, &get};
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
  static constexpr Flaw kFlaw = flawOf<T>();
  static void* begin(void* list, std::size_t) { return &static_cast<List*>(list)->emplace_back(); }
  static bool end(void*, void*) { return true; }
  static constexpr ListType value{
      {ValueType::Kind::kList}, &TypeOf<T>::value, &clearIn<List>, &begin, &end, nullptr, 0,
      &TypeOf<T>::value,        &eachIn<List, T>};
};
template <class T>
struct TypeOf<std::vector<T>> : SequenceTypeOf<std::vector<T>, T> {};
template <class T>
struct TypeOf<std::deque<T>> : SequenceTypeOf<std::deque<T>, T> {};

template <class T, std::size_t kSize>
struct TypeOf<std::array<T, kSize>> {
  using Array = std::array<T, kSize>;

  static constexpr Flaw kFlaw = kSize == 0 ? Flaw::kEmptyArray : flawOf<T>();
  static void clear(void*) {}
  static void* begin(void* list, std::size_t index) {
    return index < kSize ? &(*static_cast<Array*>(list))[index] : nullptr;
  }
  static bool end(void*, void*) { return true; }
  static constexpr ListType value{
      {ValueType::Kind::kList}, &TypeOf<T>::value, &clear, &begin, &end, nullptr, kSize,
      &TypeOf<T>::value,        &eachIn<Array, T>};
};

/// Elements are made apart, and put in when they are whole.
template <class List, class T>
struct StagedTypeOf {
  static constexpr Flaw kFlaw = flawOf<T>();
  static void* begin(void*, std::size_t) { return new T(); }
  static bool end(void* list, void* element) {
    const std::unique_ptr<T> whole(static_cast<T*>(element));
    auto& into = *static_cast<List*>(list);
    if constexpr (kIsUnique) {
      return into.insert(std::move(*whole)).second;
    } else {
      into.push_back(*whole);
      return true;
    }
  }
  static void drop(void* element) { delete static_cast<T*>(element); }
  static constexpr bool kIsUnique = requires(List list, T element) {
    list.insert(std::move(element)).second;
  };
  static constexpr ListType value{
      {ValueType::Kind::kList}, &TypeOf<T>::value, &clearIn<List>, &begin, &end, &drop, 0,
      &TypeOf<T>::value,        &eachIn<List, T>,  kIsUnique};
};
template <>
struct TypeOf<std::vector<bool>> : StagedTypeOf<std::vector<bool>, bool> {};
template <class T, class Less>
struct TypeOf<std::set<T, Less>> : StagedTypeOf<std::set<T, Less>, T> {};

/// Its first may be const, where it is only to be written.
template <class First, class Second>
struct TypeOf<std::pair<First, Second>> {
  using PlainFirst = std::remove_const_t<First>;

  static constexpr Flaw kFlaw =
      flawOf<PlainFirst>() != Flaw::kNone ? flawOf<PlainFirst>() : flawOf<Second>();
  static void* part(void* pair, std::size_t index) {
    auto& both = *static_cast<std::pair<First, Second>*>(pair);
    if (index == 1) return &both.second;
    return const_cast<PlainFirst*>(&both.first);
  }
  static constexpr PairType value{
      {ValueType::Kind::kPair}, {&TypeOf<PlainFirst>::value, &TypeOf<Second>::value}, &part};
};

/// An object.
template <class T, class Less>
struct TypeOf<std::map<std::string, T, Less>> {
  using Map = std::map<std::string, T, Less>;

  static constexpr Flaw kFlaw = flawOf<T>();
  static void* add(void* map, std::string_view key) {
    const auto [entry, isNew] = static_cast<Map*>(map)->try_emplace(std::string(key));
    return isNew ? &entry->second : nullptr;
  }
  static void each(const void* map, void* context, EachEntry call) {
    for (const auto& [key, held] : *static_cast<const Map*>(map)) call(context, key, &held);
  }
  static constexpr MapType value{
      {ValueType::Kind::kMap}, &TypeOf<T>::value, &clearIn<Map>, &add, &each};
};

/// A list of pairs.
template <class Key, class T, class Less>
struct TypeOf<std::map<Key, T, Less>> {
  using Map = std::map<Key, T, Less>;
  using Staged = StagedTypeOf<Map, std::pair<Key, T>>;
  using Held = typename Map::value_type;

  static constexpr Flaw kFlaw = Staged::kFlaw;
  static constexpr ListType value{{ValueType::Kind::kList},
                                  &TypeOf<std::pair<Key, T>>::value,
                                  &clearIn<Map>,
                                  &Staged::begin,
                                  &Staged::end,
                                  &Staged::drop,
                                  0,
                                  &TypeOf<Held>::value,
                                  &eachIn<Map, Held>,
                                  Staged::kIsUnique};
};

template <class... Members>
consteval bool namesDiffer(const std::tuple<Members...>& members) {
  return std::apply(
      [](const auto&... member) {
        const std::array<std::string_view, sizeof...(member)> names{member.name...};
        for (std::size_t i = 0; i < names.size(); ++i) {
          for (std::size_t k = 0; k < i; ++k) {
            if (names[i] == names[k]) return false;
          }
        }
        return true;
      },
      members);
}

/// Whether no member has this one.
template <class... Owners, class... T>
consteval bool noneHas([[maybe_unused]] Flaw flaw, const std::tuple<Member<Owners, T>...>&) {
  return ((flawOf<T>() != flaw) && ...);
}

template <Message M>
struct TypeOf<M> {
  static_assert(namesDiffer(M::kMessage.members),
                "couplet: two members of a message have the same name");
  static_assert(
      noneHas(Flaw::kUnknown, M::kMessage.members),
      "couplet: a member of a message has a type that no message can have; see message.h");
  static_assert(noneHas(Flaw::kNamelessEnum, M::kMessage.members),
                "couplet: an enumeration in a message needs enumerators(); see enumeration.h");
  static_assert(noneHas(Flaw::kOptionalOfOptional, M::kMessage.members),
                "couplet: JSON has one null for both of an optional of an optional");
  static_assert(noneHas(Flaw::kEmptyArray, M::kMessage.members),
                "couplet: an array in a message has elements");
  static constexpr std::size_t kCount = std::tuple_size_v<decltype(M::kMessage.members)>;

  template <std::size_t kIndex>
  static void* in(void* message) {
    return &(static_cast<M*>(message)->*std::get<kIndex>(M::kMessage.members).pointer);
  }
  template <class Owner, class T>
  static constexpr const ValueType* typeOfMember(const Member<Owner, T>&) {
    return &TypeOf<T>::value;
  }
  template <std::size_t... kIndex>
  static constexpr std::array<MemberType, kCount> list(std::index_sequence<kIndex...>) {
    return {MemberType{std::get<kIndex>(M::kMessage.members).name,
                       typeOfMember(std::get<kIndex>(M::kMessage.members)), &in<kIndex>}...};
  }

  static void showDefault(void* context, ShowMessage show) {
    const M message{};
    show(context, &message);
  }

  static constexpr std::array<MemberType, kCount> members =
      list(std::make_index_sequence<kCount>());
  static constexpr MessageType value{
      {ValueType::Kind::kMessage}, M::kMessage.name, members.data(), kCount, &showDefault};
};

}  // namespace couplet::detail
#pragma GCC visibility pop
