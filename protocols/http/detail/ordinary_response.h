// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The responses that nearly all are: of status 200, short, whole, on a connection that
// goes on. The same bytes as `writeResponseHead` and a body make of them, in one go.
#pragma once

#include <charconv>
#include <cstddef>
#include <string_view>

#include <couplet/protocols/http/detail/copy_text.h>

namespace couplet::detail {

/// How much longer the message is at most than its lines and its body: with the Date's 37 bytes.
inline constexpr std::size_t kMostAroundOrdinary = 128;

/// Writes the message to `to`, and returns what is behind it. REQUIRES: `lines` are whole lines of
/// fields, none of them about the body, the connection or the Date; there is room
[[gnu::always_inline]] inline char* writeOrdinaryResponse(char* to, std::string_view dateLine,
                                                          std::string_view lines,
                                                          std::string_view body) noexcept {
  to = copyText(to, "HTTP/1.1 200 OK\r\nContent-Length: ");
  to = copyText(std::to_chars(to, to + 20, body.size()).ptr, "\r\n");
  to = copyText(copyText(to, dateLine), lines);
  return copyText(copyText(to, "\r\n"), body);
}

}  // namespace couplet::detail
