// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// 10,000 clients, in a process of their own, come at once and leave as they like: none is lost,
// none is leaked.
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <ostream>
#include <random>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/failure.h>
#include <couplet/protocols/netstring.h>
#include <couplet/reactor/libevent_reactor.h>

#include "fault_scenario.h"
#include "tests/deferred/support/allocations.h"

namespace couplet {
namespace {

using namespace std::chrono_literals;

constexpr int kClients = 10'000;
constexpr unsigned kSeed = 20'260'301;
constexpr std::string_view kMessage = "11:hello crowd!,";

// The clients: plain sockets, in a child process.

enum class Leaving { kOrderly, kHalfClosed, kReset, kMidMessage };

[[noreturn]] void give(const char* what) {
  std::perror(what);
  ::_exit(2);
}

class Client {
 public:
  /// Leaves after so many messages, and their echoes.
  Client(int set, const ::sockaddr_in& server, Leaving leaving, int messages)
      : leaving_(leaving),
        messages_(messages),
        socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) give("socket");
    if (::connect(socket_, reinterpret_cast<const ::sockaddr*>(&server), sizeof server) < 0 &&
        errno != EINPROGRESS) {
      give("connect");
    }
    ::epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = this;
    if (::epoll_ctl(set, EPOLL_CTL_ADD, socket_, &event) < 0) give("epoll_ctl");
  }

  /// True when it has left.
  bool go(unsigned events) {
    if (!speaking_ && (events & EPOLLOUT)) {
      speaking_ = true;
      speak();
    }
    receive();
    while (received_ >= kMessage.size()) {
      received_ -= kMessage.size();
      if (--messages_ == 0) return finish();
      speak();
    }
    return ended_ ? leave() : false;
  }

 private:
  void speak() {
    std::string_view bytes = kMessage;
    if (leaving_ == Leaving::kMidMessage && messages_ == 1) bytes = bytes.substr(0, 5);
    if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) give("send");
    if (bytes.size() < kMessage.size()) ::shutdown(socket_, SHUT_RDWR);
  }
  void receive() {
    std::array<char, 100> bytes;
    for (;;) {
      ::ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
      if (size < 0 && errno == EAGAIN) return;
      if (size < 0) give("recv");
      if (size == 0) return void(ended_ = true);
      received_ += static_cast<std::size_t>(size);
    }
  }
  bool finish() {
    if (leaving_ != Leaving::kHalfClosed) return leave();
    ::shutdown(socket_, SHUT_WR);
    return false;
  }
  bool leave() {
    ::linger drop{1, 0};
    if (leaving_ == Leaving::kReset) {
      ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &drop, sizeof drop);
    }
    ::close(socket_);
    return true;
  }

  Leaving leaving_;
  int messages_;
  int socket_;
  std::size_t received_ = 0;
  bool speaking_ = false;
  bool ended_ = false;
};

/// The life of the child: all connect before any speaks. Its status is 0 when all were served.
[[noreturn]] void beACrowd(int port, unsigned seed) {
  int set = ::epoll_create1(EPOLL_CLOEXEC);
  ::sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<std::uint16_t>(port));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::mt19937 random(seed);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < kClients; ++i) {
    auto leaving = static_cast<Leaving>(random() % 4);
    clients.push_back(
        std::make_unique<Client>(set, server, leaving, 1 + static_cast<int>(random() % 5)));
  }
  std::array<::epoll_event, 256> events;
  for (int left = 0; left < kClients;) {
    int count = ::epoll_wait(set, events.data(), events.size(), 30'000);
    if (count == 0) give("some client waits for ever");
    for (int i = 0; i < count; ++i) {
      left += static_cast<Client*>(events[i].data.ptr)->go(events[i].events);
    }
  }
  ::_exit(0);
}

// The server

struct Tally {
  int made = 0;
  int lost = 0;
  int alive = 0;
  int messages = 0;
};

class CrowdProtocol : public NetstringReceiver {
 public:
  explicit CrowdProtocol(Tally& tally) : tally_(tally) { ++tally_.alive; }
  ~CrowdProtocol() override { --tally_.alive; }
  void connectionMade() override { ++tally_.made; }
  void stringReceived(std::string_view payload) override {
    ++tally_.messages;
    sendString(payload);
  }
  void connectionLost(const Failure&) override { ++tally_.lost; }

 private:
  Tally& tally_;
};

/// What the process holds.
struct Held {
  std::size_t descriptors = descriptorsOpen();
  long allocations = testing::liveAllocations();
  bool operator==(const Held&) const = default;
};

void PrintTo(const Held& held, std::ostream* out) {
  *out << held.descriptors << " descriptors, " << held.allocations << " allocations";
}

/// Waves of clients that come to one server, one after another.
class BoundsCrowdTest : public ::testing::Test {
 protected:
  void come() {
    child = ::fork();
    if (child == 0) beACrowd(port->getHost().port, kSeed + static_cast<unsigned>(held.size()));
    waitForTheEnd();
  }

  /// Asks every few milliseconds whether the wave is over.
  void waitForTheEnd() {
    reactor.callLater(5ms, [this] {
      if (child != 0 && ::waitpid(child, &status, WNOHANG) == child) child = 0;
      bool over = child == 0 && tally.lost == tally.made && tally.alive == 0;
      over ? waveEnded() : waitForTheEnd();
    });
  }
  void waveEnded() {
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "some client was not served";
    EXPECT_EQ(tally.made, kClients * static_cast<int>(held.size()));
    held.emplace_back();
    if (held.size() <= 2 && !HasFailure()) return come();
    reactor.stop();
  }

  LibeventReactor reactor{{.handleSignals = false}};
  Tally tally;
  std::shared_ptr<ListeningPort> port;
  ::pid_t child = 0;
  int status = -1;
  std::vector<Held> held;  // before the first wave, and after each
};

/// As many descriptors as the system allows; whether that is enough.
bool allowDescriptors(::rlim_t wanted) {
  ::rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max >= wanted;
}

TEST_F(BoundsCrowdTest, TenThousandComeAtOnceAndLeaveAtRandom) {
  if (!allowDescriptors(kClients + 100)) GTEST_SKIP() << "the system allows too few descriptors";
  held.reserve(3);
  port = reactor.listenTCP(0, Factory::forProtocol<CrowdProtocol>(std::ref(tally)),
                           {.interface = "127.0.0.1", .backlog = 4096});
  reactor.callWhenRunning([this] {
    held.emplace_back();
    come();
  });
  reactor.run();
  ASSERT_EQ(held.size(), 3u);
  EXPECT_EQ(held[1].descriptors, held[0].descriptors);
  EXPECT_EQ(held[2], held[1]);  // the first wave made the pools that the second one used
}

}  // namespace
}  // namespace couplet
