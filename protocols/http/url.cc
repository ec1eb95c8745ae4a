// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/url.h>

#include <algorithm>
#include <cstddef>

#include <couplet/protocols/http/detail/character_set.h>
#include <couplet/protocols/http/detail/host.h>
#include <couplet/protocols/http/detail/uri_reference.h>

namespace couplet {

namespace {

using detail::CharacterSet;
using detail::URIReference;

constexpr CharacterSet kPath = detail::kPathCharacters | CharacterSet("/");
constexpr CharacterSet kQuery = kPath | CharacterSet("?[]{}|^`");  // RFC 3986 3.4, and browsers

bool isInAuthority(const char& c, std::string_view text) {
  const auto authority = detail::splitURIReference(text).authority;
  return authority && &c >= authority->data() && &c < authority->data() + authority->size();
}

/// What is wrong is for people, and empty when nothing is.
std::string wrongInBytes(std::string_view text) {
  for (const char& c : text) {
    if (c > 0x20 && c < 0x7f && c != '\\') continue;
    if (!isInAuthority(c, text)) {
      return "it has the byte " + detail::describeByte(c) + ", which is written " +
             detail::percentEscape(c);
    }
    const bool isASCII = static_cast<unsigned char>(c) < 0x80;
    return "its host has the byte " + detail::describeByte(c) +
           (isASCII ? ", which no host name has" : "; write the name in Punycode, xn--");
  }
  return "";
}

std::string wrongInPart(const char* part, std::string_view text, const CharacterSet& allowed) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (allowed.contains(text[i]) || detail::startsWithEscape(text.substr(i))) continue;
    if (text[i] == '%') return std::string(part) + " has a '%' without two hex digits";
    return std::string(part) + " has " + detail::describeByte(text[i]) + ", which is written " +
           detail::percentEscape(text[i]);
  }
  return "";
}

std::string wrongInParts(const URIReference& parts) {
  std::string wrong = wrongInPart("its path", parts.path, kPath);
  if (wrong.empty()) wrong = wrongInPart("its query", parts.query.value_or(""), kQuery);
  if (wrong.empty()) wrong = wrongInPart("its fragment", parts.fragment.value_or(""), kQuery);
  return wrong;
}

Failure refused(const std::string& wrong) {
  return Failure(InvalidUrlError("Refused as a URL: " + wrong + "."));
}

/// 0 when it is none.
int parsePort(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  if (text.size() > 5 || !detail::kDigits.containsAll(text)) return 0;
  int port = 0;
  for (const char c : text) port = 10 * port + (c - '0');
  return port <= 65535 ? port : 0;
}

/// As a URL has it: an IPv6 address in brackets, its zone after an escaped '%'.
std::string bracketed(std::string_view host) {
  if (!detail::isIPv6Address(host)) return std::string(host);
  const std::string_view address = detail::withoutZone(host);
  std::string text = '[' + std::string(address);
  if (address.size() < host.size()) text.append("%25").append(host.substr(address.size() + 1));
  return text + ']';
}

std::optional<std::string> copied(const std::optional<std::string_view>& part) {
  return part ? std::optional<std::string>(*part) : std::nullopt;
}

}  // namespace

Result<Url> Url::tryParse(std::string_view text) {
  Url url;
  const std::string wrong = url.take(text);
  if (!wrong.empty()) return refused(wrong);
  return url;
}

Result<Url> Url::tryResolve(std::string_view reference) const {
  const URIReference parts = detail::splitURIReference(reference);
  std::string wrong = wrongInBytes(reference);
  if (wrong.empty()) wrong = wrongInParts(parts);  // before `..` takes away what is wrong
  if (!wrong.empty()) return refused(wrong);
  const std::string base = toString();
  return tryParse(resolveURIReference(detail::splitURIReference(base), parts));
}

std::string Url::take(std::string_view text) {
  if (std::string wrong = wrongInBytes(text); !wrong.empty()) return wrong;
  const URIReference parts = detail::splitURIReference(text);
  if (!parts.scheme) return "it has no scheme, like http://";
  secure_ = detail::equalsIgnoringCase(*parts.scheme, "https");
  if (!secure_ && !detail::equalsIgnoringCase(*parts.scheme, "http")) {
    return "its scheme is not http or https";
  }
  if (!parts.authority) return "there is no host, like //example.com, after its scheme";
  std::string wrong = takeAuthority(*parts.authority);
  if (wrong.empty()) wrong = wrongInParts(parts);
  path_ = parts.path.empty() ? "/" : detail::removeDotSegments(parts.path);
  query_ = copied(parts.query);
  fragment_ = copied(parts.fragment);
  return wrong;
}

std::string Url::takeAuthority(std::string_view authority) {
  if (authority.find('@') != authority.npos) {
    return "it names a user, who belongs into an Authorization header";
  }
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  const std::size_t colon = authority.find(':', std::min(bracket, authority.size()));
  if (const char* wrong = detail::parseHost(authority.substr(0, colon), host_)) return wrong;
  const std::string_view port = authority.substr(std::min(colon, authority.size()));
  const bool isDefault = port.size() < 2;  // RFC 3986 3.2.3: nothing, or a colon alone
  port_ = isDefault ? (secure_ ? 443 : 80) : parsePort(port.substr(1));
  return port_ != 0 ? "" : "its port is not a number from 1 to 65535";
}

bool Url::sameOrigin(const Url& other) const noexcept {
  return secure_ == other.secure_ && host_ == other.host_ && port_ == other.port_;
}

std::string Url::portSuffix() const { return hasDefaultPort() ? "" : ':' + std::to_string(port_); }

std::string Url::origin() const {
  return std::string(scheme()) + "://" + bracketed(host_) + portSuffix();
}

std::string Url::hostHeader() const { return bracketed(detail::withoutZone(host_)) + portSuffix(); }

std::string Url::originForm() const { return query_ ? path_ + '?' + *query_ : path_; }

std::string Url::absoluteForm() const {
  return std::string(scheme()) + "://" + hostHeader() + originForm();
}

std::string Url::authorityForm() const {
  return bracketed(detail::withoutZone(host_)) + ':' + std::to_string(port_);
}

std::string Url::toString() const {
  std::string text = origin() + originForm();
  if (fragment_) text.append("#").append(*fragment_);
  return text;
}

}  // namespace couplet
