// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/query.h>

#include <algorithm>
#include <utility>

#include <couplet/protocols/http/percent.h>

namespace couplet {

Result<bool> QueryReader::tryNext() {
  std::string_view field;
  while (field.empty()) {
    if (rest_.empty()) return false;
    field = rest_.substr(0, rest_.find('&'));
    rest_.remove_prefix(std::min(field.size() + 1, rest_.size()));
  }
  if (read_ == maxFields_) {
    return Failure(TooManyFieldsError("A query or form has more than " +
                                      std::to_string(maxFields_) + " fields."));
  }
  ++read_;
  const std::size_t equals = std::min(field.find('='), field.size());
  const auto name = formDecode(field.substr(0, equals), decodedName_);
  const auto value = formDecode(field.substr(std::min(equals + 1, field.size())), decodedValue_);
  if (!name || !value) {
    return Failure(InvalidQueryError("A query or form has a '%' without two hex digits."));
  }
  name_ = *name;
  value_ = *value;
  return true;
}

Result<QueryFields> QueryFields::tryParse(std::string_view text, std::size_t maxFields) {
  QueryFields parsed;
  QueryReader fields(text, maxFields);
  while (true) {
    Result<bool> field = fields.tryNext();
    if (!field) return std::move(field).failure();
    if (!field.value()) return parsed;
    parsed.add(fields.name(), fields.value());
  }
}

std::optional<std::string_view> QueryFields::first(std::string_view name) const {
  const auto found = std::find_if(begin(), end(), [&](const auto& f) { return f.name == name; });
  return found == end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::vector<std::string_view> QueryFields::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const QueryField& field : fields_) {
    if (field.name == name) values.push_back(field.value);
  }
  return values;
}

void QueryFields::add(std::string_view name, std::string_view value) {
  fields_.push_back({std::string(name), std::string(value)});
}

std::string QueryFields::toString() const {
  std::string text;
  for (const QueryField& field : fields_) {
    if (!text.empty()) text += '&';
    text.append(formEncode(field.name)).append("=").append(formEncode(field.value));
  }
  return text;
}

}  // namespace couplet
