// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A site in memory, and a client whose bytes the test writes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/protocols/http/site.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {

class SiteTest : public ::testing::Test {
 protected:
  static constexpr std::time_t kNow = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

  SiteTest() {
    options.wallTime = [] { return kNow; };
  }

  /// Serves the router, and connects.
  void serve() {
    reactor.listenTCP(8080, std::make_shared<Site>(std::move(router), std::move(options)));
    connect();
  }
  void connect() {
    client.emplace(reactor.tcpServers().at(0).connect());
    reactor.flush();
  }

  /// What the client has got, after it sent this.
  std::string send(std::string_view bytes) {
    client->write(bytes);
    reactor.flush();
    return received();
  }
  std::string received() {
    std::string bytes(client->value());
    client->clear();
    return bytes;
  }

  /// A text as the server sends it, with `added` lines behind its own.
  static std::string text(std::string_view body, std::string_view added = "") {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n" + std::string(added) +
           "Content-Type: text/plain; charset=utf-8\r\n\r\n" + std::string(body);
  }

  Router router;
  SiteOptions options;
  testing::MemoryReactor reactor;
  std::optional<testing::MemoryPeer> client;
};

}  // namespace couplet
