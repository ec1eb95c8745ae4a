// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A circuit without a network.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/websocket/websocket.h>
#include <couplet/protocols/websocket/websocket_client.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "examples/circuit/board.h"
#include "examples/circuit/static_mesh.h"

namespace circuit {

class CircuitTest : public ::testing::Test {
 protected:
  CircuitTest() { reactor.start(); }

  /// All lines so far, which are forgotten.
  std::vector<std::string> lines() {
    std::vector<std::string> found;
    std::istringstream text(out.str());
    for (std::string line; std::getline(text, line);) found.push_back(line);
    out.str("");
    return found;
  }

  /// Connects to `port`, and gives the socket.
  couplet::WebSocket connect(int port, const std::string& path = "/datafeed") {
    const std::string url = "ws://localhost:" + std::to_string(port) + path;
    auto socket = couplet::connectWebSocket(reactor, url);
    reactor.flush();
    return couplet::testing::successResultOf(socket);
  }

  /// What comes of `data` on `socket`.
  std::string ask(couplet::WebSocket& socket, std::string_view data) {
    couplet::testing::successResultOf(socket.send(data));
    reactor.flush();
    return received(socket);
  }

  std::string received(couplet::WebSocket& socket) {
    auto answer = socket.receive();
    reactor.flush();
    return couplet::testing::successResultOf(answer).value().payload;
  }

  couplet::testing::MemoryReactor reactor;
  std::ostringstream out;
  StaticMesh mesh{out};
  Board board{reactor, mesh, out};
};

}  // namespace circuit
