// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// WebSockets on a web site, or on a port of their own.
//
//     root->putChild("echo", webSocketsOf<Echo>());
//     reactor->listenTCP(8765, webSocketFactoryOf<Echo>());
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/running_work.h>
#include <couplet/protocols/http/resource.h>
#include <couplet/protocols/websocket/websocket.h>
#include <couplet/protocols/websocket/websocket_protocol.h>
#include <couplet/reactor/factory.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What a server of WebSockets accepts.
struct WebSocketServerOptions {
  WebSocketOptions socket{};

  /// The subprotocols that it speaks, the one it likes best first. A client that offers none of
  /// them is accepted without one.
  std::vector<std::string> subprotocols{};

  /// The Origins whose pages may connect, as "https://example.com"; "same" for the one that the
  /// request asks, "*" for any. Others are answered 403: a browser lets every page connect, with
  /// the cookies of its user. Who sends no Origin is no browser, and is accepted.
  std::vector<std::string> origins{"same"};
};

/// Builds what speaks on a WebSocket that `request` asks for; null answers 404, an HTTPError its
/// page. The request is valid during the call.
using WebSocketBuilder = Callable<std::unique_ptr<WebSocketProtocol>(Request& request)>;

/// A Resource that answers GET with a WebSocket. Anything that asks for none gets an error that
/// says what is missing: 426 Upgrade Required, and others of RFC 6455, 4.2. Need not outlive
/// its WebSockets. Belongs to one reactor.
class WebSocketResource : public Resource {
 public:
  /// Throws std::invalid_argument for options that cannot be: a subprotocol that is no token, say.
  explicit WebSocketResource(WebSocketBuilder build, WebSocketServerOptions options = {});
  ~WebSocketResource() override;

  /// Whether it answers for all paths below its own.
  bool isLeaf() const override { return true; }
  BodyWanted bodyWanted(Request&) override { return BodyWanted::kNot; }
  Answer render(Request& request) override;

  /// Closes all WebSockets of this resource, with `reason`; fires when all connections are lost.
  /// Those that do not answer within `patience` are aborted. No more are accepted: 503. Throws as
  /// WebSocketProtocol::close. For a shutdown:
  ///
  ///     reactor->addShutdownTrigger(ShutdownPhase::kBefore,
  ///                                 [=] { return sockets->close(); });
  Deferred<void> close(CloseReason reason = CloseReason(CloseReason::kGoingAway),
                       Duration patience = std::chrono::milliseconds(500));

  /// How many there are.
  std::size_t size() const noexcept;

 private:
  WebSocketBuilder build_;
  const std::vector<std::string> subprotocols_;
  const std::vector<std::string> origins_;
  const std::shared_ptr<detail::OpenWebSockets> all_;
};

/// Each WebSocket gets a `P`, made with the Request that asks for it, or without.
template <class P>
std::shared_ptr<WebSocketResource> webSocketsOf(WebSocketServerOptions options = {}) {
  static_assert(std::is_base_of_v<WebSocketProtocol, P>,
                "couplet: webSocketsOf wants a WebSocketProtocol");
  return std::make_shared<WebSocketResource>(
      [](Request& request) -> std::unique_ptr<WebSocketProtocol> {
        if constexpr (std::is_constructible_v<P, Request&>) {
          return std::make_unique<P>(request);
        } else {
          static_cast<void>(request);
          return std::make_unique<P>();
        }
      },
      std::move(options));
}

/// A builder of conversations: `converse` is called with each WebSocket, and with the target of its
/// request ("/feed?since=3") where it takes one, as a std::string. The Deferred<void> that it
/// returns is kept until it fires, or is discarded when the resource and its WebSockets are gone. A
/// failure of it is reported, and closes with 1011; but a WebSocketClosed of one that is closed
/// just ends it, since the other side may bring that about at any time.
///
///     std::make_shared<WebSocketResource>(conversing(echo))
template <class F>
WebSocketBuilder conversing(F converse);

/// A port that speaks WebSocket and nothing else, whatever the path.
std::shared_ptr<Factory> newWebSocketFactory(std::shared_ptr<WebSocketResource> sockets);

template <class P>
std::shared_ptr<Factory> webSocketFactoryOf(WebSocketServerOptions options = {}) {
  return newWebSocketFactory(webSocketsOf<P>(std::move(options)));
}

template <class F>
WebSocketBuilder conversing(F converse) {
  auto shared = std::make_shared<F>(std::move(converse));
  return [shared, work = std::make_shared<RunningWork>()](Request& request) {
    if constexpr (std::is_invocable_v<F&, WebSocket, std::string>) {
      return std::make_unique<WebSocketConversation>(
          [shared, target = std::string(request.target())](WebSocket socket) {
            return (*shared)(std::move(socket), target);
          },
          work);
    } else {
      static_cast<void>(request);
      return std::make_unique<WebSocketConversation>(
          [shared](WebSocket socket) { return (*shared)(std::move(socket)); }, work);
    }
  };
}

}  // namespace couplet
#pragma GCC visibility pop
