// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/json_parser.h>

#include <cstddef>
#include <cstdint>
#include <limits>

// RapidJSON adds to a null pointer where its stack has no memory yet, and takes the sum for
// nothing.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#if defined(__clang__)
#pragma clang attribute pop
#endif

#include <couplet/protocols/message/detail/scratch.h>
#include <couplet/protocols/message/detail/utf8.h>
#include <couplet/protocols/message/json.h>

namespace couplet::detail {

namespace {

/// A text as RapidJSON's readers want it, with a '\0' for its end.
class TextStream {
 public:
  using Ch = char;

  explicit TextStream(std::string_view text) noexcept
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  char Peek() const noexcept { return at_ == end_ ? '\0' : *at_; }
  char Take() noexcept { return at_ == end_ ? '\0' : *at_++; }
  std::size_t Tell() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

  // For readers that write into their text, which this one does not.
  char* PutBegin() noexcept { return nullptr; }
  void Put(char) noexcept {}
  std::size_t PutEnd(char*) noexcept { return 0; }

 private:
  const char* begin_;
  const char* at_;
  const char* end_;
};

/// Brings RapidJSON's events to a listener.
class Events {
 public:
  explicit Events(JSONListener& listener) noexcept : listener_(listener) {}

  bool Null() { return listener_.scalar({Scalar::Is::kNull, {}}); }
  bool Bool(bool truth) { return listener_.scalar({Scalar::Is::kBool, {}, truth}); }
  bool RawNumber(const char* text, unsigned size, bool) {
    return listener_.scalar({Scalar::Is::kNumber, {text, size}});
  }
  bool String(const char* text, unsigned size, bool) {
    return isText({text, size}) && listener_.scalar({Scalar::Is::kString, {text, size}});
  }
  bool Key(const char* name, unsigned size, bool) {
    return isText({name, size}) && listener_.key({name, size});
  }
  bool StartObject() { return listener_.begin({Scalar::Is::kObject, {}}); }
  bool StartArray() { return listener_.begin({Scalar::Is::kList, {}}); }
  bool EndObject(unsigned) { return listener_.end(); }
  bool EndArray(unsigned) { return listener_.end(); }

  // Numbers come as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  bool metNoUTF8() const noexcept { return metNoUTF8_; }

 private:
  // Here, and not by RapidJSON, which lets the escape of half a character through.
  bool isText(std::string_view string) noexcept {
    metNoUTF8_ = !isUTF8(string);
    return !metNoUTF8_;
  }

  JSONListener& listener_;
  bool metNoUTF8_ = false;
};

constexpr unsigned kHow = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

std::string noJSON(const JSONListener& listener, std::string_view text, std::size_t offset,
                   std::string_view why) {
  constexpr std::size_t kShown = 20;  // bytes
  std::string error = "no JSON" + listener.where() + ", at byte " + std::to_string(offset);
  if (offset < text.size()) error.append(", ").append(shown(text.substr(offset, kShown)));
  return error.append(": ").append(why);
}

/// A number beyond those of double.
std::string tooLarge(const JSONListener& listener, std::string_view rest) {
  const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789+-.eE"));
  return shown({Scalar::Is::kNumber, number}) + " is out of range" + listener.where();
}

std::string errorOf(const rapidjson::ParseResult& result, const JSONListener& listener,
                    std::string_view text) {
  switch (result.Code()) {
    case rapidjson::kParseErrorNumberTooBig:
      return tooLarge(listener, text.substr(result.Offset()));
    default:
      return noJSON(listener, text, result.Offset(), rapidjson::GetParseError_En(result.Code()));
  }
}

}  // namespace

std::size_t parseJSONUntil(std::string_view text, JSONListener& listener) {
  if (text.size() > std::numeric_limits<unsigned>::max()) {
    throw MessageError("a text of over 4 GiB" + listener.where());
  }
  TextStream stream(text);
  Events events(listener);
  Scratch scratch;
  rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, Scratch> reader(&scratch);
  const rapidjson::ParseResult result = reader.Parse<kHow>(stream, events);
  if (events.metNoUTF8()) throw MessageError("a string that is no UTF-8" + listener.where());
  if (result.Code() == rapidjson::kParseErrorTermination) return stream.Tell();
  if (result.IsError()) throw MessageError(errorOf(result, listener, text));
  if (stream.Tell() != text.size()) {
    throw MessageError(noJSON(listener, text, stream.Tell(), "A zero byte."));
  }
  return text.npos;
}

void parseJSON(std::string_view text, JSONListener& listener) {
  if (parseJSONUntil(text, listener) != text.npos) throw MessageError(listener.error());
}

}  // namespace couplet::detail
