// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/api_description.h>

#include <algorithm>
#include <limits>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/message/json.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

/// The format "duration" of JSON Schema has neither a sign nor fractions.
constexpr std::string_view kDuration =
    "^-?P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]+)?S)?)?$";

/// The JSON of that member; nothing where it has none.
std::optional<std::string> memberJSON(const MemberType& member, const void* message) {
  constexpr std::string_view kBefore = R"({"m":)";
  const MemberType alone{"m", member.type, member.locate};
  const MessageType holder{{Kind::kMessage}, "m", &alone, 1};
  std::string json;
  try {
    writeJSON(json, holder, message);
  } catch (const MessageError&) {
    return std::nullopt;
  }
  return json.substr(kBefore.size(), json.size() - kBefore.size() - 1);
}

std::vector<DescribedMember> membersOf(const MessageType& type) {
  struct Members {
    const MessageType& type;
    std::vector<DescribedMember> all;
  } members{type, {}};
  type.showDefault(&members, [](void* context, const void* message) {
    auto& to = *static_cast<Members*>(context);
    for (std::size_t i = 0; i < to.type.count; ++i) {
      const MemberType& member = to.type.members[i];
      to.all.push_back({member.name, member.type, memberJSON(member, message)});
    }
  });
  return std::move(members.all);
}

}  // namespace

ApiDescription::ApiDescription(const Api& api) {
  for (const auto& request : api.requests()) add(request->type());
  for (const auto& request : api.requests()) {
    const DescribedMessage& answer = reach(request->replyType());
    requests_.push_back({&of(request->type()), &answer});
    for (const DescribedMember& member : requests_.back().message->members) reachIn(member.type);
  }
}

std::string_view ApiDescription::title() const noexcept {
  const std::string_view name = requests_.front().message->type->name;
  const std::size_t end = name.rfind('.');
  return end == name.npos ? name : name.substr(0, end);
}

DescribedMessage* ApiDescription::find(const MessageType& type) noexcept {
  const auto at = std::find_if(messages_.begin(), messages_.end(),
                               [&](const DescribedMessage& known) { return known.type == &type; });
  return at == messages_.end() ? nullptr : &*at;
}

const DescribedMessage& ApiDescription::of(const MessageType& type) const noexcept {
  return *const_cast<ApiDescription*>(this)->find(type);
}

DescribedMessage& ApiDescription::add(const MessageType& type) {
  return messages_.emplace_back(DescribedMessage{&type, newKey(type.name), membersOf(type), false});
}

DescribedMessage& ApiDescription::reach(const MessageType& type) {
  DescribedMessage* const known = find(type);
  DescribedMessage& message = known ? *known : add(type);
  if (message.isReached) return message;
  message.isReached = true;
  for (const DescribedMember& member : message.members) reachIn(member.type);
  return message;
}

void ApiDescription::reachIn(const ValueType* type) {
  switch (type->kind) {
    case Kind::kOptional:
      return reachIn(as<OptionalType>(type).inner);
    case Kind::kList:
      return reachIn(as<ListType>(type).element);
    case Kind::kPair:
      for (const ValueType* part : as<PairType>(type).parts) reachIn(part);
      return;
    case Kind::kMap:
      return reachIn(as<MapType>(type).element);
    case Kind::kMessage:
      reach(as<MessageType>(type));
      return;
    default:
      return;
  }
}

/// OpenAPI has such names only. Two messages of one name are told apart by a number.
std::string ApiDescription::newKey(std::string_view name) const {
  std::string plain(name);
  for (char& c : plain) {
    if (!isLetter(c) && !isDigit(c) && !isIn(c, "._-")) c = '_';
  }
  std::string key = plain;
  const auto isTaken = [&](const DescribedMessage& known) { return known.key == key; };
  for (int number = 2; std::any_of(messages_.begin(), messages_.end(), isTaken); ++number) {
    key = plain + '_' + std::to_string(number);
  }
  return key;
}

const ValueType* withoutOptional(const ValueType* type) noexcept {
  return type->kind == Kind::kOptional ? as<OptionalType>(type).inner : type;
}

bool isNested(const ValueType* type) noexcept {
  const Kind kind = withoutOptional(type)->kind;
  return kind == Kind::kList || kind == Kind::kPair || kind == Kind::kMap || kind == Kind::kMessage;
}

bool isEnumeration(const ValueType* type) noexcept {
  return type->kind == Kind::kText && as<TextType>(type).name != nullptr;
}

void SchemaWriter::write(const ValueType* type, const std::optional<std::string>& byDefault) {
  json_.object([&] {
    fields(type, OrNull::kNo);
    if (byDefault) json_.raw("default", *byDefault);
  });
}

void SchemaWriter::writeRef(const DescribedMessage& message) {
  json_.object([&] { json_.text("$ref", std::string(messages_) + message.key); });
}

