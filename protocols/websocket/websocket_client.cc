// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/websocket_client.h>

#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/agent.h>
#include <couplet/protocols/websocket/detail/handshake.h>
#include <couplet/protocols/websocket/detail/open_websockets.h>

namespace couplet {

namespace {

bool beginsWith(std::string_view text, std::string_view scheme) noexcept {
  if (text.size() < scheme.size()) return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != scheme[i]) return false;
  }
  return true;
}

/// Where to ask for the WebSocket: RFC 6455, 3.
Url urlOf(std::string_view text) {
  if (beginsWith(text, "wss:")) throw InvalidUrlError("wss needs TLS, which is not spoken yet");
  if (!beginsWith(text, "ws:")) throw InvalidUrlError("the scheme of a WebSocket is ws");
  Url url = Url::parse("http" + std::string(text.substr(2)));
  if (url.fragment()) throw InvalidUrlError("the URL of a WebSocket has no fragment");
  return url;
}

/// What is known of an attempt, until its answer is there.
struct Attempt {
  Attempt(WebSocketProtocol& protocol, const WebSocketClientOptions& options)
      : protocol(protocol),
        subprotocols(options.subprotocols),
        all(std::make_shared<detail::OpenWebSockets>(options.socket)),
        handshake(subprotocols, all->options().compression) {}

  /// The connection is the protocol's already.
  void answered(const Response& response) {
    try {
      protocol.agreed(WebSocketSide::kClient, all, handshake.agree(response));
    } catch (...) {
      if (response.status == 101) protocol.transport().failConnection(Failure::current());
      throw;
    }
  }

  WebSocketProtocol& protocol;
  const std::vector<std::string> subprotocols;
  const std::shared_ptr<detail::OpenWebSockets> all;
  const detail::ClientHandshake handshake;
};

}  // namespace

Deferred<void> openWebSocket(Reactor& reactor, std::string_view url,
                             std::unique_ptr<WebSocketProtocol> protocol,
                             const WebSocketClientOptions& options, SourceLocation here) {
  return maybeDeferred(
      [&] {
        if (!protocol) throw std::invalid_argument("openWebSocket: there is no protocol");
        const Url asked = urlOf(url);
        detail::requireTokens(options.subprotocols);
        auto attempt = std::make_unique<Attempt>(*protocol, options);
        Headers headers = options.headers;
        attempt->handshake.addTo(headers);
        Agent agent(reactor, {.limits = options.limits,
                              .connectTimeout = options.connectTimeout,
                              .headTimeout = options.handshakeTimeout});
        return agent.upgrade(asked, std::move(headers), std::move(protocol))
            .addCallback([attempt = std::move(attempt)](const Response& response) {
              attempt->answered(response);
            });
      },
      here);
}

Deferred<WebSocket> connectWebSocket(Reactor& reactor, std::string_view url,
                                     const WebSocketClientOptions& options, SourceLocation here) {
  auto opened = std::make_shared<WebSocket>();
  auto conversation = std::make_unique<WebSocketConversation>(
      [opened](WebSocket socket) { *opened = std::move(socket); });
  return openWebSocket(reactor, url, std::move(conversation), options, here)
      .addCallback([opened] { return std::move(*opened); }, here);
}

}  // namespace couplet
