// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Makes a Protocol for each connection, and keeps what connections share. Held by shared_ptr: by
// the port or connector that uses it and by each of its connections.
#pragma once

#include <memory>
#include <utility>

#include <couplet/reactor/address.h>
#include <couplet/reactor/protocol.h>

#pragma GCC visibility push(default)
namespace couplet {

class Connector;

/// Makes protocols. Twisted's Factory.
class Factory {
 public:
  Factory() = default;
  Factory(const Factory&) = delete;
  Factory& operator=(const Factory&) = delete;
  virtual ~Factory() = default;

  /// A protocol for a new connection with `peer`, or null to close it at once. What it throws is
  /// logged and closes that connection.
  virtual std::unique_ptr<Protocol> buildProtocol(const Address& peer) = 0;

  /// Before the first port or connector uses this factory, and after the last one is done with it.
  virtual void startFactory() {}
  virtual void stopFactory() {}

  /// A factory whose protocols are made by `P(args...)`; the arguments are copied for each.
  template <class P, class... Args>
  static std::shared_ptr<Factory> forProtocol(Args... args);

  /// For reactors: count the ports and connectors that use this factory.
  void doStart();
  void doStop();

 private:
  int users_ = 0;
};

/// Makes the protocols of clients, and hears how their connections went. Twisted's ClientFactory.
///
///     startedConnecting -> (clientConnectionFailed | buildProtocol -> clientConnectionLost)
class ClientFactory : public Factory {
 public:
  /// An attempt begins. `connector` is valid until the last of the two below has returned; it may
  /// be told to `connect` again from there, or stopped.
  virtual void startedConnecting(Connector& connector);

  /// The attempt failed: a ConnectError.
  virtual void clientConnectionFailed(const Failure& reason);

  /// A connection that was made is gone; comes after the protocol's connectionLost.
  virtual void clientConnectionLost(const Failure& reason);
};

namespace detail {

template <class P, class... Args>
class FactoryFor : public Factory {
 public:
  explicit FactoryFor(Args... args)
      : make_([... args = std::move(args)] { return std::make_unique<P>(args...); }) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override { return make_(); }

 private:
  Callable<std::unique_ptr<Protocol>()> make_;
};

}  // namespace detail

template <class P, class... Args>
std::shared_ptr<Factory> Factory::forProtocol(Args... args) {
  return std::make_shared<detail::FactoryFor<P, Args...>>(std::move(args)...);
}

}  // namespace couplet
#pragma GCC visibility pop
