// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/errors.h>

#include <utility>

#include <couplet/deferred/printable.h>

namespace couplet {

namespace {

std::string describe(WebSocketClosed::By by, const CloseReason& reason) {
  if (by == WebSocketClosed::By::kConnection) {
    const std::string ended = "the connection of the WebSocket ended without a closing handshake";
    return reason.text().empty() ? ended : ended + ": " + printable(reason.text());
  }
  const std::string closed = by == WebSocketClosed::By::kThisSide
                                 ? "this side closed the WebSocket"
                                 : "the other side closed the WebSocket";
  if (reason == CloseReason(CloseReason::kNoCode)) return closed + " and did not say why";
  return closed + ": " + reason.toString();
}

}  // namespace

WebSocketClosed::WebSocketClosed(By by, CloseReason reason)
    : std::runtime_error(describe(by, reason)), by_(by), reason_(std::move(reason)) {}

WebSocketClosed WebSocketClosed::clean() const {
  WebSocketClosed same = *this;
  same.clean_ = true;
  return same;
}

}  // namespace couplet
