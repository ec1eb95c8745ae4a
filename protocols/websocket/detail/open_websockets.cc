// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/open_websockets.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/websocket/detail/permessage_deflate.h>
#include <couplet/protocols/websocket/detail/utf8_validator.h>
#include <couplet/protocols/websocket/websocket_protocol.h>

namespace couplet::detail {

namespace {

void require(bool holds, const char* why) {
  if (!holds) throw std::invalid_argument(why);
}

void requireValid(const WebSocketOptions& options) {
  require(options.fragmentSize > 0, "WebSocketOptions: a fragment has a byte at least");
  require(!options.pingInterval || *options.pingInterval > Duration::zero(),
          "WebSocketOptions: the ping interval is more than nothing");
  require(options.pongTimeout > Duration::zero() && options.closeTimeout > Duration::zero() &&
              options.restAfter > Duration::zero(),
          "WebSocketOptions: each time is more than nothing");
  if (options.compression) requireCompression(*options.compression);
}

}  // namespace

void requireSendable(const CloseReason& reason) {
  UTF8Validator text;
  if (!CloseReason::mayBeSent(reason.code()) || reason.text().size() > CloseReason::kMaxText ||
      !text.take(reason.text()) || !text.complete()) {
    throw std::invalid_argument("WebSocket: no Close frame may say " + reason.toString());
  }
}

OpenWebSockets::OpenWebSockets(WebSocketOptions options) : options_(std::move(options)) {
  requireValid(options_);
}

OpenWebSockets::~OpenWebSockets() {
  if (lookCall_.active()) lookCall_.cancel();
}

void OpenWebSockets::add(WebSocketProtocol& socket, Clock& clock) {
  if (first_ && clock_ != &clock) {
    throw std::logic_error("WebSocketResource: one serves one reactor at a time");
  }
  if (std::exchange(clock_, &clock) != &clock) lastLook_ = Clock::TimePoint::min();
  socket.nextOfAll_ = first_;
  if (first_) first_->previousOfAll_ = &socket;
  first_ = &socket;
  ++size_;
}

void OpenWebSockets::remove(WebSocketProtocol& socket) noexcept {
  if (next_ == &socket) next_ = socket.nextOfAll_;
  if (socket.nextOfAll_) socket.nextOfAll_->previousOfAll_ = socket.previousOfAll_;
  (socket.previousOfAll_ ? socket.previousOfAll_->nextOfAll_ : first_) = socket.nextOfAll_;
  socket.nextOfAll_ = socket.previousOfAll_ = nullptr;
  if (--size_ > 0) return;
  if (lookCall_.active()) lookCall_.cancel();
  nextLook_ = kNever;
}

void OpenWebSockets::tellIfNone() noexcept {
  if (size_ > 0) return;
  for (Promise<void>& end : std::exchange(ends_, {})) {
    if (end.pending()) end.callback();
  }
}

void OpenWebSockets::expect(WebSocketProtocol& socket, Clock::TimePoint deadline) {
  socket.deadline_ = deadline;
  if (deadline < nextLook_) lookAt(deadline);
}

void OpenWebSockets::lookAt(Clock::TimePoint deadline) {
  const Clock::TimePoint now = clock_->now();
  const bool lookedJustNow = lastLook_ > now - kGrain;
  nextLook_ = std::max(deadline, lookedJustNow ? lastLook_ + kGrain : now);
  if (lookCall_.active()) {
    lookCall_.reset(nextLook_ - now);
  } else {
    lookCall_ = clock_->callLater(nextLook_ - now, [this] { look(); });
  }
}

/// One that is told may close or fail itself and others; none is lost meanwhile, but in tests.
void OpenWebSockets::look() {
  const auto alive = shared_from_this();
  lastLook_ = clock_->now();
  nextLook_ = kNever;
  Clock::TimePoint earliest = kNever;
  for (WebSocketProtocol* socket = first_; socket; socket = next_) {
    next_ = socket->nextOfAll_;
    if (socket->deadline_ <= lastLook_) {
      socket->deadline_ = kNever;
      try {
        socket->deadlinePassed();
      } catch (...) {
        socket->transport().failConnection(Failure::current());
      }
    } else {
      earliest = std::min(earliest, socket->deadline_);
    }
  }
  if (earliest < nextLook_ && first_) lookAt(earliest);
}

Deferred<void> OpenWebSockets::closeAll(const CloseReason& reason, Duration patience,
                                        SourceLocation here) {
  requireSendable(reason);
  closing_ = reason;
  for (WebSocketProtocol* socket = first_; socket; socket = next_) {
    next_ = socket->nextOfAll_;
    socket->closeWithin(reason, patience);
  }
  if (!first_) return succeed(here);
  ends_.emplace_back(here);
  return ends_.back().deferred();
}

}  // namespace couplet::detail
