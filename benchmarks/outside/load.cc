// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asks a netstring echo server, and tells what it costs. Counts bytes and parses nothing, so that
// the server and not this program is what is measured; run both on one core.
//
//     load PORT --connections=64 --depth=1 [--pid=PID]
//
// Each connection has `depth` messages in flight, sent at once when the last ones are answered; so
// many are exchanged on each when it is made. Then it does what each line of its input says:
//
//     seconds 0.4       as many messages as go in that time
//     messages 20000    so many, on all connections together
//
// and answers with `messages seconds serverSeconds ownSeconds`: wall time, CPU time of the process
// PID, and CPU time of this one. In between, and at the first answer `0 0 0 0`, all is quiet.
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  int port = 0;
  int connections = 64;
  int depth = 1;
  std::string pid = {};  ///< the server's; empty: its CPU time is not asked for
};

constexpr std::string_view kMessage = "32:abcdefghijklmnopqrstuvwxyz012345,";
constexpr auto kWarmUp = std::chrono::milliseconds(50);

[[noreturn]] void fail(const std::string& why) {
  std::cerr << "load: " << why << "\n";
  std::exit(1);
}

int require(int result, const char* call) {
  if (result < 0) fail(std::string(call) + ": " + std::strerror(errno));
  return result;
}

Options parse(int argc, char** argv) {
  if (argc < 2) fail("usage: load PORT [--connections=N] [--depth=N] [--pid=PID]");
  Options options;
  options.port = std::atoi(argv[1]);
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string value = word.substr(word.find('=') + 1);
    if (word.rfind("--connections=", 0) == 0) {
      options.connections = std::stoi(value);
    } else if (word.rfind("--depth=", 0) == 0) {
      options.depth = std::stoi(value);
    } else if (word.rfind("--pid=", 0) == 0) {
      options.pid = value;
    } else {
      fail("unknown option: " + word);
    }
  }
  return options;
}

/// The CPU time of all threads of a process so far, by the system's accounts.
double cpuSecondsOf(const std::string& pid) {
  if (pid.empty()) return 0;
  const std::string tasks = "/proc/" + pid + "/task";
  DIR* folder = opendir(tasks.c_str());
  if (!folder) fail("no process " + pid);
  double nanoseconds = 0;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] == '.') continue;
    double taken = 0;
    std::ifstream(tasks + "/" + entry->d_name + "/schedstat") >> taken;
    nanoseconds += taken;
  }
  closedir(folder);
  return nanoseconds / 1e9;
}

double ownCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int dial(int port) {
  const int fd = require(socket(AF_INET, SOCK_STREAM, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  require(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "connect");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options), epoll_(require(epoll_create1(0), "epoll_create1")) {
    for (int i = 0; i < options.depth; ++i) batch_ += kMessage;
    for (int i = 0; i < options.connections; ++i) open();
  }

  /// As many messages as go in that time, after a moment to get going.
  void runFor(Clock::duration time) {
    for (int fd : fds_) sendBatch(fd);
    turnsUntil(Clock::now() + kWarmUp);
    measure([&] { turnsUntil(Clock::now() + time); });
    last_ = 0;
    finish();
  }

  /// So many messages; at least a batch on each connection.
  void runMany(long messages) {
    measure([&] {
      last_ = answered_ + messages;
      for (int fd : fds_) sendBatch(fd);
      finish();
    });
  }

 private:
  void open() {
    const int fd = dial(options_.port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    require(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    fds_.push_back(fd);
    if (received_.size() <= static_cast<std::size_t>(fd)) received_.resize(fd + 1);
    last_ = 0;
    sendBatch(fd);
    finish();  // so that the server accepts at this pace
  }

  /// Does `work` and prints what it came to.
  template <class Work>
  void measure(Work work) {
    const long messages = answered_;
    const auto begun = Clock::now();
    const double server = cpuSecondsOf(options_.pid);
    const double own = ownCpuSeconds();
    work();
    const double ownTaken = ownCpuSeconds() - own;
    const double serverTaken = cpuSecondsOf(options_.pid) - server;
    const double taken = std::chrono::duration<double>(Clock::now() - begun).count();
    std::cout << answered_ - messages << ' ' << taken << ' ' << serverTaken << ' ' << ownTaken
              << std::endl;
  }

  void turnsUntil(Clock::time_point end) {
    while (Clock::now() < end) turn();
  }

  /// Until nothing is in flight.
  void finish() {
    while (inFlight_ > 0) turn();
    last_ = LONG_MAX;
  }

  void turn() {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(epoll_, events.data(), events.size(), 10'000);
    if (count == 0) fail("the server has not answered for 10 s");
    for (int i = 0; i < count; ++i) receive(events[i].data.fd);
  }

  void receive(int fd) {
    const ssize_t count = recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count <= 0) fail("the server has closed a connection");
    received_[fd] += count;
    if (received_[fd] < batch_.size()) return;
    if (received_[fd] > batch_.size()) fail("the server answers more than it was asked");
    received_[fd] = 0;
    answered_ += options_.depth;
    inFlight_ -= options_.depth;
    if (answered_ + inFlight_ < last_) sendBatch(fd);
  }

  void sendBatch(int fd) {
    const ssize_t count = send(fd, batch_.data(), batch_.size(), MSG_NOSIGNAL);
    if (count != static_cast<ssize_t>(batch_.size())) fail("the server does not read");
    inFlight_ += options_.depth;
  }

  Options options_;
  int epoll_;
  std::string batch_;
  std::vector<int> fds_;
  std::vector<std::size_t> received_;  // of the current batch, by descriptor
  std::array<char, 256 * 1024> buffer_;
  long answered_ = 0;
  long inFlight_ = 0;
  long last_ = LONG_MAX;  // no message is sent beyond it
};

void raiseDescriptorLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  raiseDescriptorLimit();
  static Load load(options);  // its buffer is too large for a stack
  std::cout << "0 0 0 0" << std::endl;
  std::string word;
  double number = 0;
  while (std::cin >> word >> number) {
    if (word == "seconds") {
      load.runFor(
          std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(number)));
    } else if (word == "messages") {
      load.runMany(static_cast<long>(number));
    } else {
      fail("unknown command: " + word);
    }
  }
}
