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

namespace {

/// With who takes nothing. REQUIRES: there is a pingInterval
Duration patienceOf(const WebSocketOptions& options) {
  return std::max(*options.pingInterval, options.pongTimeout);
}

}  // namespace

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
    if (clean && !transport().disconnecting()) {
      transport().loseConnection();
      return all_->expect(*this, after(transport().clock().now(), all_->options().closeTimeout));
    }
    return giveUp(all_->options().closeTimeout, "the closing handshake of the WebSocket");
  }
  const Clock::TimePoint now = transport().clock().now();
  restWhenIdle(now);
  if (takesNothing(now)) {
    return giveUp(patienceOf(all_->options()), "the WebSocket's other side to read");
  }
  askSilentOne(now);
  if (open()) expectSilence();
}

/// Whether something was unsent for a whole interval, and none of it left. Where some did, the
/// other side is there.
bool WebSocketProtocol::takesNothing(Clock::TimePoint now) {
  const std::size_t unsent = transport().unsent();
  const std::size_t sent = written_ - unsent;
  const bool waited = progressAt_ != kNever;
  if (unsent == 0 || sent != sentBefore_ || !waited) {
    if (waited && sent != sentBefore_) heardAt_ = now;
    sentBefore_ = sent;
    progressAt_ = unsent == 0 ? kNever : now;
    return false;
  }
  const WebSocketOptions& options = all_->options();
  return options.pingInterval && now - progressAt_ >= patienceOf(options);
}

/// While nothing is read, nothing can be heard.
void WebSocketProtocol::askSilentOne(Clock::TimePoint now) {
  const WebSocketOptions& options = all_->options();
  if (!receiving()) heardAt_ = now;
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
