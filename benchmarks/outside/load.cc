// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asks a server, and tells what it costs. Counts bytes and parses nothing, so that the server and
// not this program is what is measured; run both on one core.
//
//     load PORT FILE --answer=36 --connections=64 --depth=1 [--greeting=10] [--greeted=10]
//          [--pid=PID]
//
// FILE has the bytes of `depth` messages, `--answer` says how many come back for each. So many are
// in flight on each connection, sent at once when the last ones are answered, and are exchanged on
// each when it is made. Before these come, where the protocol has some, as many bytes as
// `--greeting` says, once, from the beginning of FILE, for which `--greeted` come back. Then it
// does what each line of its input says:
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
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  int port = 0;
  std::string greeting = {};
  std::size_t greeted = 0;  ///< bytes
  std::string batch;        ///< `depth` messages
  std::size_t answer = 0;   ///< bytes, to each of them
  int connections = 64;
  int depth = 1;
  std::string pid = {};  ///< the server's; empty: its CPU time is not asked for
};

constexpr auto kWarmUp = std::chrono::milliseconds(50);

[[noreturn]] void fail(const std::string& why) {
  std::cerr << "load: " << why << "\n";
  std::exit(1);
}

int require(int result, const char* call) {
  if (result < 0) fail(std::string(call) + ": " + std::strerror(errno));
  return result;
}

std::string bytesOf(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(std::string("cannot read ") + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Options parse(int argc, char** argv) {
  if (argc < 4) {
    fail(
        "usage: load PORT FILE --answer=N [--connections=N] [--depth=N] [--greeting=N] "
        "[--greeted=N] [--pid=PID]");
  }
  Options options;
  options.port = std::atoi(argv[1]);
  options.batch = bytesOf(argv[2]);
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string value = word.substr(word.find('=') + 1);
    if (word.rfind("--answer=", 0) == 0) {
      options.answer = std::stoul(value);
    } else if (word.rfind("--connections=", 0) == 0) {
      options.connections = std::stoi(value);
    } else if (word.rfind("--depth=", 0) == 0) {
      options.depth = std::stoi(value);
    } else if (word.rfind("--greeting=", 0) == 0) {
      options.greeting = options.batch.substr(0, std::stoul(value));
    } else if (word.rfind("--greeted=", 0) == 0) {
      options.greeted = std::stoul(value);
    } else if (word.rfind("--pid=", 0) == 0) {
      options.pid = value;
    } else {
      fail("unknown option: " + word);
    }
  }
  if (options.answer == 0) fail("--answer is missing");
  options.batch.erase(0, options.greeting.size());
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

/// What is sent at once on a connection: the bytes that are to go, and to come.
struct Batch {
  std::size_t unsent = 0;
  std::size_t unanswered = 0;
  bool inFlight = false;
};

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options), epoll_(require(epoll_create1(0), "epoll_create1")) {
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
    greet(fd);
    watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    fds_.push_back(fd);
    if (batches_.size() <= static_cast<std::size_t>(fd)) batches_.resize(fd + 1);
    last_ = 0;
    sendBatch(fd);
    finish();  // so that the server accepts at this pace
  }

  /// Says what comes once, and takes what is said to it.
  void greet(int fd) {
    const std::string& greeting = options_.greeting;
    if (send(fd, greeting.data(), greeting.size(), MSG_NOSIGNAL) < 0) fail("it does not read");
    std::size_t missing = options_.greeted;
    while (missing > 0) {
      const ssize_t count = recv(fd, buffer_.data(), missing, 0);
      if (count <= 0) fail("the server does not greet");
      missing -= count;
    }
  }

  void watch(int operation, int fd, std::uint32_t interest) {
    epoll_event event{};
    event.events = interest;
    event.data.fd = fd;
    require(epoll_ctl(epoll_, operation, fd, &event), "epoll_ctl");
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
    for (int i = 0; i < count; ++i) handle(events[i]);
  }

  void handle(const epoll_event& event) {
    const int fd = event.data.fd;
    if (event.events & EPOLLOUT) sendRest(fd);
    if (event.events & ~EPOLLOUT) receive(fd);
    Batch& batch = batches_[fd];
    if (!batch.inFlight || batch.unsent > 0 || batch.unanswered > 0) return;
    batch.inFlight = false;
    answered_ += options_.depth;
    inFlight_ -= options_.depth;
    if (answered_ + inFlight_ < last_) sendBatch(fd);
  }

  void receive(int fd) {
    const ssize_t count = recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count <= 0) fail("the server has closed a connection");
    Batch& batch = batches_[fd];
    if (static_cast<std::size_t>(count) > batch.unanswered) {
      fail("the server answers more than it was asked");
    }
    batch.unanswered -= count;
  }

  void sendBatch(int fd) {
    batches_[fd] = {options_.batch.size(), options_.answer * options_.depth, true};
    inFlight_ += options_.depth;
    if (!trySend(fd)) watch(EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLOUT);
  }

  void sendRest(int fd) {
    if (trySend(fd)) watch(EPOLL_CTL_MOD, fd, EPOLLIN);
  }

  /// Whether all is sent now.
  bool trySend(int fd) {
    std::size_t& unsent = batches_[fd].unsent;
    const char* const from = options_.batch.data() + options_.batch.size() - unsent;
    const ssize_t count = send(fd, from, unsent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) fail("the server does not read");
    if (count > 0) unsent -= count;
    return unsent == 0;
  }

  Options options_;
  int epoll_;
  std::vector<int> fds_;
  std::vector<Batch> batches_;  // the current ones, by descriptor
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
