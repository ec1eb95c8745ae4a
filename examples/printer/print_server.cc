// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Prints what it receives, from any number of clients at once: a coroutine that awaits the next
// connection, and one for each connection that awaits the next bytes.
#include <cerrno>
#include <iostream>
#include <string>
#include <utility>

#include <gflags/gflags.h>

#include <couplet/protocols/stream.h>

#include "examples/program/ports.h"
#include "examples/program/program.h"

DEFINE_int32(port, 8888, "port to listen on, at every address; 0: any free one");

namespace {

using namespace couplet;

Deferred<void> print(Stream stream) {
  const std::string peer = stream.getPeer().toString();
  try {
    while (auto bytes = co_await stream.read()) {
      std::cout << "Receiving from: " << peer << "\n" << *bytes << std::flush;
    }
  } catch (const ConnectionLost&) {  // a client that was killed is gone as any other
  }
  std::cout << "Connection closed: " << peer << std::endl;
}

Deferred<void> serve(StreamListener& listener, RunningWork& running) {
  while (Stream stream = co_await listener.accept()) {
    std::cout << "Connection from: " << stream.getPeer() << std::endl;
    running.add(print(std::move(stream)));
    std::cout << "Next connection..." << std::endl;
  }
}

StreamListener listen(Reactor& reactor) {
  examples::requireListenable(FLAGS_port);
  try {
    return listenStream(reactor, FLAGS_port, {.interface = "::"});
  } catch (const CannotListenError& error) {
    const bool taken = error.errorNumber() == EADDRINUSE;
    throw examples::ProgramError(taken ? examples::kAddressInUse : examples::kFailure,
                                 error.what());
  }
}

int printServer(const examples::Arguments& arguments) {
  if (!arguments.empty()) throw examples::UsageError("Bad arguments.");
  const auto reactor = newReactor();
  StreamListener listener = listen(*reactor);
  RunningWork running;
  reactor->callWhenRunning([&] {
    std::cout << "Listening on: " << listener.getHost() << std::endl;
    running.add(serve(listener, running));
  });
  reactor->run();
  return examples::kSuccess;
}

}  // namespace

int main(int argc, char** argv) {
  return examples::runProgram(
      argc, argv, {"[FLAG]...", "Prints what it receives, until it is interrupted."}, printServer);
}
