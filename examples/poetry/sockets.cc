// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "sockets.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include <couplet/protocols/program/plain_program.h>

#include "examples/program/ports.h"

namespace poetry {

namespace {

constexpr int kBacklog = 511;
constexpr int kPortTries = 10;

struct Endpoint {
  std::string host;
  int port;
};

std::string toString(const Endpoint& endpoint) {
  const bool isIPv6 = endpoint.host.find(':') != std::string::npos;
  return (isIPv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

AddressList resolve(const std::string& address, int port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) throw couplet::UsageError(address + ": " + gai_strerror(error));
  return AddressList(found, freeaddrinfo);
}

/// Throws std::system_error.
Socket listenAt(const std::string& address, int port) {
  const AddressList where = resolve(address, port);
  const int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  Socket socket(::socket(where->ai_family, type, 0));
  const int on = 1;
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (where->ai_family == AF_INET6)
    setsockopt(socket.descriptor(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  if (socket.descriptor() < 0 ||
      bind(socket.descriptor(), where->ai_addr, where->ai_addrlen) != 0 ||
      listen(socket.descriptor(), kBacklog) != 0) {
    const int error = errno;
    throw std::system_error(error, std::generic_category(),
                            "Couldn't listen on " + toString({address, port}));
  }
  return socket;
}

Endpoint endpointOf(const Socket& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getsockname(socket.descriptor(), address, &size) != 0)
    throw std::system_error(errno, std::generic_category(), "getsockname");
  getnameinfo(address, size, host, sizeof(host), port, sizeof(port),
              NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, std::stoi(port)};
}

bool isMissing(const std::system_error& error) {
  return error.code().value() == EADDRNOTAVAIL || error.code().value() == EAFNOSUPPORT;
}

bool isInUse(const std::system_error& error) { return error.code().value() == EADDRINUSE; }

/// Throws std::system_error.
std::vector<Socket> listenOnEach(const std::vector<std::string>& addresses, int port) {
  std::vector<Socket> listeners;
  for (const std::string& address : addresses) {
    try {
      listeners.push_back(listenAt(address, port));
    } catch (const std::system_error& error) {
      if (listeners.empty() || !isMissing(error)) throw;
    }
    port = endpointOf(listeners.front()).port;
  }
  return listeners;
}

}  // namespace

Socket::Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Socket::~Socket() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::vector<Socket> listenOn(const std::string& iface, int port) {
  examples::requireListenable(port);
  const std::vector<std::string> addresses = examples::addressesOf(iface);
  for (int attempt = 1;; ++attempt) {
    try {
      return listenOnEach(addresses, port);
    } catch (const std::system_error& error) {
      // A port that the system chose for the first address may be taken on the second one.
      if (port == 0 && isInUse(error) && attempt < kPortTries) continue;
      throw couplet::ProgramError(isInUse(error) ? examples::kAddressInUse : couplet::kFailure,
                                  error.what() + std::string("."));
    }
  }
}

std::string hostOf(const Socket& socket) { return toString(endpointOf(socket)); }

Accepted tryAccept(const Socket& listener, std::optional<Socket>& connection) {
  const int descriptor =
      accept4(listener.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor >= 0) {
    connection.emplace(descriptor);
    return Accepted::kOne;
  }
  const bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
  return exhausted ? Accepted::kExhausted : Accepted::kNone;
}

std::optional<std::size_t> trySend(const Socket& socket, std::string_view bytes) {
  const ssize_t sent = send(socket.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EAGAIN || errno == EINTR) return 0;
  return std::nullopt;
}

}  // namespace poetry
