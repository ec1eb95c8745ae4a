// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An address as settings have it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <couplet/protocols/message/message.h>
#include <couplet/reactor/address.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Where to listen, or what to connect to. As JSON `{"host":"127.0.0.1","port":5051}`; a flag of
/// this type takes `127.0.0.1:5051` as well.
struct HostPort {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;

  bool operator==(const HostPort&) const = default;

  Address address() const { return {host, port}; }

  /// Sets it from `[HOST:]PORT`; without a host, the host stays. An IPv6 address stands in
  /// brackets: `[::1]:5051`. False, and nothing is set, where `text` is nothing of the kind.
  bool parse(std::string_view text);

  static constexpr auto kMessage =
      message("couplet.HostPort", member("host", &HostPort::host), member("port", &HostPort::port));
};

}  // namespace couplet
#pragma GCC visibility pop
