// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/scalar.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <type_traits>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

std::string wanted(const ValueType* type) {
  switch (type->kind) {
    case Kind::kBool:
      return "true or false";
    case Kind::kInteger:
      return "an integer";
    case Kind::kReal:
      return "a number";
    case Kind::kString:
      return "a string";
    case Kind::kText:
      return std::string(as<TextType>(type).what);
    case Kind::kOptional:
      return wanted(as<OptionalType>(type).inner);
    case Kind::kList:
      return "a list";
    case Kind::kPair:
      return "a list of two";
    case Kind::kMap:
    case Kind::kMessage:
      break;
  }
  return "an object";
}

template <class Number>
bool numberOf(std::string_view text, Number& number) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

template <class Number>
bool store(std::string_view text, void* value) noexcept {
  Number number{};
  if (!numberOf(text, number)) return false;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return false;
  }
  std::memcpy(value, &number, sizeof number);
  return true;
}

bool storeInteger(const IntegerType& type, std::string_view text, void* value) noexcept {
  switch (type.size) {
    case 1:
      return type.isSigned ? store<std::int8_t>(text, value) : store<std::uint8_t>(text, value);
    case 2:
      return type.isSigned ? store<std::int16_t>(text, value) : store<std::uint16_t>(text, value);
    case 4:
      return type.isSigned ? store<std::int32_t>(text, value) : store<std::uint32_t>(text, value);
    default:
      return type.isSigned ? store<std::int64_t>(text, value) : store<std::uint64_t>(text, value);
  }
}

bool storeReal(const RealType& type, std::string_view text, void* value) noexcept {
  return type.size == sizeof(float) ? store<float>(text, value) : store<double>(text, value);
}

/// Whether a text is an integer, of any size.
bool isInteger(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

std::string shown(const Scalar& value) {
  constexpr std::size_t kMost = 60;
  switch (value.is) {
    case Scalar::Is::kNull:
      return "null";
    case Scalar::Is::kBool:
      return value.truth ? "true" : "false";
    case Scalar::Is::kList:
      return "a list";
    case Scalar::Is::kObject:
      return "an object";
    case Scalar::Is::kNumber:
    case Scalar::Is::kString:
      break;
  }
  std::string text(value.text.substr(0, kMost));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  if (value.text.size() > kMost) text += "...";
  return value.is == Scalar::Is::kString ? '"' + text + '"' : text;
}

std::string notWanted(const Scalar& scalar, const ValueType* type) {
  while (type->kind == Kind::kOptional) type = as<OptionalType>(type).inner;
  const bool isNumber = scalar.is == Scalar::Is::kNumber;
  const bool tooLarge = isNumber && (type->kind == Kind::kReal ||
                                     (type->kind == Kind::kInteger && isInteger(scalar.text)));
  return shown(scalar) + (tooLarge ? " is out of range" : " is not " + wanted(type));
}

bool storeScalar(const Scalar& scalar, const ValueType* type, void* value) {
  const bool isText = scalar.is == Scalar::Is::kString;
  const bool isNumber = scalar.is == Scalar::Is::kNumber;
  switch (type->kind) {
    case Kind::kBool:
      if (scalar.is != Scalar::Is::kBool) return false;
      *static_cast<bool*>(value) = scalar.truth;
      return true;
    case Kind::kInteger:
      return isNumber && storeInteger(as<IntegerType>(type), scalar.text, value);
    case Kind::kReal:
      return isNumber && storeReal(as<RealType>(type), scalar.text, value);
    case Kind::kString:
      if (isText) static_cast<std::string*>(value)->assign(scalar.text);
      return isText;
    case Kind::kText:
      return isText && as<TextType>(type).read(scalar.text, value);
    default:
      return false;
  }
}

}  // namespace couplet::detail
