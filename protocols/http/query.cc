// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/query.h>

#include <algorithm>
#include <utility>

#include <couplet/protocols/http/percent.h>

namespace couplet {

namespace {

std::optional<QueryField> decode(std::string_view field) {
  const std::size_t equals = std::min(field.find('='), field.size());
  std::optional<std::string> name = formDecode(field.substr(0, equals));
  std::optional<std::string> value = formDecode(field.substr(std::min(equals + 1, field.size())));
  if (!name || !value) return std::nullopt;
  return QueryField{std::move(*name), std::move(*value)};
}

}  // namespace

Result<QueryFields> QueryFields::tryParse(std::string_view text, std::size_t maxFields) {
  QueryFields parsed;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    if (field.empty()) continue;
    if (parsed.size() == maxFields) {
      return Failure(TooManyFieldsError("A query or form has more than " +
                                        std::to_string(maxFields) + " fields."));
    }
    std::optional<QueryField> decoded = decode(field);
    if (!decoded) {
      return Failure(InvalidQueryError("A query or form has a '%' without two hex digits."));
    }
    parsed.fields_.push_back(std::move(*decoded));
  }
  return parsed;
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