void SchemaWriter::writeMessage(const DescribedMessage& message) {
  json_.object([&] {
    json_.text("title", message.type->name);
    json_.text("type", "object");
    json_.object("properties", [&] {
      for (const DescribedMember& member : message.members) {
        json_.key(member.name);
        write(member.type, member.byDefault);
      }
    });
    json_.key("additionalProperties");
    json_.truth(false);
  });
}

void SchemaWriter::is(std::string_view type, OrNull orNull) {
  if (orNull == OrNull::kNo) return json_.text("type", type);
  json_.list("type", [&] {
    json_.text(type);
    json_.text("null");
  });
}

void SchemaWriter::fields(const ValueType* type, OrNull orNull) {
  switch (type->kind) {
    case Kind::kBool:
      return is("boolean", orNull);
    case Kind::kInteger:
      is("integer", orNull);
      return integer(as<IntegerType>(type));
    case Kind::kReal:
      is("number", orNull);
      return json_.text("format", as<RealType>(type).size == sizeof(float) ? "float" : "double");
    case Kind::kString:
      return is("string", orNull);
    case Kind::kText:
      is("string", orNull);
      return text(as<TextType>(type));
    case Kind::kOptional:
      return optional(as<OptionalType>(type).inner);
    case Kind::kList:
      is("array", orNull);
      return list(as<ListType>(type));
    case Kind::kPair:
      is("array", orNull);
      return pair(as<PairType>(type));
    case Kind::kMap:
      is("object", orNull);
      json_.key("additionalProperties");
      return write(as<MapType>(type).element);
    case Kind::kMessage:
      return json_.text("$ref", std::string(messages_) + api_.of(as<MessageType>(type)).key);
  }
}

void SchemaWriter::integer(const IntegerType& type) {
  const int bits = type.size * 8;
  const std::uint64_t all = std::numeric_limits<std::uint64_t>::max() >> (64 - bits);
  json_.text("format", (type.isSigned ? "int" : "uint") + std::to_string(bits));
  if (type.isSigned) {
    const auto most = static_cast<std::int64_t>(all >> 1);
    json_.number("minimum", -most - 1);
    json_.number("maximum", most);
  } else {
    json_.number("minimum", std::uint64_t{0});
    json_.number("maximum", all);
  }
}

void SchemaWriter::text(const TextType& type) {
  if (type.name) return names(type);
  if (type.format == "duration") return json_.text("pattern", kDuration);
  json_.text("format", type.format);
  if (type.format == "byte") json_.text("contentEncoding", "base64");
}

void SchemaWriter::names(const TextType& type) {
  json_.list("enum", [&] {
    for (std::size_t i = 0; !type.name(i).empty(); ++i) json_.text(type.name(i));
  });
}

void SchemaWriter::optional(const ValueType* inner) {
  if (inner->kind != Kind::kMessage && !isEnumeration(inner)) return fields(inner, OrNull::kYes);
  json_.list("anyOf", [&] {
    write(inner);
    json_.object([&] { json_.text("type", "null"); });
  });
}

void SchemaWriter::list(const ListType& type) {
  json_.key("items");
  write(type.element);
  if (type.size > 0) {
    json_.number("minItems", std::uint64_t{type.size});
    json_.number("maxItems", std::uint64_t{type.size});
  }
  if (!type.isUnique) return;
  json_.key("uniqueItems");
  json_.truth(true);
}

void SchemaWriter::pair(const PairType& type) {
  json_.list("prefixItems", [&] {
    for (const ValueType* part : type.parts) write(part);
  });
  json_.number("minItems", std::uint64_t{2});
  json_.number("maxItems", std::uint64_t{2});
}

namespace {

void writeMembers(JSONText& json, SchemaWriter& schemas, const DescribedMessage& message) {
  json.list("members", [&] {
    for (const DescribedMember& member : message.members) {
      json.object([&] {
        json.text("name", member.name);
        json.key("type");
        schemas.write(member.type);
        if (member.byDefault) json.raw("default", *member.byDefault);
      });
    }
  });
}

}  // namespace

std::string listingOf(const ApiDescription& api) {
  JSONText json;
  SchemaWriter schemas(json, api, "#/messages/");
  const auto writeRequest = [&](const DescribedRequest& request) {
    json.text("name", request.message->type->name);
    json.text("path", request.message->type->shortName());
    writeMembers(json, schemas, *request.message);
    json.text("answer", request.answer->key);
  };
  const auto writeMessage = [&](const DescribedMessage& message) {
    json.text("name", message.type->name);
    writeMembers(json, schemas, message);
  };
  json.object([&] {
    json.list("requests", [&] {
      for (const auto& one : api.requests()) json.object([&] { writeRequest(one); });
    });
    json.object("messages", [&] {
      for (const auto& one : api.messages()) {
        if (one.isReached) json.object(one.key, [&] { writeMessage(one); });
      }
    });
  });
  return json.whole();
}

}  // namespace couplet::detail
