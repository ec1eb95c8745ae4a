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
#include <utility>
#include <vector>

namespace couplet::detail {
struct SentFields;
}

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
/// A value; may be copied and moved, and is itself no larger than a pointer. All is in one block of
/// memory, which its thread uses again: fields allocate nothing once there was one of their size.
///
///     Headers headers{{"Content-Type", "text/plain"}};
///     headers.add("Set-Cookie", "a=1");
///     headers.add("Set-Cookie", "b=2");
///     for (const HeaderField field : headers) ...
///
/// Views that it gives are valid until its next change; a move takes them along.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<HeaderField> fields);
  Headers(const Headers& other)
      : block_(!other.block_ || other.block_->lasts ? other.block_ : other.copy()) {}
  Headers(Headers&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Headers& operator=(Headers other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Headers() {
    if (block_ && !block_->lasts) release();
  }

  /// Headers that many messages have: copies share one block, which is never freed, until they are
  /// changed. For a `static const Headers`; any thread may copy them. Throws as `add` does.
  static Headers lasting(std::initializer_list<HeaderField> fields);

  /// A copy of fields that a parser received, which has checked them: `headers.assign(head.fields,
  /// head.fieldLines)`. Replaces what was here, and returns the copy of `text`. Throws
  /// std::bad_alloc, and std::length_error where `text` is too long; nothing is changed then.
  /// REQUIRES: the fields are views of `text`, which is not ours
  std::string_view assign(std::span<const HeaderField> fields, std::string_view text);

  /// Appends a field. Throws std::invalid_argument, naming what is wrong, when `name` is no token
  /// or `value` has CR, LF, NUL, another control byte, or a space or tab at its ends; nothing is
  /// changed then. Bytes of 0x80 and more are allowed in a value.
  void add(std::string_view name, std::string_view value);

  /// The only field of this name from now on: in the place of the first that was there, else at the
  /// end. Throws as `add` does.
  void set(std::string_view name, std::string_view value);

  /// Takes away every field of this name; returns how many there were. Throws std::bad_alloc where
  /// these are lasting; nothing is changed then.
  std::size_t remove(std::string_view name);

  /// Takes away all and keeps the memory.
  void clear() noexcept;

  /// The value of the first field of this name.
  std::optional<std::string_view> get(std::string_view name) const noexcept {
    return mayHave(sizeBit(name)) ? find(name) : std::nullopt;
  }

  bool has(std::string_view name) const noexcept { return get(name).has_value(); }

  /// The values of all fields of this name, in order.
  std::vector<std::string_view> all(std::string_view name) const;

  /// Whether any field of this name, read as a comma-separated list, has `token` in it:
  /// `headers.hasElement("Connection", "close")`.
  bool hasElement(std::string_view name, std::string_view token) const noexcept {
    return mayHave(sizeBit(name)) && findElement(name, token);
  }

  /// Appends the fields to `out` as the lines of a message.
  void appendTo(std::string& out) const;

  /// Those lines, where they lie so: nothing once a field was replaced, removed or received.
  std::optional<std::string_view> asLines() const noexcept {
    if (!block_) return std::string_view();
    if (!block_->isMessage) return std::nullopt;
    return std::string_view(block_->text(), block_->textEnd());
  }

  std::size_t size() const noexcept { return block_ ? block_->count : 0; }
  bool empty() const noexcept { return size() == 0; }

  /// REQUIRES: index < size()
  HeaderField operator[](std::size_t index) const noexcept { return block_->field(index); }

  class Iterator;
  Iterator begin() const noexcept;
  Iterator end() const noexcept;

 private:
  friend struct detail::SentFields;

  /// The fields follow it, then room for more, then the text.
  struct Block {
    std::uint32_t capacity;  // bytes, its own included
    std::uint32_t used;      // of them, to the end of the text
    std::uint32_t room;      // fields
    std::uint32_t count;     // of them
    std::uintptr_t shift;    // so many bytes behind what the fields view stands our copy of it
    std::uint32_t sizes;     // of names: the bits of all that there are, and maybe of others
    bool isMessage;          // the text is the lines of the fields in order, and nothing else
    bool lasts;              // shared and never changed

    HeaderField* fields() noexcept { return reinterpret_cast<HeaderField*>(this + 1); }
    char* text() noexcept { return reinterpret_cast<char*>(fields() + room); }
    char* textEnd() noexcept { return reinterpret_cast<char*>(this) + used; }
    HeaderField field(std::size_t index) noexcept {
      const HeaderField& field = fields()[index];
      return {shifted(field.name), shifted(field.value)};
    }
    std::string_view shifted(std::string_view text) const noexcept {
      const auto at = reinterpret_cast<std::uintptr_t>(text.data()) + shift;
      return {reinterpret_cast<const char*>(at), text.size()};
    }
    bool hasRoom(std::size_t bytes) const noexcept {
      return capacity - used >= bytes && shift == 0 && !lasts;
    }
    void setTextEnd(const char* end) noexcept {
      used = static_cast<std::uint32_t>(end - reinterpret_cast<char*>(this));
    }
    HeaderField appendText(std::string_view name, std::string_view value) noexcept;
    void append(const HeaderField& field) noexcept;
  };

  /// Of a set of the sizes that names have: those of 31 and more are one.
  static constexpr std::uint32_t sizeBit(std::string_view name) noexcept {
    return std::uint32_t{1} << (name.size() < 31 ? name.size() : 31);
  }
  bool mayHave(std::uint32_t sizes) const noexcept {
    return block_ && (block_->sizes & sizes) != 0;
  }

  std::optional<std::string_view> find(std::string_view name) const noexcept;
  bool findElement(std::string_view name, std::string_view token) const noexcept;
  static Block* newBlock(std::size_t fields, std::size_t textSize);
  Block* copy() const { return empty() ? nullptr : copyWithRoom(0); }
  Block* copyWithRoom(std::size_t more) const;
  bool hasRoom(std::size_t size);
  Headers makeRoom(std::size_t more);
  std::string_view assignToNewBlock(std::span<const HeaderField> fields, std::string_view text);
  void release() noexcept;
  void makeOwn();
  std::size_t eraseFrom(std::size_t index, std::string_view name) noexcept;

  Block* block_ = nullptr;  // null where there never was a field
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
