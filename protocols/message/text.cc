// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/text.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <couplet/protocols/message/detail/scalar.h>

namespace couplet {

namespace {

/// The digits of a number, without its sign, and where its point is: in front of digit `point`.
std::string withPoint(std::string digits, int point) {
  constexpr int kMostDigits = 16;
  const int count = static_cast<int>(digits.size());
  if (point > kMostDigits || point < -3) {
    const int exponent = point - 1;
    if (count > 1) digits.insert(1, ".");
    const std::string size = std::to_string(std::abs(exponent));
    return digits + (exponent < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
  }
  if (point <= 0) return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (point >= count) return digits + std::string(static_cast<std::size_t>(point - count), '0') + ".0";
  return digits.insert(static_cast<std::size_t>(point), ".");
}

template <class Real>
std::string textOf(Real number) {
  if (std::isnan(number)) return "nan";
  const std::string sign = std::signbit(number) ? "-" : "";
  if (std::isinf(number)) return sign + "inf";
  if (number == 0) return sign + "0.0";
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, std::abs(number), std::chars_format::scientific).ptr;
  const std::string_view all(text, static_cast<std::size_t>(end - text));
  const std::size_t mark = all.find('e');
  std::string digits(1, all.front());
  if (mark > 2) digits += all.substr(2, mark - 2);
  int exponent = 0;
  const char* from = all.data() + mark + 1;
  if (*from == '+') ++from;
  std::from_chars(from, end, exponent);
  return sign + withPoint(digits, exponent + 1);
}

}  // namespace

std::string numberText(double number) { return textOf(number); }

namespace detail {

namespace {

using Kind = ValueType::Kind;

std::string inQuotes(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      constexpr char kHex[] = "0123456789abcdef";
      quoted.append("\\x").append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

template <class T>
T valueAt(const void* value) noexcept {
  T copy;
  std::memcpy(&copy, value, sizeof copy);
  return copy;
}

std::string integerText(const IntegerType& type, const void* value) {
  switch (type.size) {
    case 1:
      return type.isSigned ? std::to_string(valueAt<std::int8_t>(value))
                           : std::to_string(valueAt<std::uint8_t>(value));
    case 2:
      return type.isSigned ? std::to_string(valueAt<std::int16_t>(value))
                           : std::to_string(valueAt<std::uint16_t>(value));
    case 4:
      return type.isSigned ? std::to_string(valueAt<std::int32_t>(value))
                           : std::to_string(valueAt<std::uint32_t>(value));
    default:
      return type.isSigned ? std::to_string(valueAt<std::int64_t>(value))
                           : std::to_string(valueAt<std::uint64_t>(value));
  }
}

std::string valueText(const ValueType* type, const void* value);

/// What comes between brackets, with commas.
struct Parts {
  const ValueType* element;
  std::string text;

  void add(const std::string& part) { text.append(text.empty() ? "" : ", ").append(part); }
};

std::string listText(const ListType& type, const void* value) {
  Parts parts{type.element, {}};
  type.each(value, &parts, [](void* context, const void* element) {
    auto& to = *static_cast<Parts*>(context);
    to.add(valueText(to.element, element));
  });
  return "[" + parts.text + "]";
}

std::string mapText(const MapType& type, const void* value) {
  Parts parts{type.element, {}};
  type.each(value, &parts, [](void* context, std::string_view key, const void* element) {
    auto& to = *static_cast<Parts*>(context);
    to.add(inQuotes(key) + ": " + valueText(to.element, element));
  });
  return "{" + parts.text + "}";
}

std::string valueText(const ValueType* type, const void* value) {
  switch (type->kind) {
    case Kind::kBool:
      return *static_cast<const bool*>(value) ? "True" : "False";
    case Kind::kInteger:
      return integerText(as<IntegerType>(type), value);
    case Kind::kReal:
      return as<RealType>(type).size == sizeof(float) ? textOf(valueAt<float>(value))
                                                      : textOf(valueAt<double>(value));
    case Kind::kString:
      return inQuotes(*static_cast<const std::string*>(value));
    case Kind::kText: {
      std::string text;
      as<TextType>(type).write(value, text);
      return text;
    }
    case Kind::kOptional: {
      const void* const held = as<OptionalType>(type).get(value);
      return held ? valueText(as<OptionalType>(type).inner, held) : "None";
    }
    case Kind::kList:
      return listText(as<ListType>(type), value);
    case Kind::kPair: {
      const auto& pair = as<PairType>(type);
      void* const both = const_cast<void*>(value);
      return "(" + valueText(pair.parts[0], pair.part(both, 0)) + ", " +
             valueText(pair.parts[1], pair.part(both, 1)) + ")";
    }
    case Kind::kMap:
      return mapText(as<MapType>(type), value);
    case Kind::kMessage:
      break;
  }
  return messageText(as<MessageType>(type), value);
}

}  // namespace

std::string messageText(const MessageType& type, const void* message) {
  Parts parts{nullptr, {}};
  for (std::size_t i = 0; i < type.count; ++i) {
    const MemberType& member = type.members[i];
    parts.add(std::string(member.name) + "=" + valueText(member.type, member.in_(message)));
  }
  return std::string(type.shortName()) + "(" + parts.text + ")";
}

}  // namespace detail
}  // namespace couplet
