// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The WebSockets of one resource, or the one of a client: what they share, and the times
// that they keep. Belongs to the reactor's thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/websocket/close_reason.h>
#include <couplet/protocols/websocket/websocket_options.h>

namespace couplet {
class WebSocketProtocol;
}

namespace couplet::detail {

/// When `wait` is over; never, where that is for ever.
inline Clock::TimePoint after(Clock::TimePoint time, Duration wait) noexcept {
  return wait > Clock::TimePoint::max() - time ? Clock::TimePoint::max() : time + wait;
}

/// Throws std::invalid_argument for what no Close frame may say.
void requireSendable(const CloseReason& reason);

/// Owned by its WebSockets, and by their resource. One timer serves all their deadlines, which are
/// kept to kGrain: each may pass so much later.
class OpenWebSockets : public std::enable_shared_from_this<OpenWebSockets> {
 public:
  static constexpr Duration kGrain = std::chrono::milliseconds(50);
  static constexpr Clock::TimePoint kNever = Clock::TimePoint::max();

  /// Throws std::invalid_argument for options that cannot be.
  explicit OpenWebSockets(WebSocketOptions options);
  OpenWebSockets(const OpenWebSockets&) = delete;
  OpenWebSockets& operator=(const OpenWebSockets&) = delete;
  ~OpenWebSockets();

  const WebSocketOptions& options() const noexcept { return options_; }
  std::size_t size() const noexcept { return size_; }

  /// One was opened, or is lost. All are of one reactor at a time: std::logic_error.
  void add(WebSocketProtocol& socket, Clock& clock);
  void remove(WebSocketProtocol& socket) noexcept;

  /// One that was removed has heard of its end: fires those of `closeAll` where there are no more.
  void tellIfNone() noexcept;

  /// The deadline of `socket`, which is called when it has passed; kNever for none.
  void expect(WebSocketProtocol& socket, Clock::TimePoint deadline);

  /// What those that are opened from now on are closed with; null as long as there was no closeAll.
  const CloseReason* closing() const noexcept { return closing_ ? &*closing_ : nullptr; }

  /// Closes each, with that time for the closing handshake. Fires when all are lost. Throws
  /// std::invalid_argument for a reason that may not be sent.
  Deferred<void> closeAll(const CloseReason& reason, Duration patience, SourceLocation here);

 private:
  void lookAt(Clock::TimePoint deadline);
  void look();

  const WebSocketOptions options_;
  Clock* clock_ = nullptr;              // of all
  WebSocketProtocol* first_ = nullptr;  // in a list
  WebSocketProtocol* next_ = nullptr;   // to be looked at or closed, while that goes on
  std::size_t size_ = 0;
  DelayedCall lookCall_;  // at nextLook_
  Clock::TimePoint nextLook_ = kNever;
  Clock::TimePoint lastLook_ = Clock::TimePoint::min();
  std::optional<CloseReason> closing_;
  std::vector<Promise<void>> ends_;  // to be told when there are none
};

}  // namespace couplet::detail
