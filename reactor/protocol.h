// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a program does with a connection: subclass Protocol, and hand a Factory of them to a
// reactor. All of it happens on the reactor's thread.
#pragma once

#include <memory>
#include <string_view>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>
#include <couplet/reactor/transport.h>

namespace couplet::detail {
class ConnectionWork;
}

#pragma GCC visibility push(default)
namespace couplet {

/// One conversation on one connection. Twisted's Protocol.
///
///     makeConnection -> connectionMade -> (dataReceived | producingResumed)* ->
///     readConnectionLost? -> connectionLost
///
/// The connection owns it. `connectionLost` comes exactly once after `makeConnection`, also when
/// `connectionMade` threw; then the work given to `whileConnected` and `callLater` is discarded;
/// then, at the top of the loop with none of its methods running, the protocol is destroyed. So
/// `this` is valid until a method returns, whatever the method closed.
///
/// An exception out of a method is logged, becomes the reason of `connectionLost`, and closes this
/// connection only.
class Protocol {
 public:
  Protocol() noexcept;
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;
  virtual ~Protocol();

  /// The connection stands: say hello, or wait.
  virtual void connectionMade() {}

  /// Some bytes came. The view is valid until the call returns: copy what you keep. May be called
  /// with part of a message or with several at once: test with single bytes
  /// (testing::expectSameAtEveryCut). Never called after `loseConnection` or while paused.
  virtual void dataReceived(std::string_view bytes);

  /// The peer sends no more. By default loses the connection, after what was written is sent; an
  /// override that does not do so may go on to write. May come while paused, when all that the peer
  /// sent was received before.
  virtual void readConnectionLost();

  /// What was written before `loseWriteConnection` is sent.
  virtual void writeConnectionLost() {}

  /// `resumeProducing` ended a pause, or `throttled` is over: deliver what was held back, as far as
  /// `receiving()`, before new bytes come.
  virtual void producingResumed() {}

  /// The connection is gone, and so is the transport's use. `reason` is ConnectionDone,
  /// ConnectionLost, ConnectionAborted, or what a method of this protocol threw.
  virtual void connectionLost(const Failure& reason);

  /// The connection. REQUIRES: makeConnection was called.
  Transport& transport() const noexcept { return *transport_; }

  /// True from makeConnection until this side closes the connection, or it is lost.
  bool connected() const noexcept;

  /// True while what the peer sends is to be handed on: connected, neither paused nor throttled.
  /// Whoever delivers several messages out of one piece of input asks after each, and stops until
  /// `producingResumed`.
  bool receiving() const noexcept {
    return transport_ != nullptr && !ended_ && transport_->receiving();
  }

  /// Gives `work` to the connection: when it is lost, after `connectionLost` and before this
  /// protocol is destroyed, `work` is discarded. It may therefore use `this`. A failure that `work`
  /// ends with is reported, and closes nothing. On a connection that is gone already, discards it
  /// at once.
  void whileConnected(Deferred<void> work);

  /// A timer that ends with the connection, as `Clock::callLater` otherwise. REQUIRES: as
  /// transport().
  DelayedCall callLater(Duration delay, Callable<void()> call,
                        SourceLocation here = SourceLocation::current());

  /// For transports and tests: begins the conversation, by a call of `connectionMade`. What that
  /// throws comes out.
  void makeConnection(Transport& transport);

  /// For transports and tests: ends it, by a call of `connectionLost`, then discards the
  /// connection's work. What `connectionLost` throws comes out, after that. Virtual for a base
  /// class that knows the cause better than the transport does.
  virtual void endConnection(const Failure& reason);

  /// For transports: discards the connection's work without a call (setProtocol).
  void endWork() noexcept;

 private:
  Transport* transport_ = nullptr;                // null before makeConnection
  std::unique_ptr<detail::ConnectionWork> work_;  // null until there is some
  bool ended_ =
      false;  // endConnection or endWork was called; last, so that derived classes fill up
};

}  // namespace couplet
#pragma GCC visibility pop
