// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Header fields: RFC 9110 section 5. A list in the order of the message; names are compared without
// regard to case and kept as they were written. What may not stand in a header is refused when it
// is put in, so that no header that exists can break a message apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace couplet {

/// One header field, seen: the views belong to whoever gave it.
struct HeaderField {
  std::string_view name;
  std::string_view value;  ///< without the spaces and tabs around it
};

/// Whether two names, tokens or codings are the same: RFC 9110 compares ASCII letters without
/// regard to case.
bool sameIgnoringCase(std::string_view left, std::string_view right) noexcept;

/// Takes the next element off the front of a comma-separated list, the value of Connection or
/// Accept-Encoding: without the spaces around it, empty elements skipped, a comma inside a quoted
/// string being part of it. Nothing when there is no more. RFC 9110 section 5.6.1.
///
///     while (const auto coding = nextElement(codings)) ...
std::optional<std::string_view> nextElement(std::string_view& list) noexcept;

/// Whether `list` has `token` among its elements, whatever the case of its letters.
bool hasElement(std::string_view list, std::string_view token) noexcept;

/// The header fields of a message: of one that is being built, or a copy of one that was received.
/// A value; may be copied and moved. All its text is in one buffer: fields allocate nothing once
/// that has grown to their size, also after `clear`.
///
///     Headers headers{{"Content-Type", "text/plain"}};
///     headers.add("Set-Cookie", "a=1");
///     headers.add("Set-Cookie", "b=2");
///     for (const HeaderField field : headers) ...
///
/// Views that it gives are valid until its next change.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<HeaderField> fields);

  /// A copy of fields that a parser received, which has checked them: `headers.assign(head.fields,
  /// head.fieldLines)`. Replaces what was here. REQUIRES: the fields are views of `text`
  void assign(std::span<const HeaderField> fields, std::string_view text);

  /// Appends a field. Throws std::invalid_argument, naming what is wrong, when `name` is no token
  /// or `value` has CR, LF, NUL, another control byte, or a space or tab at its ends; nothing is
  /// changed then. Bytes of 0x80 and more are allowed in a value.
  void add(std::string_view name, std::string_view value);

  /// The only field of this name from now on: in the place of the first that was there, else at the
  /// end. Throws as `add` does.
  void set(std::string_view name, std::string_view value);

  /// Takes away every field of this name; returns how many there were.
  std::size_t remove(std::string_view name) noexcept;

  /// Takes away all and keeps the memory.
  void clear() noexcept;

  /// The value of the first field of this name.
  std::optional<std::string_view> get(std::string_view name) const noexcept;

  bool has(std::string_view name) const noexcept { return get(name).has_value(); }

  /// The values of all fields of this name, in order.
  std::vector<std::string_view> all(std::string_view name) const;

  /// Whether any field of this name, read as a comma-separated list, has `token` in it:
  /// `headers.hasElement("Connection", "close")`.
  bool hasElement(std::string_view name, std::string_view token) const noexcept;

  /// Appends the fields to `out` as the lines of a message.
  void appendTo(std::string& out) const;

  std::size_t size() const noexcept { return places_.size(); }
  bool empty() const noexcept { return places_.empty(); }

  /// REQUIRES: index < size()
  HeaderField operator[](std::size_t index) const noexcept {
    return {nameAt(places_[index]), valueAt(places_[index])};
  }

  class Iterator;
  Iterator begin() const noexcept;
  Iterator end() const noexcept;

 private:
  /// Where in text_ the parts of a field stand.
  struct Place {
    std::uint32_t name;
    std::uint32_t nameSize;
    std::uint32_t value;
    std::uint32_t valueSize;
  };

  std::string_view nameAt(const Place& place) const noexcept {
    return {text_.data() + place.name, place.nameSize};
  }
  std::string_view valueAt(const Place& place) const noexcept {
    return {text_.data() + place.value, place.valueSize};
  }
  static Place placeAt(std::size_t begin, std::size_t nameSize, std::size_t valueSize) noexcept;
  void addLine(std::string_view name, std::string_view value);
  Place append(std::string_view name, std::string_view value);
  std::string makeRoom(std::size_t more);

  std::string text_;       // the fields as lines, and what is left of others
  bool isMessage_ = true;  // text_ is the lines of the fields in order, and nothing else
  std::vector<Place> places_;
};

/// Goes over the fields in order; gives them by value.
class Headers::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = HeaderField;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = HeaderField;

  Iterator(const Headers& headers, std::size_t index) noexcept
      : headers_(&headers), index_(index) {}
  HeaderField operator*() const noexcept { return (*headers_)[index_]; }
  Iterator& operator++() noexcept {
    ++index_;
    return *this;
  }
  Iterator operator++(int) noexcept {
    Iterator before = *this;
    ++index_;
    return before;
  }
  bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

 private:
  const Headers* headers_;
  std::size_t index_;
};

inline Headers::Iterator Headers::begin() const noexcept { return {*this, 0}; }
inline Headers::Iterator Headers::end() const noexcept { return {*this, size()}; }

}  // namespace couplet
#pragma GCC visibility pop
