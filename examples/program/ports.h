// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Ports and interfaces as the command line names them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace examples {

inline constexpr int kAddressInUse = 98;  ///< EADDRINUSE

/// A port to connect to, from 1 to 65535. Throws UsageError.
int parsePort(std::string_view text);

/// Throws UsageError, naming `flag`, unless `port` is one to listen on: from 1 to 65535, or 0 for
/// any free one.
void requireListenable(int port, const std::string& flag = "--port");

/// The numeric addresses that `iface` means: two for `localhost`, of which the second need not
/// exist on this machine, else itself. Throws UsageError for what is no address.
std::vector<std::string> addressesOf(const std::string& iface);

}  // namespace examples
