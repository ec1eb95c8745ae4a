// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Serves one poem with poll(2) and nothing else: what a reactor spares its users. The tutorial's
// exercise for part 11.
#include <poll.h>

#include <cerrno>
#include <iostream>
#include <list>
#include <system_error>
#include <utility>

#include <couplet/protocols/program/plain_program.h>

#include "poem_file.h"
#include "poem_server_flags.h"
#include "sockets.h"
#include "stop_signals.h"

namespace poetry {

/// Sends one poem to everybody who connects.
class RawPoetryServer {
 public:
  RawPoetryServer(std::vector<Socket> listeners, std::string poem)
      : listeners_(std::move(listeners)), poem_(std::move(poem)) {}

  /// Serves until `stop` becomes readable.
  void serveUntil(const Socket& stop) {
    for (;;) {
      std::vector<pollfd> watched = descriptorsWith(stop);
      const int pause = std::exchange(exhausted_, false) ? kPauseMilliseconds : -1;
      if (poll(watched.data(), watched.size(), pause) < 0)
        throw std::system_error(errno, std::generic_category(), "poll");
      if (watched.front().revents != 0) return;
      auto ready = watched.begin() + 1;
      for (auto reader = readers_.begin(); reader != readers_.end(); ++ready) {
        const bool done = ready->revents != 0 && !sendSome(*reader);
        reader = done ? readers_.erase(reader) : std::next(reader);
      }
      for (const Socket& listener : listeners_) acceptAll(listener);
    }
  }

 private:
  static constexpr int kPauseMilliseconds = 1000;  // when the system has no more descriptors

  struct Reader {
    Socket socket;
    std::size_t sent;
  };

  /// `stop`, the readers in their order, then the listeners, unless there is no room for more
  /// readers.
  std::vector<pollfd> descriptorsWith(const Socket& stop) const {
    std::vector<pollfd> watched{{stop.descriptor(), POLLIN, 0}};
    for (const Reader& reader : readers_)
      watched.push_back({reader.socket.descriptor(), POLLOUT, 0});
    if (exhausted_) return watched;
    for (const Socket& listener : listeners_) watched.push_back({listener.descriptor(), POLLIN, 0});
    return watched;
  }

  void acceptAll(const Socket& listener) {
    std::optional<Socket> connection;
    Accepted accepted;
    while ((accepted = tryAccept(listener, connection)) == Accepted::kOne)
      readers_.push_back({std::move(*connection), 0});
    if (accepted == Accepted::kExhausted) exhausted_ = true;
  }

  /// Whether there is more to send, to somebody who is still there.
  bool sendSome(Reader& reader) const {
    const auto sent = trySend(reader.socket, std::string_view(poem_).substr(reader.sent));
    if (!sent) return false;
    reader.sent += *sent;
    return reader.sent < poem_.size();
  }

  std::vector<Socket> listeners_;
  std::string poem_;
  std::list<Reader> readers_;
  bool exhausted_ = false;  // the last accept failed for want of descriptors
};

int servePoem(const couplet::Arguments& files) {
  if (files.size() != 1) throw couplet::UsageError("Provide exactly one poetry file.");
  const Socket stop = stopSignals();
  std::string poem = readPoem(files.front(), framingFlag());
  std::vector<Socket> listeners = listenOn(FLAGS_iface, FLAGS_port);
  std::cout << "Serving " << files.front() << " on " << hostOf(listeners.front()) << "."
            << std::endl;
  RawPoetryServer(std::move(listeners), std::move(poem)).serveUntil(stop);
  return couplet::kSuccess;
}

}  // namespace poetry

int main(int argc, char** argv) {
  return couplet::runProgram(
      argc, argv, {"[FLAG]... POEM", "Serves the file POEM, with poll and without Couplet."},
      poetry::servePoem);
}
