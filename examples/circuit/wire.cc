// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/wire.h"

#include <algorithm>
#include <utility>

#include <couplet/protocols/websocket/websocket_client.h>

namespace circuit {

using couplet::CloseReason;
using couplet::Deferred;
using couplet::WebSocketClosed;

namespace {

WebSocketClosed closedByUs() {
  return {WebSocketClosed::By::kThisSide, CloseReason(CloseReason::kGoingAway)};
}

}  // namespace

Wire::Wire(const Board& board, std::string target) : board_(board), target_(std::move(target)) {
  following_.add(follow());
}

Deferred<void> Wire::follow() {
  Mesh::Addresses now;
  for (;;) {
    Deferred<Mesh::Addresses> change = board_.mesh.watch(target_, now);
    now = co_await std::move(change);
    const bool isThere = std::find(now.begin(), now.end(), where_) != now.end();
    if (!isThere && isOpen()) static_cast<void>(socket_.close());
  }
}

Deferred<void> Wire::open(std::string channel) {
  if (closed_) throw closedByUs();
  if (isOpen() && channel == channel_) co_return;
  channel_ = std::move(channel);
  where_ = co_await board_.mesh.pick(target_);
  couplet::WebSocketClientOptions options;
  options.connectTimeout = options.handshakeTimeout = kPatience;
  options.socket.closeTimeout = kPatienceAtTheEnd;
  const std::string url = "ws://" + where_.toString() + channel_;
  socket_ = co_await couplet::connectWebSocket(board_.reactor, url, options);
}

Deferred<std::string> Wire::ask(std::string payload) {
  auto answer = co_await exchange(payload);
  if (!answer) {
    co_await open(channel_);
    answer = co_await exchange(payload);
  }
  if (!answer) {
    const WebSocketClosed why = co_await socket_.close();
    throw why;
  }
  co_return *std::move(answer);
}

/// Nothing where the connection ends before there is an answer.
Deferred<std::optional<std::string>> Wire::exchange(std::string payload) {
  if (!isOpen()) co_return std::nullopt;
  try {
    co_await socket_.send(payload).addTimeout(kPatience, board_.reactor);
    auto answer = co_await socket_.receive().addTimeout(kPatience, board_.reactor);
    if (answer) co_return std::move(answer->payload);
  } catch (const WebSocketClosed&) {
  } catch (const couplet::TimeoutError&) {
    socket_.abort();  // or its answer would be taken for the next one's
    throw couplet::TimeoutError(kPatience, "the acknowledgement");
  }
  co_return std::nullopt;
}

Deferred<void> Wire::close() {
  closed_ = true;
  if (!isOpen()) return couplet::succeed();
  return socket_.close(CloseReason(CloseReason::kGoingAway)).addCallback([](const auto&) {});
}

}  // namespace circuit
