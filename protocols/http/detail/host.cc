// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/host.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <couplet/protocols/http/detail/character_set.h>

namespace couplet::detail {

namespace {

constexpr CharacterSet kNameCharacters = kLetters | kDigits | CharacterSet("-_.");
constexpr std::size_t kMaxName = 253;  // RFC 1035 3.1 allows 255 bytes on the wire
constexpr std::size_t kMaxLabel = 63;  // RFC 1035 3.1

using IPv6Groups = std::array<std::uint16_t, 8>;

/// RFC 3986 3.2.2: dec-octet.
std::optional<std::uint8_t> parseOctet(std::string_view text) {
  if (text.empty() || text.size() > 3 || !kDigits.containsAll(text)) return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  int octet = 0;
  for (const char c : text) octet = 10 * octet + (c - '0');
  return octet <= 255 ? std::optional(static_cast<std::uint8_t>(octet)) : std::nullopt;
}

std::optional<std::uint32_t> parseIPv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t end = part < 3 ? text.find('.') : text.size();
    if (end == text.npos) return std::nullopt;
    const std::optional<std::uint8_t> octet = parseOctet(text.substr(0, end));
    if (!octet) return std::nullopt;
    address = address << 8 | *octet;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return address;
}

/// RFC 3986 3.2.2: h16.
std::optional<std::uint16_t> parseGroup(std::string_view text) {
  if (text.empty() || text.size() > 4 || !kHexDigits.containsAll(text)) return std::nullopt;
  int group = 0;
  for (const char c : text) group = 16 * group + hexValue(c);
  return static_cast<std::uint16_t>(group);
}

/// Reads groups with colons between them, the last two of which may be an IPv4 address. Returns how
/// many there are; nothing when one is wrong or there are too many.
std::optional<std::size_t> parseGroups(std::string_view text, IPv6Groups& groups) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view piece = text.substr(0, colon);
    if (colon == text.npos && piece.find('.') != piece.npos) {
      const std::optional<std::uint32_t> address = parseIPv4(piece);
      if (!address || count + 2 > groups.size()) return std::nullopt;
      groups[count] = static_cast<std::uint16_t>(*address >> 16);
      groups[count + 1] = static_cast<std::uint16_t>(*address & 0xffff);
      return count + 2;
    }
    const std::optional<std::uint16_t> group = parseGroup(piece);
    if (!group || count == groups.size()) return std::nullopt;
    groups[count++] = *group;
    if (colon == text.npos) return count;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;  // a colon at the end
  }
  return count;
}

std::optional<IPv6Groups> parseIPv6(std::string_view text) {
  IPv6Groups before{}, after{};
  const std::size_t gap = text.find("::");
  const auto count = parseGroups(text.substr(0, gap), before);
  if (!count) return std::nullopt;
  if (gap == text.npos) return *count == before.size() ? std::optional(before) : std::nullopt;
  if (text.substr(0, gap).find('.') != text.npos) return std::nullopt;
  const auto countAfter = parseGroups(text.substr(gap + 2), after);
  if (!countAfter || *count + *countAfter >= before.size()) return std::nullopt;
  std::copy_n(after.begin(), *countAfter, before.end() - static_cast<std::ptrdiff_t>(*countAfter));
  return before;
}

struct Run {
  std::size_t begin = 0;
  std::size_t length = 0;
};

/// RFC 5952 4.2: the longest run of zeros, the first of those; not one group alone.
Run longestRunOfZeros(const IPv6Groups& groups) {
  Run longest;
  Run run;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    run = groups[i] != 0 ? Run{i + 1, 0} : Run{run.begin, run.length + 1};
    if (run.length > longest.length) longest = run;
  }
  return longest.length > 1 ? longest : Run{};
}

void appendHex(std::string& text, std::uint16_t group) {
  constexpr char kHex[] = "0123456789abcdef";
  int shift = 12;
  while (shift > 0 && group >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) text += kHex[group >> shift & 15];
}

