// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: a plain socket, without any Couplet, that does what a well-behaved peer does not.
#pragma once

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace couplet {

/// A connection to a port of 127.0.0.1. The system makes it without the other side's doing.
class RawPeer {
 public:
  explicit RawPeer(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<::sockaddr*>(&address), sizeof address), 0);
  }
  ~RawPeer() { close(); }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  /// Sends what the system takes, and returns how much that is.
  std::size_t send(std::string_view bytes) {
    ::ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }

  /// What has come, at most `most` bytes of it.
  std::string receive(std::size_t most = 1 << 20) {
    std::string bytes(most, '\0');
    ::ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return bytes;
  }

  /// How many segments with data have come.
  unsigned segmentsReceived() const {
    ::tcp_info info{};
    ::socklen_t size = sizeof info;
    ::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_data_segs_in;
  }

  void shutDownOutput() { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  void reset() {
    ::linger drop{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &drop, sizeof drop);
    close();
  }

 private:
  int socket_;
};

}  // namespace couplet
