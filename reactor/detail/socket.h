// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Descriptors and addresses of sockets.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <utility>

#include <couplet/reactor/address.h>

namespace couplet::detail {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() noexcept = default;
  explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { reset(); }

  int get() const noexcept { return descriptor_; }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  void reset() noexcept;

 private:
  int descriptor_ = -1;
};

/// An IPv4 or IPv6 address and a port, as the system has it, in 28 bytes.
class SocketAddress {
 public:
  /// Empty, of no family.
  SocketAddress() noexcept;
  /// Of a family other than these two it makes an empty one.
  SocketAddress(const ::sockaddr* address, ::socklen_t size) noexcept;

  /// Nothing when `host` is not numeric. Asks nobody.
  static std::optional<SocketAddress> parse(const std::string& host, int port);
  /// Of this end of a socket; empty when the system does not know.
  static SocketAddress ofSocket(int descriptor) noexcept;

  int family() const noexcept { return storage_.sin6_family; }
  bool empty() const noexcept { return family() == AF_UNSPEC; }
  const ::sockaddr* data() const noexcept { return reinterpret_cast<const ::sockaddr*>(&storage_); }
  ::socklen_t size() const noexcept;

  /// IPv4 addresses that a dual-stack socket shows as `::ffff:127.0.0.1` are written as such.
  Address address() const;

 private:
  ::sockaddr_in6 storage_;  // or a sockaddr_in at the same place
};

/// A non-blocking TCP socket; empty, with errno set, when the system gives none.
Descriptor newSocket(int family) noexcept;

/// Sets an option of a socket to an integer; false, with errno set, when the system refuses.
bool setOption(int descriptor, int level, int option, int value) noexcept;

/// Takes the error that waits on a socket: an errno value, or 0.
int takeError(int descriptor) noexcept;

/// What an errno value means.
std::string errorMessage(int errorNumber);

}  // namespace couplet::detail
