// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

// RapidJSON adds to a null pointer where its stack has no memory yet, and takes the sum for
// nothing.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/writer.h>
#if defined(__clang__)
#pragma clang attribute pop
#endif

#include <couplet/protocols/message/detail/number_text.h>
#include <couplet/protocols/message/detail/scalar.h>
#include <couplet/protocols/message/detail/scratch.h>
#include <couplet/protocols/message/detail/utf8.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/wire.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

/// Appends to a string, as RapidJSON's writers want it: piece by piece.
class StringStream {
 public:
  using Ch = char;

  explicit StringStream(std::string& out) noexcept : out_(out) {}
  StringStream(const StringStream&) = delete;
  StringStream& operator=(const StringStream&) = delete;

  void Put(char c) {
    if (size_ == piece_.size()) Flush();
    piece_[size_++] = c;
  }
  void Flush() {
    out_.append(piece_.data(), size_);
    size_ = 0;
  }

 private:
  std::string& out_;
  std::array<char, 256> piece_;
  std::size_t size_ = 0;
};

using Writer = rapidjson::Writer<StringStream, rapidjson::UTF8<>, rapidjson::UTF8<>, Scratch,
                                 rapidjson::kWriteNoFlags>;

/// Writes one JSON text. What throws has written a part of it.
class Printer {
 public:
  explicit Printer(std::string& out) : stream_(out), writer_(stream_, &scratch_) {}

  void write(const ValueType* type, const void* value);
  void writeWire(std::string_view name, const MessageType& type, const void* message);
  void writeNamed(std::string_view name, const MessageType& type, const void* message);

 private:
  [[noreturn]] void refuse(const std::string& why) const;
  void enter();
  void writeInteger(const IntegerType& type, const void* value);
  template <class Real>
  void writeReal(const void* value);
  void writeString(std::string_view text);
  void writeText(const TextType& type, const void* value);
  void writeMessage(const MessageType& type, const void* value);
  void writeList(const ListType& type, const void* value);
  void writePair(const PairType& type, const void* value);
  void writeMap(const MapType& type, const void* value);

  StringStream stream_;
  Scratch scratch_;
  Writer writer_;
  std::size_t depth_ = 0;
  const MessageType* message_ = nullptr;  // the innermost, and its member that is being written
  const MemberType* member_ = nullptr;
  std::string text_;  // of dates and the like
};

template <class T>
T valueAt(const void* value) noexcept {
  T copy;
  std::memcpy(&copy, value, sizeof copy);
  return copy;
}

void Printer::refuse(const std::string& why) const {
  throw MessageError(message_ ? why + placeIn(*message_, member_) : why);
}

/// A list or an object.
void Printer::enter() {
  if (++depth_ > kMostNested) {
    refuse("lists and objects inside each other, more than " + std::to_string(kMostNested));
  }
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

template <class Real>
void Printer::writeReal(const void* value) {
  const Real number = valueAt<Real>(value);
  NumberBuffer buffer;
  const std::string_view text = numberText(number, buffer);
  if (!std::isfinite(number)) refuse(std::string(text) + " is no number in JSON");
  writer_.RawValue(text.data(), text.size(), rapidjson::kNumberType);
}

void Printer::writeString(std::string_view text) {
  if (text.size() > std::numeric_limits<unsigned>::max()) refuse("a string of over 4 GiB");
  if (!isUTF8(text)) refuse(shown(text) + " is no UTF-8, and no Bytes,");
  writer_.String(text.empty() ? "" : text.data(), static_cast<unsigned>(text.size()));
}

void Printer::writeText(const TextType& type, const void* value) {
  text_.clear();
  if (!type.write(value, text_)) refuse(std::string(type.unwritable));
  writeString(text_);
}

void Printer::writeMessage(const MessageType& type, const void* value) {
  const MessageType* const outerMessage = message_;
  const MemberType* const outerMember = member_;
  enter();
  message_ = &type;
  writer_.StartObject();
  for (std::size_t i = 0; i < type.count; ++i) {
    member_ = &type.members[i];
    writeString(member_->name);
    write(member_->type, type.members[i].in(value));
  }
  writer_.EndObject();
  message_ = outerMessage;
  member_ = outerMember;
  --depth_;
}

void Printer::writeList(const ListType& type, const void* value) {
  struct Each {
    Printer& printer;
    const ValueType* held;
  } each{*this, type.held};
  enter();
  writer_.StartArray();
  type.each(value, &each, [](void* context, const void* element) {
    auto& to = *static_cast<Each*>(context);
    to.printer.write(to.held, element);
  });
  writer_.EndArray();
  --depth_;
}

void Printer::writePair(const PairType& type, const void* value) {
  enter();
  writer_.StartArray();
  for (std::size_t i = 0; i < 2; ++i) write(type.parts[i], type.part(value, i));
  writer_.EndArray();
  --depth_;
}

void Printer::writeMap(const MapType& type, const void* value) {
  struct Each {
    Printer& printer;
    const ValueType* element;
  } each{*this, type.element};
  enter();
  writer_.StartObject();
  type.each(value, &each, [](void* context, std::string_view key, const void* element) {
    auto& to = *static_cast<Each*>(context);
    to.printer.writeString(key);
    to.printer.write(to.element, element);
  });
  writer_.EndObject();
  --depth_;
}

void Printer::write(const ValueType* type, const void* value) {
  switch (type->kind) {
    case Kind::kBool:
      writer_.Bool(*static_cast<const bool*>(value));
      break;
    case Kind::kInteger:
      writeInteger(as<IntegerType>(type), value);
      break;
    case Kind::kReal:
      as<RealType>(type).size == sizeof(float) ? writeReal<float>(value) : writeReal<double>(value);
      break;
    case Kind::kString:
      writeString(*static_cast<const std::string*>(value));
      break;
    case Kind::kText:
      writeText(as<TextType>(type), value);
      break;
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
}

void Printer::writeWire(std::string_view name, const MessageType& type, const void* message) {
  writer_.StartObject();
  writeString("value");
  writer_.StartArray();
  writeString(name);
  write(&type, message);
  writer_.StartArray();
  writer_.EndArray();
  writer_.EndArray();
  writer_.EndObject();
}

void Printer::writeNamed(std::string_view name, const MessageType& type, const void* message) {
  writer_.StartArray();
  writeString(name);
  write(&type, message);
  writer_.EndArray();
}

/// What `print` appends with a Printer; nothing where it throws.
template <class Print>
void append(std::string& out, Print print) {
  const std::size_t before = out.size();
  try {
    Printer printer(out);
    print(printer);
  } catch (...) {
    out.resize(before);
    throw;
  }
}

}  // namespace

void writeJSON(std::string& out, const MessageType& type, const void* message) {
  append(out, [&](Printer& printer) { printer.write(&type, message); });
}

void writeNamed(std::string& out, std::string_view name, const MessageType& type,
                const void* message) {
  append(out, [&](Printer& printer) { printer.writeNamed(name, type, message); });
}

void writeWire(std::string& out, std::string_view name, const MessageType& type,
               const void* message) {
  append(out, [&](Printer& printer) { printer.writeWire(name, type, message); });
}

void writeWrapped(std::string& out, const MessageType& type, const void* message) {
  const std::size_t before = out.size();
  try {
    out += R"({"value":)";
    writeJSON(out, type, message);
    out += '}';
  } catch (...) {
    out.resize(before);
    throw;
  }
}

}  // namespace couplet::detail
