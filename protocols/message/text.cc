// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/text.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <couplet/protocols/message/detail/number_text.h>
#include <couplet/protocols/message/detail/utf8.h>

namespace couplet {

std::string numberText(double number) {
  detail::NumberBuffer buffer;
  return std::string(detail::numberText(number, buffer));
}

namespace detail {

namespace {

using Kind = ValueType::Kind;

bool isControl(char32_t point) noexcept { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

/// "\\n", or "\\x1b": a control character, or a byte that is no character.
std::string escaped(char32_t c) {
  constexpr char kHex[] = "0123456789abcdef";
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return {'\\', 'x', kHex[c >> 4 & 15], kHex[c & 15]};
}

/// As Python quotes: in '"' where there is a '\'' and no '"'.
std::string inQuotes(std::string_view text) {
  const bool doubled = text.find('\'') != text.npos && text.find('"') == text.npos;
  const char quote = doubled ? '"' : '\'';
  std::string quoted(1, quote);
  while (!text.empty()) {
    const Character next = firstCharacter(text);
    const std::size_t size = next.size > 0 ? next.size : 1;
    if (next.size == 0) {
      quoted += escaped(static_cast<unsigned char>(text.front()));
    } else if (isControl(next.point)) {
      quoted += escaped(next.point);
    } else {
      if (next.point == U'\\' || text.front() == quote) quoted += '\\';
      quoted.append(text, 0, size);
    }
    text.remove_prefix(size);
  }
  return quoted + quote;
}

template <class Real>
std::string realText(Real number) {
  NumberBuffer buffer;
  return std::string(numberText(number, buffer));
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

/// Text of values, inside each other to a bound.
class Describer {
 public:
  std::string valueText(const ValueType* type, const void* value);
  std::string messageText(const MessageType& type, const void* message);

 private:
  /// What comes between brackets, with commas.
  struct Parts {
    Describer& describer;
    const ValueType* element;
    std::string text;

    void add(const std::string& part) { text.append(text.empty() ? "" : ", ").append(part); }
  };

  std::string listText(const ListType& type, const void* value);
  std::string mapText(const MapType& type, const void* value);
  std::string nestedText(const ValueType* type, const void* value);

  std::size_t depth_ = 0;
};

std::string Describer::listText(const ListType& type, const void* value) {
  Parts parts{*this, type.held, {}};
  type.each(value, &parts, [](void* context, const void* element) {
    auto& to = *static_cast<Parts*>(context);
    to.add(to.describer.valueText(to.element, element));
  });
  return '[' + parts.text + ']';
}

std::string Describer::mapText(const MapType& type, const void* value) {
  Parts parts{*this, type.element, {}};
  type.each(value, &parts, [](void* context, std::string_view key, const void* element) {
    auto& to = *static_cast<Parts*>(context);
    to.add(inQuotes(key) + ": " + to.describer.valueText(to.element, element));
  });
  return '{' + parts.text + '}';
}

/// Of a list, an object or a message.
std::string Describer::nestedText(const ValueType* type, const void* value) {
  switch (type->kind) {
    case Kind::kList:
      return listText(as<ListType>(type), value);
    case Kind::kMap:
      return mapText(as<MapType>(type), value);
    case Kind::kPair: {
      const auto& pair = as<PairType>(type);
      return '(' + valueText(pair.parts[0], pair.part(value, 0)) + ", " +
             valueText(pair.parts[1], pair.part(value, 1)) + ')';
    }
    default:
      return messageText(as<MessageType>(type), value);
  }
}

std::string Describer::valueText(const ValueType* type, const void* value) {
  switch (type->kind) {
    case Kind::kBool:
      return *static_cast<const bool*>(value) ? "True" : "False";
    case Kind::kInteger:
      return integerText(as<IntegerType>(type), value);
    case Kind::kReal:
      return as<RealType>(type).size == sizeof(float) ? realText(valueAt<float>(value))
                                                      : realText(valueAt<double>(value));
    case Kind::kString:
      return inQuotes(*static_cast<const std::string*>(value));
    case Kind::kText: {
      std::string text;
      return as<TextType>(type).write(value, text) ? text : "?";
    }
    case Kind::kOptional: {
      const void* const held = as<OptionalType>(type).get(value);
      return held ? valueText(as<OptionalType>(type).inner, held) : "None";
    }
    default:
      break;
  }
  if (depth_ == kMostNested) return "...";
  ++depth_;
  std::string text = nestedText(type, value);
  --depth_;
  return text;
}

std::string Describer::messageText(const MessageType& type, const void* message) {
  Parts parts{*this, nullptr, {}};
  for (std::size_t i = 0; i < type.count; ++i) {
    const MemberType& member = type.members[i];
    parts.add(std::string(member.name) + "=" + valueText(member.type, member.in(message)));
  }
  return std::string(type.shortName()) + "(" + parts.text + ")";
}

}  // namespace

std::string messageText(const MessageType& type, const void* message) {
  return Describer().messageText(type, message);
}

}  // namespace detail
}  // namespace couplet
