// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Prints what it receives, from any number of clients at once: a coroutine that awaits the next
// connection, and one for each connection that awaits the next bytes.
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/protocols/stream.h>

#include "examples/program/listening.h"
#include "examples/program/server.h"

DEFINE_int32(port, 8888, "port to listen on, at every address; 0: any free one");

using namespace couplet;

Deferred<void> print(Stream stream) {
  const std::string peer = stream.getPeer().toString();
  try {
    while (auto bytes = co_await stream.read())
      std::cout << "Receiving from: " << peer << "\n" << *bytes << std::flush;
  } catch (const ConnectionLost&) {  // a client that was killed is gone as any other
  }
  std::cout << "Connection closed: " << peer << std::endl;
}

Deferred<void> serve(StreamListener& listener, RunningWork& conversations) {
  std::cout << "Listening on: " << listener.getHost() << std::endl;
  while (Stream stream = co_await listener.accept()) {
    std::cout << "Connection from: " << stream.getPeer() << std::endl;
    conversations.add(print(std::move(stream)));
    std::cout << "Next connection..." << std::endl;
  }
}

void printServer(Reactor& reactor) {
  StreamListener listener = examples::listenStreams(reactor, FLAGS_port);
  RunningWork conversations;
  reactor.callWhenRunning([&] { conversations.add(serve(listener, conversations)); });
  reactor.run();
}

int main(int argc, char** argv) {
  return examples::runServer(
      argc, argv, {"[FLAG]...", "Prints what it receives, until it is interrupted."}, printServer);
}
