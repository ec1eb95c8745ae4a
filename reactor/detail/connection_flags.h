// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a connection is at, in one word, so that several questions are asked at once.
#pragma once

#include <cstdint>

namespace couplet::detail {

class ConnectionFlags {
 public:
  enum Flag : std::uint32_t {
    // Nothing is received.
    kDisconnecting = 1 << 0,  ///< also when kLost
    kPaused = 1 << 1,
    kThrottled = 1 << 2,   ///< too much is unsent to read more
    kResuming = 1 << 3,    ///< resumeProducing was called, producingResumed is yet to come
    kInputEnded = 1 << 4,  ///< the peer sends no more

    kHandling = 1 << 5,      ///< a handler of this connection runs: what it writes leaves after it
    kAnswering = 1 << 6,     ///< something was received since all was sent
    kBlocked = 1 << 7,       ///< what was last sent was not taken whole
    kOutputEnding = 1 << 8,  ///< loseWriteConnection was called
    kOutputEnded = 1 << 9,   ///< and is done
    kLingering = 1 << 10,    ///< the close waits until all is sent
    kSent = 1 << 11,         ///< something was, since the producer was last asked for more
    kProgressed = 1 << 12,   ///< something was sent since the loop last asked
    kProducing = 1 << 13,    ///< there is a producer
    kStreaming = 1 << 14,    ///< which is one that pushes
    kProducerPaused = 1 << 15,
    kLost = 1 << 16,         ///< closed; `end` is queued or has been called
    kEnded = 1 << 17,        ///< `end` has been called
    kShutDown = 1 << 18,     ///< the reactor closes it: its protocol did not
    kInterrupted = 1 << 22,  ///< a signal came while something was sent
    kOutputLost = 1 << 23,   ///< the peer takes nothing more: what it sent before is being read

    // The loop's.
    kQueuedToContinue = 1 << 19,
    kQueuedToFlush = 1 << 20,
    kQueuedToRetry = 1 << 21,
  };
  static constexpr std::uint32_t kNotReceiving = kDisconnecting | kPaused | kThrottled;
  static constexpr std::uint32_t kNoInput = kNotReceiving | kResuming | kInputEnded;
  static constexpr std::uint32_t kNoOutput = kLost | kOutputEnded | kOutputLost;
  /// Something happens when all is sent.
  static constexpr std::uint32_t kWaitsForDrained =
      kThrottled | kDisconnecting | kOutputEnding | kProducing;

  bool any(std::uint32_t flags) const noexcept { return (set_ & flags) != 0; }
  void set(std::uint32_t flags) noexcept { set_ |= flags; }
  void set(Flag flag, bool on) noexcept { on ? set(flag) : clear(flag); }
  void clear(std::uint32_t flags) noexcept { set_ &= ~flags; }
  /// Clears it, and says whether it was set.
  bool take(Flag flag) noexcept {
    const bool was = any(flag);
    clear(flag);
    return was;
  }

 private:
  std::uint32_t set_ = 0;
};

}  // namespace couplet::detail
