// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Header fields that are changed, and how they should be then.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/http/headers.h>

#include "http_reader.h"
#include "require.h"

namespace couplet::fuzz {

inline bool hasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), isControl);
}

inline bool isValue(std::string_view text) {
  const bool bare = text.empty() || (!isAmong(text.front(), " \t") && !isAmong(text.back(), " \t"));
  return bare && !hasControl(text);
}

/// Whether `call` throws one of these. Nothing else may come out of it.
template <class Error, class Call>
bool refuses(Call call) {
  try {
    call();
  } catch (const Error&) {
    return true;
  }
  return false;
}

/// Headers, and beside them a list that is changed in the plainest way.
class HeadersPair {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(std::string_view name, std::string_view value) {
    const bool refused = refuses<std::invalid_argument>([&] { headers_.add(name, value); });
    require(refused == !(isToken(name) && isValue(value)), "a bad field is refused, and no other");
    if (!refused) list_.emplace_back(name, value);
    check();
  }

  void set(std::string_view name, std::string_view value) {
    const bool refused = refuses<std::invalid_argument>([&] { headers_.set(name, value); });
    require(refused == !(isToken(name) && isValue(value)), "a bad field is refused, and no other");
    const auto first = std::find_if(list_.begin(), list_.end(), isNamed{name});
    if (!refused && first == list_.end()) {
      list_.emplace_back(name, value);
    } else if (!refused) {
      *first = Field(name, value);
      list_.erase(std::remove_if(first + 1, list_.end(), isNamed{name}), list_.end());
    }
    check();
  }

  void remove(std::string_view name) {
    const std::size_t count = std::erase_if(list_, isNamed{name});
    require(headers_.remove(name) == count, "all fields of a name are removed");
    check();
  }

  void clear() {
    headers_.clear();
    list_.clear();
  }

  /// A field of its own name and value.
  void addOwn() {
    if (list_.empty()) return;
    const HeaderField last = headers_[headers_.size() - 1];
    headers_.add(last.name, last.value);
    list_.push_back(Field(list_.back()));
    check();
  }

  void copy() {
    Headers other{{"Other", "field"}};
    other = headers_;
    headers_.clear();
    headers_ = other;
    check();
  }

  void move() {
    Headers other = std::move(headers_);
    headers_ = std::move(other);
    check();
  }

  /// The same fields, read by a parser.
  void assign() {
    const std::string text = lines();
    std::vector<HeaderField> fields;
    std::string_view rest = text;
    for (const Field& field : list_) {
      fields.push_back({rest.substr(0, field.first.size()),
                        rest.substr(field.first.size() + 2, field.second.size())});
      rest.remove_prefix(field.first.size() + field.second.size() + 4);
    }
    headers_.assign(fields, text);
    check();
  }

  std::string lines() const {
    std::string text;
    for (const Field& field : list_) text += field.first + ": " + field.second + "\r\n";
    return text;
  }

  const Headers& headers() const { return headers_; }
  const std::vector<Field>& list() const { return list_; }

 private:
  struct isNamed {
    std::string_view name;
    bool operator()(const Field& field) const { return sameIgnoringCase(field.first, name); }
  };

  void check() const {
    require(headers_.size() == list_.size(), "there are as many fields as were added");
    std::size_t at = 0;
    for (const HeaderField field : headers_) {
      require(field.name == list_[at].first && field.value == list_[at].second,
              "fields stay what they are");
      ++at;
    }
    std::string text = "before";
    headers_.appendTo(text);
    require(text == "before" + lines(), "a line for each field is sent");
  }

  Headers headers_;
  std::vector<Field> list_;
};

}  // namespace couplet::fuzz
