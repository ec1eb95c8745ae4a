// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include <couplet/protocols/message/detail/message_filler.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/text.h>

namespace couplet::detail {

namespace {

using Kind = ValueType::Kind;

/// Of any size, and finite.
bool isNumber(std::string_view text) noexcept {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error != std::errc::invalid_argument && end == text.data() + text.size() &&
         text.find_first_of("nN") == std::string_view::npos;
}

/// A value as it stands in a query, without quotes: what it may be, by its type.
Scalar bare(std::string_view text, const ValueType* type) {
  if (type->kind == Kind::kBool && (text == "true" || text == "false")) {
    return {Scalar::Is::kBool, {}, text == "true"};
  }
  const bool wantsNumber = type->kind == Kind::kInteger || type->kind == Kind::kReal;
  return {wantsNumber && isNumber(text) ? Scalar::Is::kNumber : Scalar::Is::kString, text};
}

/// So forms and command lines say it.
bool isNothing(std::string_view text, const ValueType* type) noexcept {
  return text.empty() && type->kind == Kind::kOptional && !mayBeEmpty(as<OptionalType>(type).inner);
}

bool isBare(Kind kind) noexcept {
  return kind != Kind::kList && kind != Kind::kPair && kind != Kind::kMap && kind != Kind::kMessage;
}

}  // namespace

void readJSON(std::string_view text, const MessageType& type, void* message,
              const JSONLimits& limits) {
  MessageFiller filler({&type, message}, type, nullptr, limits);
  parseJSON(text, filler);
}

void setMember(const MessageType& type, void* message, std::string_view name, std::string_view text,
               const JSONLimits& limits) {
  const MemberType* const member = type.find(name);
  if (!member) throw MessageError(unknownMember(type, name));
  void* const place = member->in(message);
  if (isNothing(text, member->type)) return as<OptionalType>(member->type).reset(place);
  const Place at = unwrap({member->type, place});
  if (!isBare(at.type->kind)) {
    MessageFiller filler(at, type, member, limits);
    return parseJSON(text, filler);
  }
  const Scalar value = bare(text, at.type);
  if (storeScalar(value, at.type, at.value)) return;
  throw MessageError(notWanted(value, at.type) + placeIn(type, member));
}

}  // namespace couplet::detail
