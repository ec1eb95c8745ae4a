// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Plain non-blocking sockets, for the servers that do without Couplet's transports.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace poetry {

/// Owns a descriptor.
class Socket {
 public:
  explicit Socket(int descriptor) noexcept : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;  // -1 when moved from
};

/// Listens on `port` (0: any free one, the same for all) of each address that `iface` means; the
/// first comes first. Throws UsageError, or ProgramError when a port cannot be had.
std::vector<Socket> listenOn(const std::string& iface, int port);

/// Where a socket listens: `127.0.0.1:10002`.
std::string hostOf(const Socket& socket);

/// What became of an attempt to accept.
enum class Accepted { kOne, kNone, kExhausted };  ///< kExhausted: no more descriptors for now

/// Accepts one connection into `connection`.
Accepted tryAccept(const Socket& listener, std::optional<Socket>& connection);

/// Sends what the peer will take of `bytes` and returns how many that were; nothing when it is
/// gone.
std::optional<std::size_t> trySend(const Socket& socket, std::string_view bytes);

}  // namespace poetry
