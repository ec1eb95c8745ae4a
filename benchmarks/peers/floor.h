// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The floor: a server on bare epoll, with nothing that could be left out. Registered once,
// edge-triggered; one shared buffer to read into, one to answer from, one send per read.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace peers {

/// Zero or a descriptor of `call`; the program ends where it fails.
inline int require(int result, const char* call) {
  if (result >= 0) return result;
  std::perror(call);
  std::exit(1);
}

/// Each connection has an `Answers`, whose `bool feed(std::string_view bytes, std::string& output)`
/// appends what is to be sent for these bytes; false ends the connection. One that writes over the
/// bytes has `std::optional<std::string_view> answer(char* bytes, std::size_t count, std::string&
/// output)` instead: what is to be sent stands there, or in `output`.
template <class Answers>
class Floor {
 public:
  /// Listens on any port, and prints `Serving <what> on 127.0.0.1:PORT.`
  explicit Floor(const char* what)
      : listener_(require(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket")),
        epoll_(require(epoll_create1(0), "epoll_create1")) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* anyAddress = reinterpret_cast<sockaddr*>(&address);
    require(bind(listener_, anyAddress, length), "bind");
    require(listen(listener_, 511), "listen");
    require(getsockname(listener_, anyAddress, &length), "getsockname");
    watch(listener_, EPOLLIN);
    std::printf("Serving %s on 127.0.0.1:%d.\n", what, ntohs(address.sin_port));
    std::fflush(stdout);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 512> events;
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) handle(events[i]);
    }
  }

 private:
  static constexpr std::size_t kBufferBytes = 256 * 1024;

  struct Connection {
    Answers answers;
    std::string unsent;  // what the system did not take yet
  };

  void watch(int fd, std::uint32_t interest) {
    epoll_event event{};
    event.events = interest;
    event.data.fd = fd;
    require(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }

  void handle(const epoll_event& event) {
    const int fd = event.data.fd;
    if (fd == listener_) return acceptAll();
    Connection& connection = connections_[fd];
    if (!connection.unsent.empty() && !flush(fd, connection)) return drop(fd);
    if ((event.events & ~EPOLLOUT) && !readAll(fd, connection)) drop(fd);
  }

  void acceptAll() {
    for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(fd + 1);
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLET);
    }
  }

  void drop(int fd) {
    connections_[fd] = Connection();
    output_.clear();
    close(fd);
  }

  /// Reads until there is no more. False when the connection is over.
  bool readAll(int fd, Connection& connection) {
    for (;;) {
      const ssize_t count = recv(fd, input_.data(), input_.size(), 0);
      if (count <= 0) return count < 0 && errno == EAGAIN;
      const auto answers = answer(connection.answers, count);
      if (!answers || !send(fd, connection, *answers)) return false;
      if (static_cast<std::size_t>(count) < input_.size()) return true;
    }
  }

  std::optional<std::string_view> answer(Answers& answers, std::size_t count) {
    if constexpr (requires { answers.answer(input_.data(), count, output_); }) {
      return answers.answer(input_.data(), count, output_);
    } else if (answers.feed({input_.data(), count}, output_)) {
      return output_;
    }
    return std::nullopt;
  }

  /// Sends the answers. False when the connection is over.
  bool send(int fd, Connection& connection, std::string_view answers) {
    if (answers.empty()) return true;
    if (connection.unsent.empty()) {
      const ssize_t count = ::send(fd, answers.data(), answers.size(), MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return false;
      answers.remove_prefix(std::max<ssize_t>(count, 0));
    }
    if (!answers.empty()) connection.unsent += answers;
    output_.clear();
    return true;
  }

  /// Sends what was left over. False when the connection is over.
  bool flush(int fd, Connection& connection) {
    const ssize_t count =
        ::send(fd, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN;
    connection.unsent.erase(0, count);
    return true;
  }

  int listener_;
  int epoll_;
  std::vector<Connection> connections_;  // by descriptor
  std::array<char, kBufferBytes> input_;
  std::string output_;
};

}  // namespace peers
