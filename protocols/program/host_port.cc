// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/program/host_port.h>

#include <charconv>
#include <optional>
#include <system_error>

namespace couplet {

namespace {

std::optional<std::uint16_t> parsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return port;
}

/// Empty for what is no host.
std::string_view parseHost(std::string_view text) {
  const bool bracketed = text.size() > 2 && text.starts_with('[') && text.ends_with(']');
  if (bracketed) text = text.substr(1, text.size() - 2);
  constexpr std::string_view kNever = "[]{}\"/@ \t\r\n";
  const bool isHost =
      text.find_first_of(kNever) == text.npos && (text.find(':') != text.npos) == bracketed;
  return isHost ? text : std::string_view();
}

}  // namespace

bool HostPort::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto newPort = parsePort(colon == text.npos ? text : text.substr(colon + 1));
  if (!newPort) return false;
  if (colon != text.npos) {
    const std::string_view newHost = parseHost(text.substr(0, colon));
    if (newHost.empty()) return false;
    host = newHost;
  }
  port = *newPort;
  return true;
}

}  // namespace couplet
