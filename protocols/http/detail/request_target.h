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

/// The same of a text that `scanner` may look at: at little cost where there is a plain name or
/// IPv4 address in it.
inline bool isAuthority(const Scanner& scanner, std::string_view text) noexcept {
  if (text.empty()) return false;
  const char* const end = text.data() + text.size();
  const char* at = scanner.find<PlainEnd>(text.data());
  if (at == end) return true;
  const bool port = *at == ':' && at != text.data() && end - at <= 5;
  while (port && ++at != end && isDigit(*at)) {
  }
  return at == end || isAuthority(text);
}

/// Finds out the form of the target, and in it the path and the host. The target has no bytes that
/// no target has. Returns what is wrong, or null.
const HTTPRefusal* readTarget(RequestHead& head) noexcept;

}  // namespace couplet::detail
