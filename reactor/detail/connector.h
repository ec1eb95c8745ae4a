// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What all connectors do alike, and none of it with sockets: the state, the time-out, and
// what the factory hears.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/failure.h>
#include <couplet/deferred/source_location.h>
#include <couplet/reactor/detail/connection_loop.h>
#include <couplet/reactor/reactor.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

class Connection;

/// A Connector for one destination. Kept by the loop while it connects, and by its connection,
/// which must call `connectionEnded` from Connection::ended. To derive, implement `startAttempt`
/// and `endAttempt`.
class BasicConnector : public Connector, public OpenEnd {
 public:
  BasicConnector(std::weak_ptr<ConnectionLoop> loop, Address destination,
                 std::shared_ptr<ClientFactory> factory, ConnectOptions options,
                 SourceLocation asked);
  ~BasicConnector() override;

  void connect() override;
  void stopConnecting() override;
  void disconnect() override;
  Address getDestination() const override { return destination_; }
  void shutDown() noexcept override;

  /// For the connection: it is over, and its protocol has heard so.
  void connectionEnded(const Failure& reason) noexcept;

 protected:
  /// Begins to reach for the destination. The outcome is told by `succeeded` or `failLater`; the
  /// first may be called from the loop only. The loop is alive.
  virtual void startAttempt() = 0;
  /// Lets go of all that `startAttempt` began. May be called when there is nothing.
  virtual void endAttempt() noexcept = 0;

  /// The connection stands: it is begun. From the loop.
  void succeeded(std::unique_ptr<Connection> connection);
  /// The attempt came to nothing: the factory hears it from the loop, a little later.
  void failLater(const Failure& reason);

  /// "Connection to 127.0.0.1:10001", to begin a message with.
  std::string subject() const;
  const std::shared_ptr<ClientFactory>& factory() const noexcept { return factory_; }
  const ConnectOptions& options() const noexcept { return options_; }
  /// Where connectTCP was called.
  SourceLocation asked() const noexcept { return asked_; }
  /// REQUIRES: an attempt is made
  Duration timeLeft() const;

 private:
  enum class State {
    kIdle,
    kConnecting,
    kFailing,  // the factory is yet to hear of it
    kConnected
  };

  std::shared_ptr<BasicConnector> self();
  void requireThread(const char* call) const noexcept;
  void beginAttempt(ConnectionLoop& loop);
  void failed(const Failure& reason) noexcept;
  void timeIsUp();
  template <class F>
  void tellFactory(const char* what, F tell) noexcept;

  std::weak_ptr<ConnectionLoop> loop_;
  Address destination_;
  std::shared_ptr<ClientFactory> factory_;
  ConnectOptions options_;
  SourceLocation asked_;
  State state_ = State::kIdle;
  bool tried_ = false;                // in a shutdown it is not tried again
  Connection* connection_ = nullptr;  // while connected
  DelayedCall timeout_;               // active while connecting, and at once while failing
  std::optional<Failure> reason_;     // there while failing
};

}  // namespace couplet::detail
#pragma GCC visibility pop
