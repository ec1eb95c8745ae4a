// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An agent, and the servers that it asks in the hands of the test.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/http/agent.h>
#include <couplet/reactor/testing/memory_reactor.h>

namespace couplet {

class AgentTest : public ::testing::Test {
 protected:
  /// What the tests ask with; made of `options` when it is first used.
  Agent& agent() {
    if (!agent_) agent_ = std::make_unique<Agent>(reactor, std::move(options));
    return *agent_;
  }
  Deferred<Response> get(std::string_view url = "http://a/") { return agent().request("GET", url); }

  /// The other end of the connection that was asked for last.
  testing::MemoryPeer server() {
    auto peer = reactor.tcpClients().back().succeed();
    reactor.flush();
    return peer;
  }
  /// What the server gets of a request that nobody answers.
  std::string bytesOf(Deferred<Response> response) {
    auto peer = server();
    std::move(response).discard();
    return std::string(peer.value());
  }
  std::size_t connections() const { return reactor.tcpClients().size(); }

  void send(testing::MemoryPeer& peer, std::string_view bytes) {
    peer.write(bytes);
    reactor.flush();
  }

  /// Answers what was asked with `poem`, so that the connection may be used again.
  void answer(testing::MemoryPeer& peer) {
    peer.clear();
    send(peer, kPoem);
  }

  /// The body of a response that has come.
  std::string bodyOf(Deferred<Response>& response) {
    Deferred<std::string> body = readBody(testing::successResultOf(response));
    reactor.flush();
    return testing::successResultOf(body);
  }

  static constexpr std::string_view kPoem = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npoem";

  AgentOptions options;
  testing::MemoryReactor reactor;

 private:
  std::unique_ptr<Agent> agent_;
};

}  // namespace couplet
