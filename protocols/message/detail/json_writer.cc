// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>

#include <rapidjson/writer.h>

#include <couplet/protocols/message/detail/scalar.h>
#include <couplet/protocols/message/json.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

constexpr std::size_t kMostNested = 64;

/// Appends to a string, as RapidJSON's writers want it.
struct StringStream {
  using Ch = char;
  void Put(char c) { out.push_back(c); }
  void Flush() {}

  std::string& out;
};

using Writer = rapidjson::Writer<StringStream, rapidjson::UTF8<>, rapidjson::UTF8<>,
                                 rapidjson::CrtAllocator, rapidjson::kWriteValidateEncodingFlag>;

class Printer {
 public:
  explicit Printer(std::string& out) : stream_{out}, writer_(stream_) {}

  void write(const ValueType* type, const void* value);

 private:
  void writeInteger(const IntegerType& type, const void* value);
  void writeReal(double value);
  void writeFloat(float value);
  void writeString(std::string_view text, bool isKey = false);
  void writeMessage(const MessageType& type, const void* value);
  void writeList(const ListType& type, const void* value);
  void writePair(const PairType& type, const void* value);
  void writeMap(const MapType& type, const void* value);

  StringStream stream_;
  Writer writer_;
  std::size_t depth_ = 0;
};

template <class T>
T valueAt(const void* value) noexcept {
  T copy;
  std::memcpy(&copy, value, sizeof copy);
  return copy;
}

void Printer::writeInteger(const IntegerType& type, const void* value) {
  switch (type.size) {
    case 1:
      type.isSigned ? writer_.Int(valueAt<std::int8_t>(value))
                    : writer_.Uint(valueAt<std::uint8_t>(value));
      break;
    case 2:
      type.isSigned ? writer_.Int(valueAt<std::int16_t>(value))
                    : writer_.Uint(valueAt<std::uint16_t>(value));
      break;
    case 4:
      type.isSigned ? writer_.Int(valueAt<std::int32_t>(value))
                    : writer_.Uint(valueAt<std::uint32_t>(value));
      break;
    default:
      type.isSigned ? writer_.Int64(valueAt<std::int64_t>(value))
                    : writer_.Uint64(valueAt<std::uint64_t>(value));
  }
}

void Printer::writeReal(double value) {
  if (!std::isfinite(value)) throw MessageError("a number that is not finite cannot be sent");
  writer_.Double(value);
}

/// The shortest text, which is not that of the double of its value.
void Printer::writeFloat(float value) {
  if (!std::isfinite(value)) return writeReal(value);
  char text[32];
  const auto size = static_cast<std::size_t>(std::to_chars(text, text + sizeof text, value).ptr - text);
  writer_.RawValue(text, size, rapidjson::kNumberType);
}

void Printer::writeString(std::string_view text, bool isKey) {
  const auto size = static_cast<unsigned>(text.size());
  if (text.size() > std::numeric_limits<unsigned>::max()) throw MessageError("text of over 4 GiB");
  const char* const begin = text.empty() ? "" : text.data();
  const bool written = isKey ? writer_.Key(begin, size) : writer_.String(begin, size);
  if (!written) throw MessageError("text that is no UTF-8 cannot be sent: send Bytes");
}

void Printer::writeMessage(const MessageType& type, const void* value) {
  writer_.StartObject();
  for (std::size_t i = 0; i < type.count; ++i) {
    const MemberType& member = type.members[i];
    writeString(member.name, true);
    write(member.type, member.in_(value));
  }
  writer_.EndObject();
}

void Printer::writeList(const ListType& type, const void* value) {
  struct Each {
    Printer& printer;
    const ValueType* element;
  } each{*this, type.element};
  writer_.StartArray();
  type.each(value, &each, [](void* context, const void* element) {
    auto& to = *static_cast<Each*>(context);
    to.printer.write(to.element, element);
  });
  writer_.EndArray();
}

void Printer::writePair(const PairType& type, const void* value) {
  writer_.StartArray();
  for (std::size_t i = 0; i < 2; ++i) write(type.parts[i], type.part(const_cast<void*>(value), i));
  writer_.EndArray();
}

void Printer::writeMap(const MapType& type, const void* value) {
  struct Each {
    Printer& printer;
    const ValueType* element;
  } each{*this, type.element};
  writer_.StartObject();
  type.each(value, &each, [](void* context, std::string_view key, const void* element) {
    auto& to = *static_cast<Each*>(context);
    to.printer.writeString(key, true);
    to.printer.write(to.element, element);
  });
  writer_.EndObject();
}

void Printer::write(const ValueType* type, const void* value) {
  if (++depth_ > kMostNested) throw MessageError("messages inside each other, more than 64");
  switch (type->kind) {
    case Kind::kBool:
      writer_.Bool(*static_cast<const bool*>(value));
      break;
    case Kind::kInteger:
      writeInteger(as<IntegerType>(type), value);
      break;
    case Kind::kReal:
      as<RealType>(type).size == sizeof(float) ? writeFloat(valueAt<float>(value))
                                               : writeReal(valueAt<double>(value));
      break;
    case Kind::kString:
      writeString(*static_cast<const std::string*>(value));
      break;
    case Kind::kText: {
      std::string text;
      as<TextType>(type).write(value, text);
      writeString(text);
      break;
    }
    case Kind::kOptional: {
      const auto& optional = as<OptionalType>(type);
      const void* const held = optional.get(value);
      held ? write(optional.inner, held) : static_cast<void>(writer_.Null());
      break;
    }
    case Kind::kList:
      writeList(as<ListType>(type), value);
      break;
    case Kind::kPair:
      writePair(as<PairType>(type), value);
      break;
    case Kind::kMap:
      writeMap(as<MapType>(type), value);
      break;
    case Kind::kMessage:
      writeMessage(as<MessageType>(type), value);
      break;
  }
  --depth_;
}

}  // namespace

void writeJSON(std::string& out, const MessageType& type, const void* message) {
  const std::size_t before = out.size();
  try {
    Printer(out).write(&type, message);
  } catch (...) {
    out.resize(before);
    throw;
  }
}


}  // namespace couplet::detail
