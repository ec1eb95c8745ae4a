// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Takes the parts of HTTP messages off the front of all their bytes, one byte after the other: for
// the model.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/limits.h>

#include "http_settings.h"
#include "http_words.h"

namespace couplet::fuzz {

// How reading stops: there is no more, or it is wrong.
struct Incomplete {};
struct Refused {
  int status = 400;
};

inline void refuseUnless(bool good, int status = 400) {
  if (!good) throw Refused{status};
}

inline bool isAmong(char c, std::string_view set) { return set.find(c) != set.npos; }
inline bool isDecimal(char c) { return c >= '0' && c <= '9'; }
inline bool isHexadecimal(char c) { return isAmong(c, "0123456789ABCDEFabcdef"); }
inline bool isAlpha(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
inline bool isControl(char c) {
  return (static_cast<unsigned char>(c) < 32 && c != '\t') || c == 127;
}

template <class Is>
inline bool all(std::string_view text, Is is) {
  return std::all_of(text.begin(), text.end(), is);
}

std::string_view trim(std::string_view text);
bool isToken(std::string_view text);

/// 1*DIGIT, below 2^63.
std::optional<std::uint64_t> lengthOf(std::string_view digits);

/// Lines of fields, as they were received but for folds.
struct Section {
  std::string text;
  std::vector<std::size_t> starts;  // of fields in the text

  /// Views of the text.
  std::vector<HeaderField> fields() const;
};

/// Takes what is next. Throws Incomplete or Refused.
class Reader {
 public:
  /// `settings` must outlive it.
  Reader(std::string_view wire, const HTTPSettings& settings) : wire_(wire), settings_(settings) {}

  std::string_view rest() const { return wire_.substr(at_); }
  const HTTPLimits& limits() const { return settings_.limits; }

  void beginSection() { section_ = at_; }

  /// A line of a section that may have `most` bytes up to where this one ends.
  std::string_view line(std::size_t most, int tooLarge, bool bareLF);

  /// Lines down to an empty one. `lenient` is as clients are: with bare LF and folds.
  Section fields(std::size_t most, int tooLarge, bool lenient);

  // Bodies: RFC 9112 6 and 7.
  void lengthBody(std::uint64_t length, Heard& heard);
  void restAsBody(Heard& heard);
  void chunkedBody(Heard& heard);

 private:
  std::string_view upTo(std::uint64_t size);
  char byte();
  std::uint64_t chunkSize();

  std::string_view wire_;
  const HTTPSettings& settings_;
  std::size_t at_ = 0;
  std::size_t section_ = 0;
};

}  // namespace couplet::fuzz
