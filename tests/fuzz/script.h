// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How a fuzzer reads its input: `settings|script|bytes of the peer`. README.md lists the letters of
// the script.
#pragma once

#include <charconv>
#include <cstddef>
#include <string_view>

namespace couplet::fuzz {

/// Takes what comes before the first `|`, and that, off the front of `input`: all of it where there
/// is none.
inline std::string_view takeField(std::string_view& input) {
  const std::string_view field = input.substr(0, input.find('|'));
  input.remove_prefix(field.size() < input.size() ? field.size() + 1 : field.size());
  return field;
}

/// The decimal number that `field` begins with, or `otherwise`.
inline std::size_t numberOr(std::size_t otherwise, std::string_view field) {
  std::size_t number = otherwise;
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

/// What happens, one letter after the other. Views its text.
class Script {
 public:
  explicit Script(std::string_view text) : text_(text) {}

  bool ended() const noexcept { return text_.empty(); }

  /// The next letter, which is taken; NUL at the end.
  char next() noexcept {
    if (text_.empty()) return '\0';
    const char letter = text_.front();
    text_.remove_prefix(1);
    return letter;
  }

  /// Takes the next letter if it is `letter`.
  bool take(char letter) noexcept {
    if (!text_.starts_with(letter)) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// The next letter as a number, counted from '0': 0 to 255.
  std::size_t number() noexcept { return static_cast<unsigned char>(next() - '0'); }

 private:
  std::string_view text_;
};

}  // namespace couplet::fuzz
