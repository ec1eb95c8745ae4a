// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What is heard of HTTP messages, in words that do not depend on how the bytes were cut: of a
// parser, and of the model that stands beside it.
#pragma once

#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/http/message_head.h>

#include "require.h"
#include "tests/protocols/http/hearing.h"

namespace couplet::fuzz {

using Heard = std::vector<std::string>;

inline std::string inFull(const RequestHead& head) {
  std::string text = describe(head);
  text.append(" form ").append(1, static_cast<char>('0' + static_cast<int>(head.form)));
  text.append(" path ").append(head.pathAndQuery);
  return text.append("\n").append(head.fieldLines);
}

inline std::string inFull(const ResponseHead& head) {
  return describe(head).append("\n").append(head.fieldLines);
}

/// Which of the two answers a coding that is not known is left open. Of a response the status means
/// nothing.
inline std::string refusalOf(const RequestHead&, int status) {
  return "refused " + std::to_string(status == 501 ? 400 : status);
}
inline std::string refusalOf(const ResponseHead&, int) { return "refused"; }

inline std::string trailersOf(std::span<const HeaderField> fields) {
  return "trailers" + describe(fields);
}

inline std::string handedOver(std::string_view rest) {
  return std::string("handed over: ").append(rest);
}

inline constexpr char kEnded[] = "end";
inline constexpr char kInputEnded[] = "input ended";
inline constexpr char kCutShort[] = "input cut short";
inline constexpr char kReusable[] = "reusable";

inline void print(const char* whose, const Heard& heard) {
  std::fprintf(stderr, "%s:\n", whose);
  for (const std::string& event : heard) std::fprintf(stderr, "  %s\n", event.c_str());
}

/// `how` is how the bytes came.
inline void requireHeard(const Heard& heard, const Heard& expected, const char* how) {
  if (heard == expected) return;
  print(how, heard);
  print("expected", expected);
  require(false, "what is heard is what the bytes say");
}

}  // namespace couplet::fuzz
