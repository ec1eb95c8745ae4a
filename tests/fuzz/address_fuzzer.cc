// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The addresses of a command line, `[HOST:]PORT`. The input is one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/protocols/program/plain_program.h>

#include "examples/poetry/addresses.h"
#include "require.h"

namespace {

using couplet::Address;
using couplet::fuzz::require;

std::optional<int> modelPort(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  if (text.empty() || text.size() > 5) return std::nullopt;
  const int port = std::stoi(std::string(text));
  return port <= 65535 ? std::optional(port) : std::nullopt;
}

/// From left to right: a host with none of `:[]` in it, or what is in brackets; a colon; a port.
std::optional<Address> model(std::string_view text) {
  std::string_view host;
  if (text.starts_with('[')) {
    const std::size_t end = text.find_first_of("[]", 1);
    if (end < 2 || text.substr(std::min(end, text.size()), 2) != "]:") return std::nullopt;
    host = text.substr(1, end - 1);
    text.remove_prefix(end + 2);
  } else if (const std::size_t end = text.find_first_of(":[]"); end != text.npos) {
    if (text[end] != ':') return std::nullopt;
    host = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  const std::optional<int> port = modelPort(text);
  if (!port) return std::nullopt;
  return Address{host.empty() ? "127.0.0.1" : std::string(host), *port};
}

std::optional<Address> parsed(std::string_view text) {
  try {
    return poetry::parseAddress(text);
  } catch (const couplet::UsageError&) {
    return std::nullopt;
  }
}

std::string written(const Address& address) {
  const bool needsBrackets = address.host.find(':') != std::string::npos;
  const std::string host = needsBrackets ? '[' + address.host + ']' : address.host;
  return host + ':' + std::to_string(address.port);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::optional<Address> address = parsed(text);
  require(address == model(text), "an address is taken, and nothing else");
  if (address) require(parsed(written(*address)) == address, "what is written can be parsed");
  return 0;
}
