// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Serves one poem on sockets of its own that a reactor watches: below Couplet's transports,
// protocols and factories, and above poll. The tutorial's exercise for part 11.
#include <chrono>
#include <list>
#include <memory>
#include <utility>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/libevent_reactor.h>

#include "examples/program/listening.h"
#include "poem_file.h"
#include "poem_server_flags.h"
#include "sockets.h"

namespace poetry {

using couplet::FileDescriptor;
using couplet::LibeventReactor;

class PoetryServer;

/// Somebody who gets the poem.
class PoemWriter : public FileDescriptor {
 public:
  PoemWriter(PoetryServer& server, Socket socket, std::string_view poem)
      : server_(server), socket_(std::move(socket)), unsent_(poem) {}

  int fileno() const override { return socket_.descriptor(); }
  void doWrite() override;

 private:
  PoetryServer& server_;
  Socket socket_;
  std::string_view unsent_;
};

/// Somewhere to come for the poem.
class PoemListener : public FileDescriptor {
 public:
  PoemListener(PoetryServer& server, Socket socket) : server_(server), socket_(std::move(socket)) {}

  int fileno() const override { return socket_.descriptor(); }
  void doRead() override;

 private:
  PoetryServer& server_;
  Socket socket_;
};

/// Sends one poem to everybody who connects. The reactor must outlive it.
class PoetryServer {
 public:
  PoetryServer(LibeventReactor& reactor, std::vector<Socket> listeners, std::string poem)
      : reactor_(reactor), poem_(std::move(poem)) {
    for (Socket& listener : listeners) listeners_.emplace_back(*this, std::move(listener));
    for (PoemListener& listener : listeners_) reactor_.addReader(listener);
  }

  ~PoetryServer() {
    for (PoemListener& listener : listeners_) reactor_.removeReader(listener);
    for (PoemWriter& writer : writers_) reactor_.removeWriter(writer);
  }

  void welcome(Socket connection) {
    reactor_.addWriter(writers_.emplace_back(*this, std::move(connection), poem_));
  }

  /// Takes leave of `writer`: not at once, since it is the one that says so.
  void farewell(PoemWriter& writer) {
    reactor_.removeWriter(writer);
    reactor_.callLater(couplet::Duration::zero(), [this, &writer] {
      writers_.remove_if([&](const PoemWriter& other) { return &other == &writer; });
    });
  }

  /// The system has no descriptors left: waits for some to come back.
  void rest(PoemListener& listener) {
    reactor_.removeReader(listener);
    reactor_.callLater(std::chrono::seconds(1),
                       [this, &listener] { reactor_.addReader(listener); });
  }

 private:
  LibeventReactor& reactor_;
  std::string poem_;
  std::list<PoemListener> listeners_;
  std::list<PoemWriter> writers_;
};

void PoemWriter::doWrite() {
  const auto sent = trySend(socket_, unsent_);
  if (sent) unsent_.remove_prefix(*sent);
  if (!sent || unsent_.empty()) server_.farewell(*this);
}

void PoemListener::doRead() {
  std::optional<Socket> connection;
  Accepted accepted;
  while ((accepted = tryAccept(socket_, connection)) == Accepted::kOne)
    server_.welcome(std::move(*connection));
  if (accepted == Accepted::kExhausted) server_.rest(*this);
}

int servePoem(const couplet::Arguments& files) {
  if (files.size() != 1) throw couplet::UsageError("Provide exactly one poetry file.");
  std::string poem = readPoem(files.front(), framingFlag());
  std::vector<Socket> listeners = listenOn(FLAGS_iface, FLAGS_port);
  const std::string where = hostOf(listeners.front());
  LibeventReactor reactor;
  const PoetryServer server(reactor, std::move(listeners), std::move(poem));
  examples::announce(reactor, files.front(), where);
  reactor.run();
  return couplet::kSuccess;
}

}  // namespace poetry

int main(int argc, char** argv) {
  return couplet::runProgram(
      argc, argv, {"[FLAG]... POEM", "Serves the file POEM on sockets that a reactor watches."},
      poetry::servePoem);
}
