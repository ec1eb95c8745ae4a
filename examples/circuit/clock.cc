// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/clock.h"

#include <utility>

#include <couplet/deferred/defer_later.h>
#include <couplet/protocols/websocket/websocket_client.h>

namespace circuit {

using couplet::CloseReason;
using couplet::Deferred;
using couplet::WebSocketClosed;

namespace {

Deferred<void> whenLost(Deferred<WebSocketClosed> closed) {
  return std::move(closed).addCallback([](const WebSocketClosed&) {});
}

}  // namespace

Clock::Clock(couplet::Reactor& reactor, std::ostream& out, ClockOptions options)
    : reactor_(reactor), out_(out), options_(std::move(options)) {}

Deferred<void> Clock::run() {
  couplet::WebSocketClientOptions connecting;
  connecting.socket.closeTimeout = kPatienceAtTheEnd;
  socket_ = co_await couplet::connectWebSocket(reactor_, options_.url, connecting);
  for (int number = 0; number < options_.tacks; ++number) {
    if (number > 0) co_await couplet::deferLater(reactor_, options_.delay);
    co_await tick(number);
  }
  co_await whenLost(socket_.close());
}

Deferred<void> Clock::tick(int number) {
  const std::string text = std::to_string(number);
  say("> " + text);
  co_await socket_.send(text);
  const auto answer = co_await socket_.receive();
  if (!answer) {
    const WebSocketClosed why = co_await socket_.close();
    throw why;
  }
  say("< " + answer->payload);
}

Deferred<void> Clock::interrupt() {
  if (!socket_ || !socket_.open()) return couplet::succeed();
  return whenLost(socket_.close(CloseReason(CloseReason::kGoingAway)));
}

}  // namespace circuit
