// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Connects to servers of WebSockets.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/limits.h>
#include <couplet/protocols/websocket/websocket.h>
#include <couplet/protocols/websocket/websocket_protocol.h>

#pragma GCC visibility push(default)
namespace couplet {

class Reactor;

/// How to connect. Make it beforehand and give it by name: GCC 12 destroys what is made by braces
/// in a `co_await connectWebSocket(..., {...})` twice.
struct WebSocketClientOptions {
  WebSocketClientOptions() = default;  // so that it cannot be made by braces

  WebSocketOptions socket{};

  /// Those that this side speaks, the one it likes best first. The server picks one, or none.
  std::vector<std::string> subprotocols{};

  /// More fields of the request: Origin, Authorization, Cookie.
  Headers headers{};

  /// For the connection, with the look-up of the name, and for the answer: ConnectTimeoutError,
  /// TimeoutError.
  Duration connectTimeout = std::chrono::seconds(30);
  Duration handshakeTimeout = std::chrono::seconds(30);

  /// What the answer may be at most.
  HTTPLimits limits{};
};

/// Connects to `url`, "ws://host[:port][/path][?query]", and lets `protocol` speak there. Fires
/// when it was opened, with the protocol, which the connection owns: it is valid until it was
/// `closed`. Fails with InvalidUrlError, a ConnectError, WebSocketHandshakeError where the answer
/// is no WebSocket, or another error of HTTP; the protocol is destroyed then. Cancelling gives it
/// up. "wss" is refused until there is TLS. The reactor must outlive the connection.
///
///     connectWebSocket(reactor, "ws://localhost:8765/feed", std::make_unique<Feed>())
template <class P>
Deferred<P*> connectWebSocket(Reactor& reactor, std::string_view url, std::unique_ptr<P> protocol,
                              const WebSocketClientOptions& options = {},
                              SourceLocation here = SourceLocation::current());

/// The same, for a conversation:
///
///     WebSocket socket = co_await connectWebSocket(reactor, "ws://localhost:8765/feed");
Deferred<WebSocket> connectWebSocket(Reactor& reactor, std::string_view url,
                                     const WebSocketClientOptions& options = {},
                                     SourceLocation here = SourceLocation::current());

/// What the first calls.
Deferred<void> openWebSocket(Reactor& reactor, std::string_view url,
                             std::unique_ptr<WebSocketProtocol> protocol,
                             const WebSocketClientOptions& options = {},
                             SourceLocation here = SourceLocation::current());

template <class P>
Deferred<P*> connectWebSocket(Reactor& reactor, std::string_view url, std::unique_ptr<P> protocol,
                              const WebSocketClientOptions& options, SourceLocation here) {
  P* const made = protocol.get();
  return openWebSocket(reactor, url, std::move(protocol), options, here)
      .addCallback([made] { return made; }, here);
}

}  // namespace couplet
#pragma GCC visibility pop
