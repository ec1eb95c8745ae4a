// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a value in a message is, for code that does not know its type: JSON is read and
// written by functions that are compiled once, and not once for each message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// A constant of its type. A `const ValueType*` is one of the structs below, as its kind says.
struct ValueType {
  enum class Kind : std::uint8_t {
    kBool,
    kInteger,
    kReal,
    kString,
    kText,  // what JSON has as a string, and is none: a date, a UUID
    kOptional,
    kList,
    kPair,
    kMap,  // with strings for keys
    kMessage
  };

  Kind kind;
};

/// The struct that `type` is. REQUIRES: its kind says so.
template <class T>
const T& as(const ValueType* type) noexcept {
  return *static_cast<const T*>(type);
}

/// A bool, or a std::string.
struct PlainType : ValueType {};

struct IntegerType : ValueType {
  std::uint8_t size;  // bytes
  bool isSigned;
};

/// A float or double.
struct RealType : ValueType {
  std::uint8_t size;
};

struct TextType : ValueType {
  std::string_view what;        // for people: "a UUID"
  std::string_view format;      // of JSON Schema: "uuid"; empty for an enumeration
  std::string_view unwritable;  // for people: what a value is that has no text
  /// Whether `text` is one; then `value` is set.
  bool (*read)(std::string_view text, void* value);
  /// Appends it; false, and nothing is, where it has no text.
  bool (*write)(const void* value, std::string& out);
  /// Of an enumeration its names, in order, and then empty ones; null for others.
  std::string_view (*name)(std::size_t index);
};

struct OptionalType : ValueType {
  const ValueType* inner;
  void* (*emplace)(void* optional);
  void (*reset)(void* optional);
  const void* (*get)(const void* optional);  // null where there is none
};

/// Hears of each element in turn.
using EachElement = void (*)(void* context, const void* element);

struct ListType : ValueType {
  const ValueType* element;
  void (*clear)(void* list);
  /// Where the next element goes; null where there may be no more.
  void* (*begin)(void* list, std::size_t index);
  /// The element is whole. False where the list has it already.
  bool (*end)(void* list, void* element);
  /// Ends an element that will not be whole; null where the list owns it.
  void (*drop)(void* element);
  std::size_t size;       // how many there must be; 0 where there may be any number
  const ValueType* held;  // what `each` gives: of a map, pairs whose first is const
  void (*each)(const void* list, void* context, EachElement call);
  bool isUnique = false;  // no two are the same
};

struct PairType : ValueType {
  const ValueType* parts[2];
  void* (*locate)(void* pair, std::size_t index);

  void* part(void* pair, std::size_t index) const { return locate(pair, index); }
  const void* part(const void* pair, std::size_t index) const {
    return locate(const_cast<void*>(pair), index);
  }
};

/// Hears of each entry in turn.
using EachEntry = void (*)(void* context, std::string_view key, const void* value);

struct MapType : ValueType {
  const ValueType* element;
  void (*clear)(void* map);
  /// Where the value of a new key goes; null where the map has it already.
  void* (*add)(void* map, std::string_view key);
  void (*each)(const void* map, void* context, EachEntry call);
};

struct MemberType {
  std::string_view name;
  const ValueType* type;
  void* (*locate)(void* message);

  void* in(void* message) const { return locate(message); }
  const void* in(const void* message) const { return locate(const_cast<void*>(message)); }
};

/// Is shown one message.
using ShowMessage = void (*)(void* context, const void* message);

struct MessageType : ValueType {
  std::string_view name;  // on the wire: "crunch_api.Multiply"
  const MemberType* members;
  std::size_t count;
  /// Shows one that is made by default; null where nothing is to make one.
  void (*showDefault)(void* context, ShowMessage show) = nullptr;

  /// Without its module: "Multiply".
  constexpr std::string_view shortName() const noexcept { return name.substr(name.rfind('.') + 1); }
  /// Null for none.
  const MemberType* find(std::string_view member) const noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      if (members[i].name == member) return &members[i];
    }
    return nullptr;
  }
};

/// More lists, objects and messages than these inside each other are neither read nor written.
constexpr std::size_t kMostNested = 64;

}  // namespace couplet::detail
#pragma GCC visibility pop
