// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The version of a message: RFC 9112 section 2.3.
#pragma once

#include <string_view>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/refusals.h>
#include <couplet/protocols/http/message_head.h>

namespace couplet::detail {

/// Sets `version`, or returns what is wrong with it.
inline const HTTPRefusal* readVersion(std::string_view text, HTTPVersion& version) noexcept {
  version = text == "HTTP/1.1" ? HTTPVersion::kHTTP11 : HTTPVersion::kHTTP10;
  if (text == toString(version)) return nullptr;
  const bool wellFormed = text.size() == 8 && text.starts_with("HTTP/") && isDigit(text[5]) &&
                          text[6] == '.' && isDigit(text[7]);
  return wellFormed ? &kOtherVersion : &kBadVersion;
}

}  // namespace couplet::detail
