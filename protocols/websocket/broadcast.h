// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The same message to many WebSockets.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <couplet/protocols/websocket/websocket_protocol.h>
#include <couplet/reactor/producer.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What becomes of one who does not keep up with what is sent to all.
struct BroadcastOptions {
  /// One with more unsent bytes than this gets no more: it is closed with 1008, since whoever
  /// missed a message should know.
  std::size_t mostUnsent = 1024 * 1024;
};

/// Sends `message` to each of `sockets`, a range of WebSocketProtocols, or of pointers to such,
/// that does not change meanwhile. Those that are not open are passed by, and
/// those that are sending a message in pieces. It is framed, and
/// compressed, once for all. Returns to how many it was sent.
///
///     broadcast(room.members, PreparedMessage::text("hello, all"));
template <class Sockets>
std::size_t broadcast(Sockets&& sockets, const PreparedMessage& message,
                      BroadcastOptions options = {});

/// One of them: whether it was sent.
bool broadcastTo(WebSocketProtocol& socket, const PreparedMessage& message,
                 const BroadcastOptions& options);

template <class Sockets>
std::size_t broadcast(Sockets&& sockets, const PreparedMessage& message, BroadcastOptions options) {
  std::size_t count = 0;
  for (auto&& socket : sockets) {
    if constexpr (requires { *socket; }) {
      count += broadcastTo(*socket, message, options) ? 1 : 0;
    } else {
      count += broadcastTo(socket, message, options) ? 1 : 0;
    }
  }
  return count;
}

}  // namespace couplet
#pragma GCC visibility pop
