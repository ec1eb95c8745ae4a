// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/websocket_resource.h>

#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/built_before.h>
#include <couplet/protocols/http/site.h>
#include <couplet/protocols/websocket/detail/handshake.h>
#include <couplet/protocols/websocket/detail/open_websockets.h>

namespace couplet {

namespace {}  // namespace

WebSocketResource::WebSocketResource(WebSocketBuilder build, WebSocketServerOptions options)
    : build_(std::move(build)),
      subprotocols_(std::move(options.subprotocols)),
      origins_(std::move(options.origins)),
      all_(std::make_shared<detail::OpenWebSockets>(std::move(options.socket))) {
  if (!build_) throw std::invalid_argument("WebSocketResource: it needs a builder");
  detail::requireTokens(subprotocols_);
}

WebSocketResource::~WebSocketResource() = default;

Answer WebSocketResource::render(Request& request) {
  if (all_->closing()) throw HTTPError(503);
  detail::ServerHandshake handshake =
      detail::answerHandshake(request, {subprotocols_, origins_, all_->options().compression});
  std::unique_ptr<WebSocketProtocol> protocol = build_(request);
  if (!protocol) throw HTTPError(404);
  protocol->agreed(WebSocketSide::kServer, all_, handshake.agreement);
  Response response =
      Response::upgrade("websocket", std::make_shared<detail::BuiltBefore>(std::move(protocol)));
  for (const auto& [name, value] : handshake.headers) response.headers.add(name, value);
  return response;
}

Deferred<void> WebSocketResource::close(CloseReason reason, Duration patience) {
  return all_->closeAll(reason, patience, SourceLocation::current());
}

std::size_t WebSocketResource::size() const noexcept { return all_->size(); }

std::shared_ptr<Factory> newWebSocketFactory(std::shared_ptr<WebSocketResource> sockets) {
  return std::make_shared<Site>(std::move(sockets));
}

}  // namespace couplet
