// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: WebSockets on a site in memory, and a client whose bytes the test writes.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/http/site.h>
#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/testing/memory_reactor.h>
#include "frames.h"

namespace couplet {

using namespace std::chrono_literals;

/// Of RFC 6455, 1.3: a key, and what answers it.
inline constexpr std::string_view kSampleKey = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view kSampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A request for a WebSocket, with more fields.
inline std::string asking(std::string_view target, std::string_view fields = "") {
  return "GET " + std::string(target) +
         " HTTP/1.1\r\nHost: poems.example:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
         std::string(kSampleKey) + "\r\n" + std::string(fields) + "\r\n";
}

/// A browser, as far as the server sees: what it writes and gets.
class Browser {
 public:
  Browser(testing::MemoryReactor& reactor, testing::MemoryPeer peer)
      : reactor_(reactor), peer_(std::move(peer)) {}

  /// Sends this, and gives all that came since the last call.
  std::string send(std::string_view bytes) {
    peer_.write(bytes);
    return received();
  }
  std::string received() {
    reactor_.flush();
    std::string bytes(peer_.value());
    peer_.clear();
    return bytes;
  }

  /// Asks for a WebSocket and gets it.
  void open(std::string_view target = "/", std::string_view fields = "") {
    const std::string head = send(asking(target, fields));
    ASSERT_EQ(head.substr(0, 13), "HTTP/1.1 101 ") << head;
  }

  /// What the server says on the WebSocket, after a frame was sent.
  std::vector<std::string> say(unsigned first, std::string_view payload) {
    return frames::hear(parser_, send(frames::fromClient(first, payload)));
  }
  std::vector<std::string> sayText(std::string_view text) { return say(frames::kText, text); }
  std::vector<std::string> hear() { return frames::hear(parser_, received()); }

  testing::MemoryPeer& peer() { return peer_; }

 private:
  testing::MemoryReactor& reactor_;
  testing::MemoryPeer peer_;
  WebSocketParser parser_{WebSocketSide::kClient, {.message = SIZE_MAX}};
};

class ServedTest : public ::testing::Test {
 protected:
  /// On a port of its own.
  void serve(std::shared_ptr<WebSocketResource> sockets) {
    resource = std::move(sockets);
    reactor.listenTCP(8080, newWebSocketFactory(resource));
  }
  /// Another client of what is served.
  Browser newBrowser() {
    Browser browser(reactor, reactor.tcpServers().at(0).connect());
    reactor.flush();
    return browser;
  }

  testing::MemoryReactor reactor;
  std::shared_ptr<WebSocketResource> resource;
};

}  // namespace couplet
