// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a WebSocket does when time passes: it asks who is silent, gives up who does not answer, and
// gives memory back.
#include <algorithm>
#include <utility>

#include <couplet/deferred/errors.h>
#include <couplet/protocols/websocket/detail/frame_writer.h>
#include <couplet/protocols/websocket/detail/open_websockets.h>
#include <couplet/protocols/websocket/detail/websocket_work.h>
#include <couplet/protocols/websocket/websocket_protocol.h>

namespace couplet {

using detail::after;

/// Looks again when the first thing may be due. REQUIRES: state_ == State::kOpen
void WebSocketProtocol::expectSilence() {
  const WebSocketOptions& options = all_->options();
  Clock::TimePoint next = kNever;
  if (pingedAt_ != kNever) {
    next = std::min(after(pingedAt_, options.pongTimeout),
                    after(transport().clock().now(), *options.pingInterval));
  } else if (options.pingInterval) {
    next = after(heardAt_, *options.pingInterval);
  }
  if (work_ && !work_->resting) next = std::min(next, after(work_->lastMessage, options.restAfter));
  all_->expect(*this, next);
}

/// An end that is expected already comes no later.
void WebSocketProtocol::expectEndWithin(Duration patience) {
  const Clock::TimePoint end = after(transport().clock().now(), patience);
  all_->expect(*this, state_ == State::kOpen ? end : std::min(end, deadline_));
}

void WebSocketProtocol::deadlinePassed() {
  if (state_ != State::kOpen) {
    const bool clean = work_ && work_->why && work_->why->wasClean();
    if (clean && !transport().disconnecting()) return transport().loseConnection();
    return giveUp(all_->options().closeTimeout, "the closing handshake of the WebSocket");
  }
  const Clock::TimePoint now = transport().clock().now();
  restWhenIdle(now);
  receiving() ? askSilentOne(now) : awaitReader(now);
  if (open()) expectSilence();
}

void WebSocketProtocol::askSilentOne(Clock::TimePoint now) {
  const WebSocketOptions& options = all_->options();
  unsentBefore_ = 0;
  if (!options.pingInterval) return;
  if (heardAt_ >= pingedAt_) pingedAt_ = kNever;
  if (pingedAt_ != kNever) {
    if (now - pingedAt_ < options.pongTimeout) return;
    return giveUp(options.pongTimeout, "the pong of the WebSocket's other side");
  }
  if (now - heardAt_ < *options.pingInterval) return;
  pingedAt_ = now;
  writeFrame({detail::Opcode::kPing}, "");
}

/// While nothing is read, nothing can be heard: then the other side is to take some of what is
/// unsent, if that is why.
void WebSocketProtocol::awaitReader(Clock::TimePoint now) {
  const WebSocketOptions& options = all_->options();
  const std::size_t unsent = transport().throttled() ? transport().unsent() : 0;
  const bool stuck = unsent > 0 && unsentBefore_ > 0 && unsent >= unsentBefore_;
  unsentBefore_ = unsent;
  heardAt_ = now;
  pingedAt_ = kNever;
  if (stuck && options.pingInterval) {
    giveUp(*options.pingInterval, "the WebSocket's other side to read");
  }
}

void WebSocketProtocol::giveUp(Duration patience, const char* what) {
  transport().failConnection(Failure(TimeoutError(patience, what)));
}

// Compression

void WebSocketProtocol::compressedJustNow() {
  work_->lastMessage = transport().clock().now();
  if (!std::exchange(work_->resting, false)) return;
  const Clock::TimePoint restAt = after(work_->lastMessage, all_->options().restAfter);
  if (state_ == State::kOpen && restAt < deadline_) all_->expect(*this, restAt);
}

void WebSocketProtocol::restWhenIdle(Clock::TimePoint now) {
  if (!work_ || work_->resting || now - work_->lastMessage < all_->options().restAfter) return;
  if (!parser_.idle() || work_->pieces) {
    work_->lastMessage = now;
    return;
  }
  parser_.rest();
  work_->deflater->rest();
  work_->resting = true;
}

}  // namespace couplet
