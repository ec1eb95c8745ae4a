// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Values of messages that are neither lists nor objects, from JSON and from other text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <couplet/protocols/message/detail/value_type.h>

namespace couplet::detail {

template <class T>
const T& as(const ValueType* type) noexcept {
  return *static_cast<const T*>(type);
}

/// A value as it stands in a text. The beginning of a list or of an object is one, too.
struct Scalar {
  enum class Is : std::uint8_t { kNull, kBool, kNumber, kString, kList, kObject };

  Is is;
  std::string_view text;  // of a number or a string
  bool truth = false;
};

/// Sets `value`, which is of `type`; false where that is another kind of value, or does not fit.
bool storeScalar(const Scalar& scalar, const ValueType* type, void* value);

/// For people: `"abc"`, `1.5`, `a list`; long ones shortened, without control bytes.
std::string shown(const Scalar& scalar);

/// For people: `"abc" is not a number`, `300 is out of range`.
std::string notWanted(const Scalar& scalar, const ValueType* type);

}  // namespace couplet::detail
