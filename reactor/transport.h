// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A connection, seen from the protocol that speaks on it. Belongs to the reactor's thread.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include <couplet/reactor/address.h>

#pragma GCC visibility push(default)
namespace couplet {

class Clock;
class Failure;
class Producer;
class Protocol;

/// One end of a connection. Owned by its reactor, never by its users: a `Transport&` is valid from
/// `makeConnection` until the protocol is destroyed, some time after `connectionLost`.
///
/// No call on a transport runs a protocol's method from inside: `connectionLost` always comes from
/// the loop. Calls on a lost connection do nothing.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Sends `bytes` after all that was written before. They are copied, and leave when the handler
  /// that runs returns, or by the end of the loop's turn; of more than 16 KiB, what the system
  /// takes leaves at once. Still sent after `loseConnection`, as long as the connection is not
  /// closed. More than 64 MiB unsent abort the connection with WriteBufferFullError: whoever has
  /// that much registers a producer.
  virtual void write(std::string_view bytes) = 0;

  /// The same as `write` for each part in turn.
  virtual void writeSequence(std::span<const std::string_view> parts) = 0;
  void writeSequence(std::initializer_list<std::string_view> parts) {
    writeSequence(std::span(parts.begin(), parts.size()));
  }

  /// Sends what was written, then closes. No more data is delivered. Waits for a registered
  /// producer to unregister. `connectionLost` gets ConnectionDone; or ConnectionLost, when the peer
  /// took none of it for ReactorOptions::closingDeadline.
  virtual void loseConnection() = 0;

  /// Sends what was written, then closes this direction only; the protocol hears
  /// `writeConnectionLost` when it is done, and may go on to receive.
  virtual void loseWriteConnection() = 0;

  /// Closes at once and drops what is unsent; the peer sees a reset. `connectionLost` gets
  /// ConnectionAborted, also after a `loseConnection` that has not finished.
  virtual void abortConnection() = 0;

  /// As `abortConnection`, but `connectionLost` gets `reason`; what is unsent is tried once. For a
  /// protocol that gives its peer up: a time-out, bytes that it cannot take.
  virtual void failConnection(const Failure& reason) = 0;

  /// True until the connection is lost: until `connectionLost` is queued.
  virtual bool connected() const noexcept = 0;

  /// True from `loseConnection`, `abortConnection` or loss on.
  virtual bool disconnecting() const noexcept = 0;

  /// This end and the other. Of the last known values where the connection is lost.
  virtual Address getHost() const = 0;
  virtual Address getPeer() const = 0;

  /// TCP_NODELAY, on by default since writes are gathered; SO_KEEPALIVE, off by default.
  virtual void setTcpNoDelay(bool on) = 0;
  virtual bool getTcpNoDelay() const = 0;
  virtual void setTcpKeepAlive(bool on) = 0;
  virtual bool getTcpKeepAlive() const = 0;

  /// Registers the one producer of this transport; std::runtime_error when there is one already. On
  /// a lost connection `producer.stopProducing()` is called at once. See Producer for who owns it.
  virtual void registerProducer(Producer& producer, bool streaming) = 0;
  virtual void unregisterProducer() = 0;

  /// Stops delivery of what the peer sends. End of input and reset are still noticed.
  virtual void pauseProducing() = 0;

  /// Goes on with delivery, from the loop: first `Protocol::producingResumed`, then `dataReceived`.
  virtual void resumeProducing() = 0;

  /// True between `pauseProducing` and `resumeProducing`.
  virtual bool paused() const noexcept = 0;

  /// True while delivery is held back because too much of what was answered is unsent, until
  /// `Protocol::producingResumed`.
  virtual bool throttled() const noexcept = 0;

  /// True while what the peer sends is handed on: neither paused, nor throttled, nor disconnecting.
  /// To be asked by whoever delivers several messages out of one piece of input, after each.
  virtual bool receiving() const noexcept = 0;

  /// Bytes written and not yet taken by the system.
  virtual std::size_t unsent() const noexcept = 0;

  /// Hands the connection over to another protocol (an upgrade), which hears `makeConnection` at
  /// once. The old one hears nothing more, its work is discarded, and it lives until the end of the
  /// turn. `owner` is what the new one refers to, its factory: it is kept as long as the
  /// connection.
  virtual void setProtocol(std::unique_ptr<Protocol> protocol,
                           std::shared_ptr<const void> owner = nullptr) = 0;

  /// The clock that this connection lives by: its reactor.
  virtual Clock& clock() noexcept = 0;
};

}  // namespace couplet
#pragma GCC visibility pop
