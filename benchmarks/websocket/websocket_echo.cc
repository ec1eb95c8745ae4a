// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The WebSocket echo that is measured: a protocol, or with `--coroutine` a coroutine that receives
// and sends. Its time-outs run.
#include <chrono>
#include <iostream>
#include <memory>
#include <string_view>
#include <utility>

#include <couplet/protocols/websocket/websocket_resource.h>
#include <couplet/reactor/reactor.h>

namespace {

class Echo : public couplet::WebSocketProtocol {
  void textReceived(std::string_view text) override { send(text); }
  void binaryReceived(std::string_view bytes) override { sendBinary(bytes); }
};

/// Until the client is gone, however it goes.
couplet::Deferred<void> echo(couplet::WebSocket socket) {
  try {
    while (const auto message = co_await socket.receive()) {
      if (message->isText()) {
        co_await socket.send(message->payload);
      } else {
        co_await socket.sendBinary(message->payload);
      }
    }
  } catch (const couplet::WebSocketClosed&) {
  }
}

std::shared_ptr<couplet::Factory> newFactory(bool coroutine) {
  couplet::WebSocketServerOptions options;
  options.socket.messageLimit = 16 * 1024 * 1024;
  options.socket.pingInterval = std::chrono::hours(1);  // the clients do not answer
  if (!coroutine) return couplet::webSocketFactoryOf<Echo>(std::move(options));
  return couplet::newWebSocketFactory(
      std::make_shared<couplet::WebSocketResource>(couplet::conversing(echo), std::move(options)));
}

}  // namespace

int main(int argc, char** argv) {
  auto reactor = couplet::newReactor();
  const bool coroutine = argc > 1 && std::string_view(argv[1]) == "--coroutine";
  const auto port = reactor->listenTCP(0, newFactory(coroutine), {.interface = "127.0.0.1"});
  std::cout << "Serving WebSocket on " << port->getHost().toString() << "." << std::endl;
  reactor->run();
}
