// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/printable.h>

#include <cstddef>

namespace couplet {

namespace {

/// How many bytes the control character at the beginning of `text` has; 0 where there is none.
std::size_t controlAt(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  return text.size() > 1 && byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0 ? 2 : 0;
}

void appendEscaped(std::string& out, char c) {
  constexpr char kHex[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out.append("\\x").append({kHex[byte >> 4], kHex[byte & 15]});
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t controls = controlAt(text);
    for (const char c : text.substr(0, controls)) appendEscaped(out, c);
    if (controls == 0) out += text.front();
    text.remove_prefix(controls == 0 ? 1 : controls);
  }
  return out;
}

std::string printable(std::string_view text, std::size_t most) {
  return printable(text.substr(0, most)) + (text.size() > most ? "..." : "");
}

}  // namespace couplet
