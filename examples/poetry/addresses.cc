// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "addresses.h"

#include <string>

#include <couplet/protocols/program/plain_program.h>

#include "examples/program/ports.h"

namespace poetry {

namespace {

constexpr std::string_view kHost = "127.0.0.1";

std::string parseHost(std::string_view host) {
  if (host.empty()) return std::string(kHost);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  const std::string_view name = bracketed ? host.substr(1, host.size() - 2) : host;
  if (name.find_first_of(bracketed ? "[]" : ":[]") != name.npos)
    throw couplet::UsageError("Not a host: " + std::string(host) +
                              " (an IPv6 address stands in brackets: [::1]:10000).");
  return std::string(name);
}

}  // namespace

couplet::Address parseAddress(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return {std::string(kHost), examples::parsePort(text)};
  const int port = examples::parsePort(text.substr(colon + 1));
  return {parseHost(text.substr(0, colon)), port};
}

}  // namespace poetry
