// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Sessions over a connection that this side makes: what their owner holds, and how the
// connection is made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <couplet/protocols/message/session.h>
#include <couplet/reactor/address.h>
#include <couplet/reactor/factory.h>

namespace couplet {
class Reactor;
}

namespace couplet::detail {

/// What the owner of a session holds, which may outlive the connection. The connection ends with
/// it.
class SessionHandle final : public Session {
 public:
  /// `connection` is the protocol, which calls `end`.
  SessionHandle(Session& connection, Clock& clock, std::string address)
      : connection_(&connection), clock_(clock), address_(std::move(address)) {}
  ~SessionHandle() override { close(); }

  bool connected() const noexcept override { return connection_ && connection_->connected(); }
  void close() override {
    if (connection_) connection_->close();
  }
  void ask(const MessageType& type, const void* request,
           std::unique_ptr<PendingReply> reply) override;

  Address getPeer() const override { return connection_->getPeer(); }
  void end(const Failure& why) {
    connection_ = nullptr;
    tellEnded(why);
  }

 private:
  Clock& clock() noexcept override { return clock_; }

  Session* connection_;  // null once it has ended
  Clock& clock_;
  const std::string address_;
};

/// What a protocol has of its handle.
class SessionLink {
 public:
  using Made = Promise<std::shared_ptr<Session>>;

  SessionLink(std::string address, Made made)
      : address_(std::move(address)), made_(std::move(made)) {}

  /// The connection is ready: its owner gets the handle, or, if that is not wanted any more, it is
  /// closed. Once.
  void begin(Session& connection, Clock& clock);
  /// It has ended; NotConnected where it was not ready. Who runs may have destroyed the handle.
  void end(const Failure& why);

 private:
  std::string address_;
  Made made_;
  std::weak_ptr<SessionHandle> handle_;
};

/// Connects once.
class SessionFactory : public ClientFactory {
 public:
  explicit SessionFactory(Address address);

  /// The session; NotConnected where there is none. Cancelling it gives the attempt up. Throws as
  /// Reactor::connectTCP does.
  static Deferred<std::shared_ptr<Session>> connect(Reactor& reactor,
                                                    std::shared_ptr<SessionFactory> factory,
                                                    Duration timeout);

  void startedConnecting(Connector& connector) override { connector_ = &connector; }
  std::unique_ptr<Protocol> buildProtocol(const Address& peer) override;
  void clientConnectionFailed(const Failure& reason) override;

 protected:
  const Address& address() const noexcept { return address_; }
  /// The protocol, which begins and ends `link`.
  virtual std::unique_ptr<Protocol> newProtocol(SessionLink link) = 0;

 private:
  const Address address_;
  Connector* connector_ = nullptr;  // while it may be given up
  SessionLink::Made made_;
};

}  // namespace couplet::detail
