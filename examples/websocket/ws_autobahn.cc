// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The client that the fuzzing server of the Autobahn test suite examines: it sends back what each
// case sends it.
//
//     wstest -m fuzzingserver &
//     build/release/bin/ws_autobahn ws://127.0.0.1:9001
#include <charconv>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <couplet/protocols/http/percent.h>
#include <couplet/protocols/program/program.h>
#include <couplet/protocols/websocket/websocket_client.h>

#include "examples/websocket/echo_socket.h"

namespace {

using couplet::Deferred;
using couplet::Reactor;
using couplet::WebSocket;
using couplet::WebSocketClientOptions;
using couplet::WebSocketClosed;
using examples::EchoSocket;

/// For the first word of a server, which may be one of another kind.
constexpr couplet::Duration kPatience = std::chrono::seconds(10);

struct Settings {
  std::string agent = "Couplet";  // by which the suite's report calls this client
  bool compression = true;        // whether permessage-deflate is offered

  static constexpr auto kMessage =
      couplet::message("ws_autobahn.Settings", couplet::member("agent", &Settings::agent),
                       couplet::member("compression", &Settings::compression));
};

/// What the fuzzing server says.
int parseCount(const std::string& text) {
  int count = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec == std::errc() && read.ptr == end && count >= 0) return count;
  throw couplet::ProgramError(couplet::kFailure,
                              "The server says '" + text + "', which is no number of cases.");
}

using Received = couplet::Result<std::optional<couplet::WebSocketMessage>>;

Deferred<int> caseCount(Reactor& reactor, const std::string& server,
                        const WebSocketClientOptions& options) {
  WebSocket socket = co_await connectWebSocket(reactor, server + "/getCaseCount", options);
  const auto message = co_await socket.receive().addTimeout(
      kPatience, reactor, [](const Received&, couplet::Duration timeout) -> Received {
        return couplet::Failure(couplet::TimeoutError(timeout, "The wait for a number of cases"));
      });
  co_return parseCount(message ? message->payload : "");
}

/// Sends back what it gets, until the case ends.
Deferred<WebSocketClosed> runCase(Reactor& reactor, const std::string& url,
                                  const WebSocketClientOptions& options) {
  auto protocol = std::make_unique<EchoSocket>();
  EchoSocket* const echo = co_await connectWebSocket(reactor, url, std::move(protocol), options);
  co_return co_await echo->whenClosed();
}

/// The server closes when it has written them.
Deferred<void> updateReports(Reactor& reactor, const std::string& url,
                             const WebSocketClientOptions& options) {
  WebSocket socket = co_await connectWebSocket(reactor, url, options);
  co_await socket.receive();
}

Deferred<void> runSuite(couplet::Program& program, const Settings& settings) {
  if (program.arguments().size() != 1) throw couplet::UsageError("One URL is needed.");
  std::string server = program.arguments().front();
  if (server.ends_with('/')) server.pop_back();
  const std::string agent = "agent=" + couplet::percentEncode(settings.agent);
  WebSocketClientOptions options;
  options.socket.messageLimit = EchoSocket::kMaxMessage;
  if (settings.compression) options.socket.compression.emplace();

  Reactor& reactor = program.reactor();
  const int count = co_await caseCount(reactor, server, options);
  for (int i = 1; i <= count; ++i) {
    const std::string url = server + "/runCase?case=" + std::to_string(i) + "&" + agent;
    const WebSocketClosed why = co_await runCase(reactor, url, options);
    std::cout << "Case " << i << " of " << count << ": " << why.reason().toString() << std::endl;
  }
  co_await updateReports(reactor, server + "/updateReports?" + agent, options);
}

}  // namespace

int main(int argc, char** argv) {
  const couplet::ProgramOptions options{
      "Sends back what each case of the Autobahn suite's fuzzing server sends, then has it write\n"
      "its reports.",
      "URL"};
  return couplet::runProgram(argc, argv, Settings(), runSuite, options);
}
