// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/scalar.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <type_traits>

#include <couplet/protocols/message/detail/utf8.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

/// `a date`, or `one of "red", "green"`.
std::string wantedText(const TextType& type) {
  constexpr std::size_t kMostNames = 8;
  if (type.name == nullptr) return std::string(type.what);
  std::string names;
  for (std::size_t i = 0; !type.name(i).empty(); ++i) {
    if (i == kMostNames) return "one of " + names + " and others";
    names.append(i == 0 ? "" : ", ").append(shown(type.name(i)));
  }
  return "one of " + names;
}

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
      return wantedText(as<TextType>(type));
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

/// Whether a number's text, of any size, stands for 0.
bool isZero(std::string_view text) noexcept {
  const std::string_view digits = text.substr(0, text.find_first_of("eE"));
  return digits.find_first_of("123456789") == digits.npos;
}

template <class Number>
bool store(std::string_view text, void* value) noexcept {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  if constexpr (std::is_floating_point_v<Number>) {
    // One that is nearer to 0 than all numbers of this type is as much out of range as a large one.
    if (!std::isfinite(number) || (number == 0 && !isZero(text))) return false;
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

/// Neither a control, nor a mark that changes how the text around it is shown.
bool isPrintable(char32_t point) noexcept {
  const auto between = [point](char32_t first, char32_t last) {
    return point >= first && point <= last;
  };
  return !(between(0, 0x1f) || between(0x7f, 0x9f) || between(0x200b, 0x200f) ||
           between(0x2028, 0x202e) || between(0x2066, 0x2069) || point == 0xfeff);
}

/// The beginning of a text, with '?' for what is not printable.
std::string printable(std::string_view text) {
  constexpr std::size_t kMost = 60;  // bytes
  std::string shown;
  while (!text.empty()) {
    const Character next = firstCharacter(text);
    const std::size_t size = std::max<std::size_t>(next.size, 1);
    if (shown.size() + size > kMost) return shown + "...";
    next.size > 0 && isPrintable(next.point) ? shown.append(text, 0, size) : shown.append(1, '?');
    text.remove_prefix(size);
  }
  return shown;
}

}  // namespace

std::string shown(std::string_view string) { return '"' + printable(string) + '"'; }

std::string shown(const Scalar& value) {
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
      return printable(value.text);
    case Scalar::Is::kString:
      break;
  }
  return shown(value.text);
}

std::string placeIn(const MessageType& message, const MemberType* member) {
  std::string place = " for ";
  if (member) place.append("member ").append(shown(member->name)).append(" of ");
  return place.append(shown(message.shortName()));
}

std::string unknownMember(const MessageType& message, std::string_view name) {
  return "unknown member " + shown(name) + " in " + shown(message.shortName());
}

std::string notWanted(const Scalar& scalar, const ValueType* type) {
  while (type->kind == Kind::kOptional) type = as<OptionalType>(type).inner;
  if (scalar.is == Scalar::Is::kString && !isUTF8(scalar.text))
    return shown(scalar) + " is no UTF-8";
  const bool isNumber = scalar.is == Scalar::Is::kNumber;
  const bool tooLarge = isNumber && (type->kind == Kind::kReal ||
                                     (type->kind == Kind::kInteger && isInteger(scalar.text)));
  return shown(scalar) + (tooLarge ? " is out of range" : " is not " + wanted(type));
}

bool mayBeEmpty(const ValueType* type) noexcept {
  return type->kind == Kind::kString ||
         (type->kind == Kind::kText && as<TextType>(type).format == "byte");
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
      if (!isText || !isUTF8(scalar.text)) return false;
      static_cast<std::string*>(value)->assign(scalar.text);
      return true;
    case Kind::kText:
      return isText && as<TextType>(type).read(scalar.text, value);
    default:
      return false;
  }
}

}  // namespace couplet::detail