void appendIPv4(std::string& text, const IPv6Groups& groups) {
  const unsigned octets[] = {groups[6] / 256u, groups[6] % 256u, groups[7] / 256u,
                             groups[7] % 256u};
  for (const unsigned octet : octets) text += std::to_string(octet) + '.';
  text.pop_back();
}

/// RFC 5952 4; and 5 for `::ffff:192.0.2.1`.
std::string writeIPv6(const IPv6Groups& groups) {
  constexpr IPv6Groups kMapped{0, 0, 0, 0, 0, 0xffff};
  std::string text;
  if (std::equal(groups.begin(), groups.begin() + 6, kMapped.begin())) {
    text = "::ffff:";
    appendIPv4(text, groups);
    return text;
  }
  const Run gap = longestRunOfZeros(groups);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (gap.length > 0 && i == gap.begin) {
      text += "::";
      i += gap.length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    appendHex(text, groups[i]);
  }
  return text;
}

const char* parseIPv6Literal(std::string_view text, std::string& host) {
  if (!text.ends_with(']')) return "the host begins with a bracket and does not end with one";
  const std::string_view inside = text.substr(1, text.size() - 2);
  const std::size_t percent = inside.find('%');
  const std::optional<IPv6Groups> groups = parseIPv6(inside.substr(0, percent));
  if (!groups) return "what is in brackets is no IPv6 address";
  host = writeIPv6(*groups);
  if (percent == inside.npos) return nullptr;

  const std::string_view zone = inside.substr(percent);
  if (!zone.starts_with("%25") || zone.size() == 3 || !kUnreserved.containsAll(zone.substr(3))) {
    return "the zone of the IPv6 address is not %25 and a name";
  }
  if (((*groups)[0] & 0xffc0) != 0xfe80) return "only a link-local IPv6 address has a zone";
  host.append("%").append(zone.substr(3));
  return nullptr;
}

/// WHATWG URL 3.5: the hosts that some readers take for an IPv4 address.
bool endsInNumber(std::string_view lastLabel) {
  const bool hex = lastLabel.starts_with("0x") || lastLabel.starts_with("0X");
  return hex ? kHexDigits.containsAll(lastLabel.substr(2)) : kDigits.containsAll(lastLabel);
}

const char* wrongInLabels(std::string_view name) {
  std::string_view label;
  while (!name.empty()) {
    label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > kMaxLabel) return "the host has an empty or too long label";
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return endsInNumber(label) ? "the host ends in a number and is no IPv4 address" : nullptr;
}

}  // namespace

const char* parseHost(std::string_view text, std::string& host) {
  if (text.empty()) return "there is no host";
  if (text.starts_with('[')) return parseIPv6Literal(text, host);
  if (!parseIPv4(text)) {
    if (!kNameCharacters.containsAll(text)) {
      return "the host has a byte that no host name has";
    }
    if (text.size() > kMaxName + text.ends_with('.')) return "the host is too long";
    if (const char* wrong = wrongInLabels(text)) return wrong;
  }
  host = lowerCase(text);
  return nullptr;
}

std::optional<IPv6Groups> parseIPAddress(std::string_view text) {
  const std::optional<std::uint32_t> address = parseIPv4(text);
  if (!address) return parseIPv6(text);
  return IPv6Groups{0,
                    0,
                    0,
                    0,
                    0,
                    0xffff,
                    static_cast<std::uint16_t>(*address >> 16),
                    static_cast<std::uint16_t>(*address & 0xffff)};
}

bool isIPAddress(std::string_view host) { return isIPv6Address(host) || parseIPv4(host); }

bool isIPv6Address(std::string_view host) { return host.find(':') != host.npos; }

std::string_view withoutZone(std::string_view host) { return host.substr(0, host.find('%')); }

}  // namespace couplet::detail
