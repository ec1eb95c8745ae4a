// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What it takes to send 1 KiB to many WebSockets, beside as many bare calls of send() with the same
// bytes:
//
//     websocket_broadcast CONNECTIONS ROUNDS
//
// prints for each round the CPU time of this process, in microseconds: `broadcast bare`. The
// clients are in a process of their own, which reads when it is told to.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <couplet/protocols/websocket/broadcast.h>
#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/reactor.h>

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPayloadBytes = 1024;
constexpr std::size_t kFrameBytes = 4 + kPayloadBytes;

constexpr std::string_view kHandshake =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: YSBrZXkgb2YgMTYgYnl0ZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

int require(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void receive(int fd, std::size_t size) {
  std::array<char, kFrameBytes> bytes;
  while (size > 0) {
    const ssize_t count = recv(fd, bytes.data(), std::min(size, bytes.size()), 0);
    if (count <= 0) throw std::runtime_error("a connection is closed");
    size -= count;
  }
}

/// Receives the answer to a handshake, which has nothing after it.
void receiveHead(int fd) {
  std::string head;
  for (char byte; !head.ends_with("\r\n\r\n"); head += byte) {
    if (recv(fd, &byte, 1, 0) <= 0) throw std::runtime_error("a connection is refused");
  }
}

/// The ends of pipes that the two processes tell each other numbers through.
struct Line {
  int in;
  int out;

  int listen() const {
    int number = 0;
    if (read(in, &number, sizeof number) != sizeof number) std::exit(0);
    return number;
  }
  void say(int number) const {
    require(static_cast<int>(write(out, &number, sizeof number)), "write");
  }
};

/// The other process: connects, and receives a message on each connection when it is told so.
class Clients {
 public:
  explicit Clients(Line line) : line_(line) {}

  /// What it is told: the ports, and then any number of 0, for the bare ones, and 1.
  [[noreturn]] void serve(int count) {
    connectAll(sockets_[0], count, {});
    connectAll(sockets_[1], count, kHandshake);
    for (;;) {
      for (int fd : sockets_[line_.listen()]) receive(fd, kFrameBytes);
      line_.say(0);
    }
  }

 private:
  void connectAll(std::vector<int>& sockets, int count, std::string_view greeting) {
    const sockaddr_in address = loopback(line_.listen());
    for (int i = 0; i < count; ++i) {
      const int fd = require(socket(AF_INET, SOCK_STREAM, 0), "socket");
      require(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
      sockets.push_back(fd);
      if (greeting.empty()) continue;
      require(static_cast<int>(send(fd, greeting.data(), greeting.size(), 0)), "send");
      receiveHead(fd);
    }
  }

  Line line_;
  std::array<std::vector<int>, 2> sockets_;
};

class Member : public couplet::WebSocketProtocol {
 public:
  explicit Member(std::vector<Member*>* members) : members_(members) {}
  void opened() override { members_->push_back(this); }

 private:
  std::vector<Member*>* members_;
};

/// CPU time of this process, in microseconds.
double cpuTime() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

class Comparison {
 public:
  Comparison(Line line, int connections, int rounds)
      : line_(line), connections_(connections), rounds_(rounds) {}

  void run() {
    acceptBare();
    const auto factory = couplet::newWebSocketFactory(std::make_shared<couplet::WebSocketResource>(
        [this](couplet::Request&) { return std::make_unique<Member>(&members_); }));
    const auto port = reactor_->listenTCP(0, factory, {.interface = "127.0.0.1", .backlog = 511});
    line_.say(port->getHost().port);
    await();
    reactor_->run();
  }

 private:
  void acceptBare() {
    const int listener = require(socket(AF_INET, SOCK_STREAM, 0), "socket");
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    auto* anyAddress = reinterpret_cast<sockaddr*>(&address);
    require(bind(listener, anyAddress, length), "bind");
    require(listen(listener, 511), "listen");
    require(getsockname(listener, anyAddress, &length), "getsockname");
    line_.say(ntohs(address.sin_port));
    for (int i = 0; i < connections_; ++i) {
      const int fd = require(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK), "accept4");
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      bare_.push_back(fd);
    }
    close(listener);
  }

  /// Until all WebSockets stand.
  void await() {
    if (members_.size() == static_cast<std::size_t>(connections_)) return runRound();
    reactor_->callLater(10ms, [this] { await(); });
  }

  void runRound() {
    if (rounds_-- == 0) return reactor_->stop();
    const double begun = cpuTime();
    couplet::broadcast(members_, message_);
    reactor_->callLater(0ms, [this, begun] {  // the turn has sent what there was
      const double taken = cpuTime() - begun;
      receiveAll(1);
      const double bare = sendBare();
      std::cout << taken << ' ' << bare << std::endl;
      receiveAll(0);
      reactor_->callLater(0ms, [this] { runRound(); });
    });
  }

  double sendBare() {
    const double begun = cpuTime();
    for (int fd : bare_) {
      const auto count = send(fd, frame_.data(), frame_.size(), MSG_NOSIGNAL);
      if (count != static_cast<ssize_t>(frame_.size())) throw std::runtime_error("a short send");
    }
    return cpuTime() - begun;
  }

  void receiveAll(int which) {
    line_.say(which);
    line_.listen();
  }

  const Line line_;
  const int connections_;
  int rounds_;
  const std::string payload_ = std::string(kPayloadBytes, 'x');
  const std::string frame_ = std::string("\x82\x7e\x04\x00", 4) + payload_;
  const couplet::PreparedMessage message_ = couplet::PreparedMessage::binary(payload_);
  std::vector<int> bare_;
  std::vector<Member*> members_;  // owned by their connections
  std::shared_ptr<couplet::Reactor> reactor_ = couplet::newReactor();
};

void raiseDescriptorLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: websocket_broadcast CONNECTIONS ROUNDS\n";
    return 1;
  }
  const int connections = std::atoi(argv[1]);
  raiseDescriptorLimit();
  std::array<int, 2> down;
  std::array<int, 2> up;
  require(pipe(down.data()), "pipe");
  require(pipe(up.data()), "pipe");
  if (require(fork(), "fork") == 0) {
    close(down[1]);
    Clients({down[0], up[1]}).serve(connections);
  }
  close(down[0]);
  close(up[1]);
  Comparison({up[0], down[1]}, connections, std::atoi(argv[2])).run();
}
