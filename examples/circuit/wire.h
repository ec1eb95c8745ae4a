// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A connection to a node of the mesh.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <couplet/deferred/deferred_lock.h>
#include <couplet/deferred/running_work.h>
#include <couplet/protocols/websocket/websocket.h>

#include "examples/circuit/board.h"

namespace circuit {

/// Connects to the node `target` when there is something to send, stays connected, and connects
/// anew where that was lost, or where the mesh says that the node is no longer there. One at a
/// time: who sends holds `turn()`. All of `board` must outlive it.
class Wire {
 public:
  /// For the connection, and for each acknowledgement.
  static constexpr couplet::Duration kPatience = std::chrono::seconds(5);

  Wire(const Board& board, std::string target);

  /// Whose turn it is.
  couplet::Deferred<couplet::Acquired> turn() { return lock_.acquire(); }

  /// Connects to the path `channel`, unless it is. Fails with UnknownNodeError, an error of
  /// connectWebSocket, or WebSocketClosed after `close`.
  couplet::Deferred<void> open(std::string channel);

  /// Sends `payload` and gives the acknowledgement. A connection that ends before it came is made
  /// anew, once, and the payload sent again: so the node may get it twice. Fails as `open` and with
  /// WebSocketClosed or TimeoutError; what the node says later is dropped. REQUIRES: was opened
  couplet::Deferred<std::string> ask(std::string payload);

  /// Says that this side goes away; fires when the connection is lost. It is not made again.
  couplet::Deferred<void> close();

 private:
  couplet::Deferred<void> follow();
  couplet::Deferred<std::optional<std::string>> exchange(std::string payload);
  bool isOpen() const { return socket_ && socket_.open(); }

  Board board_;
  std::string target_;
  std::string channel_;
  couplet::Address where_;     // of socket_
  couplet::WebSocket socket_;  // empty before the first `open`
  bool closed_ = false;
  couplet::DeferredLock lock_;
  couplet::RunningWork following_;  // the mesh; uses all of the above
};

}  // namespace circuit
