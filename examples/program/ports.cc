// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "ports.h"

#include <arpa/inet.h>

#include <charconv>

#include <couplet/protocols/program/plain_program.h>

namespace examples {

namespace {

bool isNumeric(const std::string& host) {
  in6_addr buffer;
  return inet_pton(AF_INET, host.c_str(), &buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

bool isDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

int parsePort(std::string_view text) {
  if (!isDigits(text)) throw couplet::UsageError("error: Ports must be integers.");
  int port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  if (read.ec != std::errc() || port < 1 || port > 65535)
    throw couplet::UsageError("error: Ports must be from 1 to 65535.");
  return port;
}

void requireListenable(int port, const std::string& flag) {
  if (port >= 0 && port <= 65535) return;
  throw couplet::UsageError(flag + " must be from 0 to 65535, not " + std::to_string(port) + ".");
}

std::vector<std::string> addressesOf(const std::string& iface) {
  if (iface == "localhost") return {"127.0.0.1", "::1"};
  if (isNumeric(iface)) return {iface};
  throw couplet::UsageError("Not an interface: " + iface +
                            " (write localhost or a numeric address).");
}

}  // namespace examples
