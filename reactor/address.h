// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Where one end of a connection is.
#pragma once

#include <iosfwd>
#include <string>

#pragma GCC visibility push(default)
namespace couplet {

/// An IPv4 or IPv6 address and a port. `host` is numeric (`127.0.0.1`, `::1`) in what a transport
/// or port reports, and may be a name in what a Connector is told to reach.
struct Address {
  std::string host;
  int port = 0;

  bool operator==(const Address&) const = default;

  /// `127.0.0.1:10000`, or `[::1]:10000` for a host with a colon in it.
  std::string toString() const;
};

std::ostream& operator<<(std::ostream& out, const Address& address);

}  // namespace couplet
#pragma GCC visibility pop
