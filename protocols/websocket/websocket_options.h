// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// How a WebSocket treats the other side, and whether it compresses.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include <couplet/deferred/clock.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What permessage-deflate may do: RFC 7692, 7.1. Memory is per connection that agreed on it, while
/// it is not idle; see WebSocketOptions::restAfter.
struct WebSocketCompression {
  /// Whether messages may refer to those before them: what is sent often is sent small then. Each
  /// direction that keeps its context takes a window of up to 32 KiB while it is idle, or nothing.
  bool serverContextTakeover = true;
  bool clientContextTakeover = true;

  /// Of the windows: 2 to the power of this, in bytes, from 8 to 15. A client offers the smaller
  /// ones as a wish; a server agrees to what is smaller, where it may.
  int serverMaxWindowBits = 15;
  int clientMaxWindowBits = 15;

  int level = 6;        ///< zlib's: 1 is fast, 9 is small
  int memoryLevel = 8;  ///< zlib's: from 1 to 9, 2 KiB to 512 KiB of a deflater

  /// Messages of fewer bytes are sent as they are: deflating costs more than it saves there.
  std::size_t threshold = 128;
};

/// Bounds and times of one WebSocket, of either side.
struct WebSocketOptions {
  /// The longest message that is taken, in bytes, inflated; and the longest frame. A longer one
  /// closes the WebSocket with 1009, before its bytes are there. What is sent is bounded by the
  /// 64 MiB of Transport::write.
  std::size_t messageLimit = 1024 * 1024;
  std::size_t frameLimit = SIZE_MAX;

  /// A longer message is sent in frames of so many bytes.
  std::size_t fragmentSize = SIZE_MAX;

  /// After so long a silence the other side is sent a ping, and has `pongTimeout` to send anything;
  /// else the connection is aborted with a TimeoutError. None for no pings of our own.
  std::optional<Duration> pingInterval = std::chrono::seconds(60);
  Duration pongTimeout = std::chrono::seconds(20);

  /// For the closing handshake, from our Close frame to the end of the connection; then it is
  /// aborted.
  Duration closeTimeout = std::chrono::seconds(10);

  /// Null: permessage-deflate is neither offered nor agreed to.
  std::optional<WebSocketCompression> compression{};

  /// A connection that has neither sent nor received a message for so long gives back the memory of
  /// its compression.
  Duration restAfter = std::chrono::seconds(5);
};

}  // namespace couplet
#pragma GCC visibility pop
