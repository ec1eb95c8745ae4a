// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The fields of a query or form. The input is one.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/query.h>

#include "require.h"

namespace {

using couplet::QueryField;
using couplet::QueryFields;
using couplet::Result;
using couplet::fuzz::require;

std::optional<int> hexDigit(char c) {
  const std::size_t at = std::string_view("0123456789abcdefABCDEF").find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<int>(at < 16 ? at : at - 6);
}

/// Byte by byte, with what is to come after it: nothing where a '%' is bad.
std::optional<std::vector<QueryField>> model(std::string_view text) {
  std::vector<QueryField> fields;
  bool begun = false;    // there is something of the last field
  bool inValue = false;  // its '=' has come
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '&') {
      begun = inValue = false;
      continue;
    }
    if (!begun) fields.emplace_back();
    begun = true;
    if (text[i] == '=' && !inValue) {
      inValue = true;
      continue;
    }
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      if (text.size() - i < 3 || !hexDigit(text[i + 1]) || !hexDigit(text[i + 2])) return {};
      c = static_cast<char>(16 * *hexDigit(text[i + 1]) + *hexDigit(text[i + 2]));
      i += 2;
    }
    (inValue ? fields.back().value : fields.back().name) += c;
  }
  return fields;
}

void checkLimit(std::string_view text, std::size_t count) {
  require(QueryFields::tryParse(text, count).hasValue(), "as many fields as allowed are taken");
  if (count == 0) return;
  const Result<QueryFields> fewer = QueryFields::tryParse(text, count - 1);
  require(!fewer && fewer.failure().check<couplet::TooManyFieldsError>(), "and no more");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::optional<std::vector<QueryField>> expected = model(text);
  const Result<QueryFields> fields = QueryFields::tryParse(text, SIZE_MAX);
  require(fields.hasValue() == expected.has_value(), "fields are taken, and nothing else");
  if (!fields) return 0;
  require(std::vector<QueryField>(fields.value().begin(), fields.value().end()) == *expected,
          "fields are what they are");
  checkLimit(text, fields.value().size());

  const std::string written = fields.value().toString();
  require(QueryFields::parse(written, SIZE_MAX) == fields.value(), "what is written can be parsed");
  require(QueryFields::parse(written, SIZE_MAX).toString() == written, "and is the one spelling");
  for (const QueryField& field : *expected) {
    require(fields.value().first(field.name).has_value(), "each name is found");
  }
  return 0;
}
