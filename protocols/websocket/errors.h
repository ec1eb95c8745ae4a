// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What goes wrong with a WebSocket.
#pragma once

#include <stdexcept>
#include <string>

#include <couplet/protocols/websocket/close_reason.h>

#pragma GCC visibility push(default)
namespace couplet {

/// The WebSocket is over: why `send` and `receive` fail, and what a protocol hears last.
///
///     "the other side closed the WebSocket: 1001 (going away): back in a minute"
class WebSocketClosed : public std::runtime_error {
 public:
  enum class By { kThisSide, kOtherSide, kConnection };

  WebSocketClosed(By by, CloseReason reason);

  /// Who closed first; kConnection where it ended without a closing handshake.
  By by() const noexcept { return by_; }
  /// What the first Close frame said; kAbnormal where there was none.
  const CloseReason& reason() const noexcept { return reason_; }
  /// Whether both sides have said that they close: RFC 6455, 7.1.4.
  bool wasClean() const noexcept { return clean_; }

  /// The same, once both have said so.
  WebSocketClosed clean() const;

 private:
  By by_;
  CloseReason reason_;
  bool clean_ = false;
};

/// What answered is no WebSocket server, or not as it was asked: "the server answered 404 (Not
/// Found) instead of 101".
class WebSocketHandshakeError : public std::runtime_error {
 public:
  explicit WebSocketHandshakeError(const std::string& what, int status = 101)
      : std::runtime_error(what), status_(status) {}

  /// Of the response.
  int status() const noexcept { return status_; }

 private:
  int status_;
};

}  // namespace couplet
#pragma GCC visibility pop
