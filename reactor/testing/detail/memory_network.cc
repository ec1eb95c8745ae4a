// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/detail/memory_network.h>

#include <algorithm>
#include <utility>

#include <couplet/reactor/testing/detail/memory_connection.h>
#include <couplet/reactor/testing/detail/memory_port.h>

namespace couplet::detail {

namespace {

bool isIPv6(const std::string& address) { return address.find(':') != std::string::npos; }

/// Whether a port on `interface` is reached at `address`.
bool covers(const std::string& interface, const std::string& address) {
  if (interface == "::" || interface == address) return true;
  return (interface.empty() || interface == "0.0.0.0") && !isIPv6(address);
}

/// In the order in which they are tried.
std::vector<std::string> addressesOf(const std::string& host) {
  if (host == "localhost") return {"127.0.0.1", "::1"};
  return {addressOfHost(host)};
}

}  // namespace

void MemoryNetwork::tell(MemoryConnection& end) {
  if (std::find(ends_.begin(), ends_.end(), &end) == ends_.end()) ends_.push_back(&end);
}

void MemoryNetwork::forget(MemoryConnection& end) noexcept { std::erase(ends_, &end); }

void MemoryNetwork::deliver() {
  if (held_) return;
  auto ends = std::exchange(ends_, {});
  for (auto& event : std::exchange(events_, {})) event();
  for (MemoryConnection* end : ends) end->deliver();
}

void MemoryNetwork::remove(MemoryPort& port) noexcept { std::erase(ports_, &port); }

MemoryNetwork::Destination MemoryNetwork::find(const std::string& host, int port) const {
  for (const std::string& address : addressesOf(host)) {
    for (MemoryPort* candidate : ports_) {
      bool reached = candidate->getHost().port == port && covers(candidate->interface(), address);
      if (reached) return {candidate, address};
    }
  }
  return {nullptr, addressOfHost(host)};
}

bool MemoryNetwork::taken(const std::string& interface, int port) const {
  return std::any_of(ports_.begin(), ports_.end(), [&](const MemoryPort* other) {
    return other->getHost().port == port &&
           (covers(other->interface(), interface) || covers(interface, other->interface()));
  });
}

int MemoryNetwork::freePort() {
  do {
    lastPort_ = lastPort_ == 65535 ? 49152 : lastPort_ + 1;
  } while (taken("::", lastPort_));
  return lastPort_;
}

bool MemoryNetwork::lookupFails(const std::string& host) const {
  return std::find(unknownHosts_.begin(), unknownHosts_.end(), host) != unknownHosts_.end();
}

std::string addressOfHost(const std::string& host) {
  if (host == "localhost") return "127.0.0.1";
  return isNumericHost(host) ? host : "192.0.2.1";
}

bool isNumericHost(const std::string& host) {
  return isIPv6(host) || host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string localAddressFor(const std::string& remote) {
  return isIPv6(remote) ? "::1" : "127.0.0.1";
}

}  // namespace couplet::detail
