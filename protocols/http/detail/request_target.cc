// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/request_target.h>

#include <algorithm>
#include <cstddef>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/refusals.h>

namespace couplet::detail {

namespace {

/// RFC 3986 3.2.3: digits; none are allowed behind the colon of a Host.
bool isPort(std::string_view digits) noexcept {
  unsigned port = 0;
  for (const char digit : digits) {
    if (!isDigit(digit)) return false;
    port = 10 * port + static_cast<unsigned>(digit - '0');
    if (port > 65535) return false;
  }
  return true;
}

/// RFC 3986 3.2.2: reg-name, which takes in an IPv4 address.
bool isName(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (isOf(text[i], ByteClass::kHost)) continue;
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && allOf(text.substr(i + 1, 2), ByteClass::kHex);
    if (!escape) return false;
    i += 2;
  }
  return !text.empty();
}

/// Of RFC 3986 3.2.2's IP-literal: an IPv6 address's bytes, and perhaps a zone (RFC 6874).
bool isLiteral(std::string_view inBrackets) noexcept {
  const std::size_t percent = inBrackets.find('%');
  const std::string_view address = inBrackets.substr(0, percent);
  const auto may = [](char c) { return isOf(c, ByteClass::kHex) || c == ':' || c == '.'; };
  if (std::count(address.begin(), address.end(), ':') < 2) return false;
  if (!std::all_of(address.begin(), address.end(), may)) return false;
  if (percent == inBrackets.npos) return true;
  const std::string_view zone = inBrackets.substr(percent);
  return zone.starts_with("%25") && isName(zone.substr(3));
}

/// RFC 3986 3.1.
bool isScheme(std::string_view text) noexcept {
  return !text.empty() && isLetter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return isOf(c, ByteClass::kPlain) || c == '+'; });
}

/// RFC 9112 3.2.2: scheme "://" authority, and then a path or query, or nothing.
const HTTPRefusal* readAbsolute(RequestHead& head) noexcept {
  const std::size_t colon = head.target.find("://");
  if (colon == head.target.npos || !isScheme(head.target.substr(0, colon))) return &kBadTarget;
  const std::string_view rest = head.target.substr(colon + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  head.host = authority.substr(authority.rfind('@') + 1);
  if (!isAuthority(head.host)) return &kBadTarget;
  head.form = TargetForm::kAbsolute;
  head.pathAndQuery = rest.substr(authority.size());
  return nullptr;
}

/// RFC 9112 3.2.3, with RFC 9110 9.3.6: the port must be there, and may not be 0.
const HTTPRefusal* readAuthority(RequestHead& head) noexcept {
  head.form = TargetForm::kAuthority;
  head.host = head.target;
  head.pathAndQuery = {};
  const std::size_t colon = head.target.rfind(':');
  if (colon == head.target.npos || !isAuthority(head.target)) return &kBadConnectTarget;
  const std::string_view port = head.target.substr(colon + 1);
  const bool good = allOf(port, ByteClass::kDigit) && port.find_first_not_of('0') != port.npos;
  return good ? nullptr : &kBadConnectTarget;
}

}  // namespace

bool isAuthority(std::string_view text) noexcept {
  if (text.empty()) return false;
  const bool literal = text.front() == '[';
  const std::size_t hostEnd = literal ? text.find(']') : text.find(':');
  if (literal && hostEnd == text.npos) return false;
  const std::string_view host = text.substr(0, hostEnd);
  const std::string_view behind = text.substr(std::min(host.size() + literal, text.size()));
  if (literal ? !isLiteral(host.substr(1)) : !isName(host)) return false;
  return behind.empty() || (behind.front() == ':' && isPort(behind.substr(1)));
}

const HTTPRefusal* readTarget(RequestHead& head) noexcept {
  if (head.method == "CONNECT") return readAuthority(head);
  if (head.target.front() == '/') [[likely]] {
    head.form = TargetForm::kOrigin;
    head.pathAndQuery = head.target;
    return nullptr;
  }
  if (head.target != "*") return readAbsolute(head);
  head.form = TargetForm::kAsterisk;
  head.pathAndQuery = {};
  return nullptr;
}

}  // namespace couplet::detail
