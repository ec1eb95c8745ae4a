// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a WebSocket has only while something is under way, or where it was agreed on: one
// that is idle, without compression and without a subprotocol, has none of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/detail/unsent_writes.h>
#include <couplet/protocols/websocket/detail/message_deflater.h>
#include <couplet/protocols/websocket/detail/utf8_validator.h>
#include <couplet/protocols/websocket/errors.h>
#include <couplet/protocols/websocket/websocket_message.h>

namespace couplet::detail {

struct WebSocketWork {
  /// A ping that waits for its pong.
  struct Ping {
    Promise<Duration> answer;
    Clock::TimePoint sentAt;
    std::uint64_t number;  // its payload
  };

  /// A message that is sent in pieces.
  struct Pieces {
    WebSocketKind kind;
    bool begun = false;  // a frame of it was sent
    bool compressed = false;
    UTF8Validator text{};
  };

  UnsentWrites unsent;
  std::string subprotocol;
  std::optional<MessageDeflater> deflater;  // where compression was agreed on
  int windowBits = 15;                      // of it
  bool resting = true;                      // it and the inflater hold no more than they must
  Clock::TimePoint lastMessage{};           // that was compressed
  std::optional<Pieces> pieces;
  std::vector<Ping> pings;
  std::uint64_t lastPing = 0;
  std::optional<WebSocketClosed> why;  // when the first Close frame was sent or came
  std::vector<Promise<WebSocketClosed>> ends;
};

}  // namespace couplet::detail
