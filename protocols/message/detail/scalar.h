// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Values of messages that are neither lists nor objects, from JSON and from other text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <couplet/protocols/message/detail/value_type.h>

namespace couplet::detail {

/// A value as it stands in a text. The beginning of a list or of an object is one, too.
struct Scalar {
  enum class Is : std::uint8_t { kNull, kBool, kNumber, kString, kList, kObject };

  Is is;
  std::string_view text;  // of a number or a string, which is UTF-8
  bool truth = false;
};

/// Sets `value`, which is of `type`; false where that is another kind of value, or does not fit.
/// Strings must be UTF-8.
bool storeScalar(const Scalar& scalar, const ValueType* type, void* value);

/// Whether an empty text is a value of this type: a string, or bytes.
bool mayBeEmpty(const ValueType* type) noexcept;

/// For people: `"abc"`, `1.5`, `a list`; of long ones the beginning, printable, and UTF-8 whatever
/// the text was.
std::string shown(const Scalar& scalar);
std::string shown(std::string_view string);

/// For people: `"abc" is not a number`, `300 is out of range`.
std::string notWanted(const Scalar& scalar, const ValueType* type);

/// For people: ` for member "x" of "Multiply"`, or without a member.
std::string placeIn(const MessageType& message, const MemberType* member);

/// For people: `unknown member "z" in "Multiply"`.
std::string unknownMember(const MessageType& message, std::string_view name);

}  // namespace couplet::detail
