// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/socket.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <system_error>

namespace couplet::detail {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void Descriptor::reset() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

SocketAddress::SocketAddress() noexcept : storage_{} {}

SocketAddress::SocketAddress(const ::sockaddr* address, ::socklen_t size) noexcept : storage_{} {
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6) return;
  std::memcpy(&storage_, address, std::min<std::size_t>(size, sizeof storage_));
}

std::optional<SocketAddress> SocketAddress::parse(const std::string& host, int port) {
  ::addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  ::addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return {};
  std::unique_ptr<::addrinfo, decltype(&::freeaddrinfo)> guard(found, ::freeaddrinfo);
  return SocketAddress(found->ai_addr, found->ai_addrlen);
}

SocketAddress SocketAddress::ofSocket(int descriptor) noexcept {
  ::sockaddr_storage address{};
  ::socklen_t size = sizeof address;
  auto* place = reinterpret_cast<::sockaddr*>(&address);
  if (::getsockname(descriptor, place, &size) != 0) return {};
  return SocketAddress(place, size);
}

::socklen_t SocketAddress::size() const noexcept {
  return family() == AF_INET ? sizeof(::sockaddr_in) : sizeof(::sockaddr_in6);
}

Address SocketAddress::address() const {
  std::array<char, NI_MAXHOST> host{};
  if (family() == AF_INET) {
    ::sockaddr_in address{};
    std::memcpy(&address, &storage_, sizeof address);
    ::inet_ntop(AF_INET, &address.sin_addr, host.data(), host.size());
  } else if (IN6_IS_ADDR_V4MAPPED(&storage_.sin6_addr)) {
    ::inet_ntop(AF_INET, storage_.sin6_addr.s6_addr + 12, host.data(), host.size());
  } else if (family() == AF_INET6) {
    ::getnameinfo(data(), size(), host.data(), host.size(), nullptr, 0, NI_NUMERICHOST);
  }
  return {host.data(), ntohs(storage_.sin6_port)};  // the port is at the same place in both
}

Descriptor newSocket(int family) noexcept {
  return Descriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
}

bool setOption(int descriptor, int level, int option, int value) noexcept {
  return ::setsockopt(descriptor, level, option, &value, sizeof value) == 0;
}

int takeError(int descriptor) noexcept {
  int error = 0;
  ::socklen_t size = sizeof error;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

std::string errorMessage(int errorNumber) { return std::generic_category().message(errorNumber); }

}  // namespace couplet::detail
