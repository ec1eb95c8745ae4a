// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Sends every message of a WebSocket back, whatever its path.
//
//     build/release/bin/ws_echo --port=8765
//     new WebSocket('ws://127.0.0.1:8765/')    // in a browser
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gflags/gflags.h>

#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/reactor.h>

#include "examples/program/listening.h"
#include "examples/program/server.h"
#include "examples/websocket/echo_socket.h"

DEFINE_int32(port, 8765, "port to listen on; 0: any free one");
DEFINE_string(iface, "localhost",
              "address to listen on; localhost means 127.0.0.1, and ::1 where it exists");
DEFINE_bool(compression, true, "agree to permessage-deflate where a client offers it");
DEFINE_uint64(max_message, examples::EchoSocket::kMaxMessage,
              "bytes of the longest message that is taken, inflated");
DEFINE_string(
    subprotocol, "",
    "a subprotocol that it speaks; or several, with commas between them, the one it likes "
    "best first");

namespace {

const couplet::Usage kUsage{"[FLAG]...",
                            "Sends every message of a WebSocket back, whatever its path. Pages may "
                            "connect whose origin\n"
                            "is the one that they ask, and programs that name no origin."};

std::vector<std::string> splitAtCommas(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream list(text);
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  return names;
}

couplet::WebSocketServerOptions optionsByFlags() {
  couplet::WebSocketServerOptions options;
  options.socket.messageLimit = FLAGS_max_message;
  if (FLAGS_compression) options.socket.compression.emplace();
  options.subprotocols = splitAtCommas(FLAGS_subprotocol);
  return options;
}

std::shared_ptr<couplet::WebSocketResource> newEcho() {
  try {
    return couplet::webSocketsOf<examples::EchoSocket>(optionsByFlags());
  } catch (const std::invalid_argument& error) {
    throw couplet::UsageError(std::string("--subprotocol: ") + error.what() + ".");
  }
}

void serveEcho(couplet::Reactor& reactor) {
  const auto sockets = newEcho();
  const auto listening =
      examples::listenOn(reactor, FLAGS_iface, FLAGS_port, couplet::newWebSocketFactory(sockets));
  reactor.addShutdownTrigger(couplet::ShutdownPhase::kBefore, [=] {
    listening.stop();
    return sockets->close();
  });
  examples::announce(reactor, "WebSockets", listening.toString());
  reactor.run();
}

}  // namespace

int main(int argc, char** argv) { return examples::runServer(argc, argv, kUsage, serveEcho); }
