// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a request asks for: RFC 9112 section 3.2.
#pragma once

#include <string_view>

#include <couplet/protocols/http/detail/scan.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/message_head.h>

namespace couplet::detail {

/// Whether `text` is a host, of a URL or of Host, with or without a port: RFC 3986 3.2.2. As wide
/// as that grammar, since a router compares it and nobody connects to it; but it is not empty, a
/// port is at most 65535, and brackets hold what may be an IPv6 address.
bool isAuthority(std::string_view text) noexcept;

/// Whether that is plain to see of a text that `scanner` may look at: a name or IPv4 address, with
/// a port of up to four digits or without one.
[[gnu::always_inline]] inline bool isPlainAuthority(Scanner scanner,
                                                    std::string_view text) noexcept {
  const char* const end = text.data() + text.size();
  const char* at = scanner.findNear<PlainEnd>(text.data());
  if (at == text.data() + kBlock) at = scanner.find<PlainEnd>(at);
  if (at == text.data()) return false;
  if (at == end) return true;
  if (*at != ':' || end - at > 5) return false;
  while (++at != end) {
    if (!isDigit(*at)) return false;
  }
  return true;
}

/// The same as `isAuthority`, at little cost where it is plain to see.
inline bool isAuthority(Scanner scanner, std::string_view text) noexcept {
  return isPlainAuthority(scanner, text) || isAuthority(text);
}

/// Finds out the form of the target, and in it the path and the host. The target has no bytes that
/// no target has. Returns what is wrong, or null.
const HTTPRefusal* readTarget(RequestHead& head) noexcept;

}  // namespace couplet::detail
