// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A JSON text that is put together by hand, of what is no message. For what is made once:
// messages are written by json.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// What is opened is closed: `object` and `list` call `fill` to have what is in them written.
///
///     json.object([&] {
///       json.text("type", "integer");
///       json.list("enum", [&] { json.text("red"); });
///     });
class JSONText {
 public:
  JSONText();
  ~JSONText();

  void text(std::string_view value);
  void number(std::uint64_t value);
  void number(std::int64_t value);
  void truth(bool value);
  /// REQUIRES: `json` is a JSON text
  void raw(std::string_view json);
  template <class Fill>
  void object(Fill fill) {
    beginObject();
    fill();
    endObject();
  }
  template <class Fill>
  void list(Fill fill) {
    beginList();
    fill();
    endList();
  }

  // The same as a member of an object.

  void key(std::string_view name);
  template <class Value>
  void number(std::string_view name, Value value) {
    key(name);
    number(value);
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void raw(std::string_view name, std::string_view json) {
    key(name);
    raw(json);
  }
  template <class Fill>
  void object(std::string_view name, Fill fill) {
    key(name);
    object(fill);
  }
  template <class Fill>
  void list(std::string_view name, Fill fill) {
    key(name);
    list(fill);
  }

  /// REQUIRES: it is whole
  std::string whole() const;

 private:
  struct Writer;

  void beginObject();
  void endObject();
  void beginList();
  void endList();

  std::unique_ptr<Writer> writer_;
};

/// The string that a JSON text is; any other text as it is, but null is none.
std::string bareText(const std::string& json);

}  // namespace couplet::detail
#pragma GCC visibility pop
