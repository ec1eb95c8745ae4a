// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Hosts as URLs, Host headers and cookies name them, each in one spelling.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace couplet::detail {

/// Reads what stands in a URL for the host: a name, an IPv4 address, or an IPv6 address in
/// brackets, with or without a zone (`[fe80::1%25eth0]`, RFC 6874). Sets `host` to the one spelling
/// that we compare, look up and connect to: a name in lower case, an IPv6 address without brackets
/// as RFC 5952 has it, `%eth0` after it. Returns what is wrong, for people; null when nothing is.
///
/// Stricter than RFC 3986 3.2.2, so that nobody takes for a name what we take for an address, or
/// the other way round: a name is labels of letters, digits, '-' and '_', without escapes; one
/// whose last label is a number is an IPv4 address, of four decimals without leading zeros (WHATWG
/// URL 3.5 reads `127.1`, `0x7f.1` and `2130706433` as addresses).
const char* parseHost(std::string_view text, std::string& host);

/// The groups of an IPv6 address, or of an IPv4 address as RFC 4291 2.5.5.2 maps it into one;
/// nothing for anything else.
std::optional<std::array<std::uint16_t, 8>> parseIPAddress(std::string_view text);

/// Of what parseHost gave: an IPv4 or IPv6 address, and no name.
bool isIPAddress(std::string_view host);

/// Of what parseHost gave.
bool isIPv6Address(std::string_view host);

/// The host without its zone, which means nothing to a peer.
std::string_view withoutZone(std::string_view host);

}  // namespace couplet::detail
