// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/detail/member_flags.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/text.h>
#include <couplet/protocols/program/host_port.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

/// The type of what an optional may have, else `type`.
const ValueType* withoutOptional(const ValueType* type) {
  while (type->kind == Kind::kOptional) type = as<OptionalType>(type).inner;
  return type;
}

bool isHostPort(const ValueType* type) {
  return type == static_cast<const ValueType*>(&TypeOf<HostPort>::value);
}

/// Where the value of a member is; an optional then has one.
void* placeOf(const MemberType& member, void* settings) {
  const ValueType* type = member.type;
  void* place = member.in(settings);
  while (type->kind == Kind::kOptional) {
    place = as<OptionalType>(type).emplace(place);
    type = as<OptionalType>(type).inner;
  }
  return place;
}

/// gflags' words for true and false, as messages have them.
std::string truthOf(const std::string& value) {
  std::string word = value;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  for (const char* yes : {"1", "t", "true", "y", "yes"}) {
    if (word == yes) return "true";
  }
  for (const char* no : {"0", "f", "false", "n", "no"}) {
    if (word == no) return "false";
  }
  return value;
}

std::string rangeOf(const IntegerType& type) {
  const unsigned bits = 8U * type.size;
  const std::uint64_t most = ~std::uint64_t{0} >> (64U - bits + (type.isSigned ? 1U : 0U));
  const std::string least = type.isSigned ? '-' + std::to_string(most + 1) : "0";
  return "an integer from " + least + " to " + std::to_string(most);
}

std::string kindOf(const TextType& type) {
  if (!type.name) return std::string(type.what);
  std::string names;
  for (std::size_t i = 0; !type.name(i).empty(); ++i) {
    names.append(i == 0 ? "" : ", ").append(type.name(i));
  }
  return "one of " + names;
}

std::string kindOf(const ValueType* type) {
  switch (type->kind) {
    case Kind::kBool:
      return "true or false";
    case Kind::kInteger:
      return rangeOf(as<IntegerType>(type));
    case Kind::kReal:
      return "a number";
    case Kind::kString:
      return "text";
    case Kind::kText:
      return kindOf(as<TextType>(type));
    case Kind::kOptional:
      return kindOf(withoutOptional(type)) + ", or nothing";
    case Kind::kList:
    case Kind::kPair:
      return "a list, as JSON";
    case Kind::kMap:
    case Kind::kMessage:
      break;
  }
  return isHostPort(type) ? "[HOST:]PORT, or an object as JSON" : "an object, as JSON";
}

/// As the flag takes it: JSON, but for text without its quotes; empty for nothing.
std::string valueOf(const MemberType& member, const void* settings) {
  if (member.type->kind == Kind::kString) {
    return *static_cast<const std::string*>(member.in(settings));
  }
  const MessageType alone{{Kind::kMessage}, "", &member, 1};
  std::string json;
  writeJSON(json, alone, settings);
  const std::size_t before = std::string_view(R"({"":)").size() + member.name.size();
  std::string value = json.substr(before, json.size() - before - 1);
  if (value == "null") return "";
  return value.starts_with('"') ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

const MemberType* MemberFlags::findMember(const std::string& name) const {
  for (std::size_t i = 0; i < type_.count; ++i) {
    std::string member(type_.members[i].name);
    std::replace(member.begin(), member.end(), '-', '_');
    if (member == name) return &type_.members[i];
  }
  return nullptr;
}

FlagSet::Takes MemberFlags::find(const std::string& name) const {
  const MemberType* const member = findMember(name);
  if (!member) return Takes::kNoSuchFlag;
  return withoutOptional(member->type)->kind == Kind::kBool ? Takes::kChoice : Takes::kValue;
}

void MemberFlags::set(const std::string& name, const std::string& spelling,
                      const std::string& value) {
  overrides_.push_back({findMember(name), spelling, value});
}

void MemberFlags::apply(void* settings) const {
  for (const Override& flag : overrides_) apply(flag, settings);
}

void MemberFlags::apply(const Override& flag, void* settings) const {
  const ValueType* const type = withoutOptional(flag.member->type);
  const bool isNothing = flag.value.empty() && type != flag.member->type;
  if (isHostPort(type) && !isNothing && flag.value.find('{') == std::string::npos) {
    if (static_cast<HostPort*>(placeOf(*flag.member, settings))->parse(flag.value)) return;
    throw UsageError(flag.spelling + " needs " + kindOf(type) + ", not '" + flag.value + "'.");
  }
  const std::string value = type->kind == Kind::kBool ? truthOf(flag.value) : flag.value;
  try {
    setMember(type_, settings, flag.member->name, value, {});
  } catch (const MessageError& error) {
    throw UsageError(flag.spelling + ": " + error.what());
  }
}

std::string describeMembers(const MessageType& type, const void* settings) {
  std::string lines;
  for (std::size_t i = 0; i < type.count; ++i) {
    const MemberType& member = type.members[i];
    const std::string usual = valueOf(member, settings);
    lines.append("  --").append(member.name).append(usual.empty() ? "" : "=" + usual);
    lines += "\n      " + kindOf(member.type) + "\n";
  }
  return lines;
}

}  // namespace couplet::detail
