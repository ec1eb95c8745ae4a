// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/http_request_reader.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/query.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/message/text.h>
#include <couplet/protocols/message/wire.h>

namespace couplet::detail {

namespace {

enum class BodyIs : std::uint8_t { kJSON, kForm, kOther };

BodyIs bodyOf(std::string_view contentType) {
  const std::string_view type = trimBlanks(contentType.substr(0, contentType.find(';')));
  if (sameIgnoringCase(type, "application/json")) return BodyIs::kJSON;
  if (sameIgnoringCase(type, "application/x-www-form-urlencoded")) return BodyIs::kForm;
  return BodyIs::kOther;
}

}  // namespace

bool GivenMembers::add(std::size_t index) {
  if (index >= 64) {
    if (std::find(others_.begin(), others_.end(), index) != others_.end()) return false;
    others_.push_back(index);
    return true;
  }
  const std::uint64_t bit = std::uint64_t{1} << index;
  if (first_ & bit) return false;
  first_ |= bit;
  return true;
}

void HTTPRequestReader::read(const MessageType& type, void* request) {
  type_ = &type;
  request_ = request;
  try {
    readFields(from_.query());
    if (!from_.body().empty()) readBody();
  } catch (const std::logic_error& error) {
    throw BadRequest(error.what());
  }
}

void HTTPRequestReader::readFields(std::string_view text) {
  QueryReader fields(text);
  while (fields.next()) {
    readField(fields.name(), fields.value());
  }
}

void HTTPRequestReader::readField(std::string_view name, std::string_view value) {
  setMember(*type_, request_, name, value, limits_);
  const MemberType* const member = type_->find(name);
  if (given_.add(static_cast<std::size_t>(member - type_->members))) return;
  throw MessageError("a value that comes twice for member \"" + std::string(member->name) +
                     "\" of \"" + std::string(type_->shortName()) + '"');
}

void HTTPRequestReader::readBody() {
  const std::string_view type = from_.headers().get("Content-Type").value_or("");
  switch (bodyOf(type)) {
    case BodyIs::kForm:
      return readFields(from_.body());
    case BodyIs::kJSON:
      if (given_.none()) return readWrapped(from_.body(), *type_, request_, true, limits_);
      throw MessageError("members of \"" + std::string(type_->shortName()) +
                         "\" both in the query and in JSON");
    case BodyIs::kOther:
      throw UnsupportedMediaType(type);
  }
}

}  // namespace couplet::detail
