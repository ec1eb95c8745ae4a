// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Gives up a peer that is silent for too long. Twisted's TimeoutMixin.
#pragma once

#include <optional>
#include <utility>

#include <couplet/deferred/errors.h>
#include <couplet/reactor/protocol.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Adds a time-out to `Base`, any protocol:
///
///     class Echo : public TimeoutMixin<LineReceiver> {
///       void connectionMade() override { setTimeout(30s); }
///       void lineReceived(std::string_view line) override {
///         resetTimeout();
///         sendLine(line);
///       }
///     };
///
/// Lives by the connection's clock, and ends with the connection. A `resetTimeout` is a note of the
/// time and touches no timer: call it for every message.
template <class Base>
class TimeoutMixin : public Base {
 public:
  using Base::Base;

  /// Calls `timeoutConnection` after this time without `resetTimeout`, from now on; never again
  /// with `std::nullopt`, which is how it begins. Returns what was set before. REQUIRES:
  /// makeConnection was called.
  std::optional<Duration> setTimeout(std::optional<Duration> patience) {
    const auto before = std::exchange(patience_, patience);
    resetTimeout();
    if (!patience_) {
      if (timer_.active()) timer_.cancel();
    } else if (!timer_.active()) {
      wait(*patience_);
    } else if (timer_.getTime() - heardAt_ > *patience_) {
      timer_.reset(*patience_);
    }
    return before;
  }

  /// The peer is alive: waits for the whole time again. Does nothing where no time-out is set.
  void resetTimeout() {
    if (patience_) heardAt_ = this->transport().clock().now();
  }

  /// The peer was silent for too long. The time-out is off then, until `setTimeout`. By default
  /// closes the connection at once, since a peer that does not read would keep one that waits to be
  /// flushed; what is unsent is tried once, and `connectionLost` gets TimeoutError. Override it to
  /// say goodbye and call `transport().loseConnection()`.
  virtual void timeoutConnection() {
    this->transport().failConnection(Failure(TimeoutError(silence_, "the connection")));
  }

 private:
  void wait(Duration delay) {
    timer_ = this->callLater(delay, [this] { timerRan(); });
  }

  void timerRan() {
    const Duration left = *patience_ - (this->transport().clock().now() - heardAt_);
    if (left > Duration::zero()) return wait(left);
    silence_ = *std::exchange(patience_, std::nullopt);
    try {
      timeoutConnection();
    } catch (...) {
      this->transport().failConnection(Failure::current());
      throw;  // for the clock to report
    }
  }

  std::optional<Duration> patience_;
  Duration silence_{};        // that ran out
  Clock::TimePoint heardAt_;  // of the last resetTimeout
  DelayedCall timer_;         // active while patience_ is set and the connection stands; never late
};

}  // namespace couplet
#pragma GCC visibility pop
