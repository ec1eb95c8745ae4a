// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The fields of a URL's query and of a form's body (application/x-www-form-urlencoded): pairs of
// bytes, in order, a name as often as it comes.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/result.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A query or form has a '%' that is not followed by two hex digits.
class InvalidQueryError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A query or form has more fields than are allowed.
class TooManyFieldsError : public std::length_error {
 public:
  using std::length_error::length_error;
};

/// Decoded.
struct QueryField {
  std::string name;
  std::string value;

  bool operator==(const QueryField&) const = default;
};

/// An ordered multi-map of names to values. A value type.
///
///     QueryFields fields = QueryFields::parse("page=2&tag=a&tag=b");
///     fields.first("page");   // "2"
///     fields.all("tag");      // "a", "b"
///
/// Only `&` separates fields. Where `;` does as well, as HTML 4 wished, a cache in front that does
/// not know it sees other fields than the program behind, and one user's page is served to another
/// (CVE-2021-23336). A field without '=' has an empty value; blank values are kept, empty fields
/// (`a=1&&b=2`) are not. Decoded bytes may have any value: check what you make of them.
class QueryFields {
 public:
  /// How many fields are taken unless it is said otherwise: as many as Django
  /// (DATA_UPLOAD_MAX_NUMBER_FIELDS), PHP (max_input_vars) and Express (parameterLimit) take.
  static constexpr std::size_t kMaxFields = 1000;

  using value_type = QueryField;
  using const_iterator = std::vector<QueryField>::const_iterator;

  QueryFields() = default;

  /// Throws InvalidQueryError or TooManyFieldsError.
  static QueryFields parse(std::string_view text, std::size_t maxFields = kMaxFields) {
    return tryParse(text, maxFields).value();
  }
  /// The same; fails with one of these.
  static Result<QueryFields> tryParse(std::string_view text, std::size_t maxFields = kMaxFields);

  /// The value of the first field of that name. Valid until the next change.
  std::optional<std::string_view> first(std::string_view name) const;
  /// The values of all fields of that name, in order. Valid until the next change.
  std::vector<std::string_view> all(std::string_view name) const;

  bool empty() const noexcept { return fields_.empty(); }
  std::size_t size() const noexcept { return fields_.size(); }
  const_iterator begin() const noexcept { return fields_.begin(); }
  const_iterator end() const noexcept { return fields_.end(); }

  /// Adds a field at the end.
  void add(std::string_view name, std::string_view value);

  /// Encoded, for a query or a body: `page=2&tag=a+b`. Parses to equal fields.
  std::string toString() const;

  bool operator==(const QueryFields&) const = default;

 private:
  std::vector<QueryField> fields_;
};

/// The same fields one at a time, without memory for those that need no decoding:
///
///     QueryReader fields(request.query());
///     while (fields.next()) use(fields.name(), fields.value());
class QueryReader {
 public:
  /// `text` must outlive it.
  explicit QueryReader(std::string_view text, std::size_t maxFields = QueryFields::kMaxFields)
      : rest_(text), maxFields_(maxFields) {}

  /// Goes on to the next field; false where there is none. Throws InvalidQueryError or
  /// TooManyFieldsError.
  bool next() { return tryNext().value(); }
  /// The same; fails with one of these.
  Result<bool> tryNext();

  // Valid until the next call of `next`.

  std::string_view name() const noexcept { return name_; }
  std::string_view value() const noexcept { return value_; }

 private:
  std::string_view rest_;
  std::size_t maxFields_;
  std::size_t read_ = 0;  // of them
  std::string_view name_;
  std::string_view value_;
  std::string decodedName_;
  std::string decodedValue_;
};

}  // namespace couplet
#pragma GCC visibility pop
