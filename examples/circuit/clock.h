// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What drives the circuit.
#pragma once

#include <string>

#include <couplet/protocols/websocket/websocket.h>
#include <couplet/reactor/reactor.h>

#include "examples/circuit/board.h"

namespace circuit {

struct ClockOptions {
  std::string url = "ws://localhost:8765/datafeed";
  int tacks = 5;                                      ///< how many ticks
  couplet::Duration delay = std::chrono::seconds(1);  ///< between two of them
};

/// Sends 0, 1, 2... to a node; each but the first when the one before is acknowledged and the delay
/// is over. No node itself: nobody connects to it.
class Clock {
 public:
  /// `reactor` and `out` must outlive it.
  Clock(couplet::Reactor& reactor, std::ostream& out, ClockOptions options);

  /// Fires when all is acknowledged. Fails as connectWebSocket does, and with WebSocketClosed.
  couplet::Deferred<void> run();

  /// Says that this side goes away, if `run` is not over; fires when the connection is lost.
  couplet::Deferred<void> interrupt();

 private:
  couplet::Deferred<void> tick(int number);
  void say(std::string_view text) { circuit::say(out_, "clock", text); }

  couplet::Reactor& reactor_;
  std::ostream& out_;
  ClockOptions options_;
  couplet::WebSocket socket_;
};

}  // namespace circuit
