// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/detail/memory_connector.h>

#include <utility>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/testing/detail/memory_port.h>

namespace couplet::detail {

MemoryConnector::MemoryConnector(MemoryLoop& loop, Address destination,
                                 std::shared_ptr<ClientFactory> factory, ConnectOptions options,
                                 SourceLocation asked)
    : BasicConnector(loop.core().weakConnections(), std::move(destination), std::move(factory),
                     std::move(options), asked),
      loop_(loop) {}

void MemoryConnector::succeed(std::shared_ptr<Factory> peer) {
  makeEnd(addressOfHost(getDestination().host));
  auto other = std::make_unique<MemoryConnection>(loop_.network(), loop_.outside(), std::move(peer),
                                                  there_, here_);
  MemoryConnection::join(*end_, *other);
  loop_.outside().own(std::move(other)).begin();
  soon(&MemoryConnector::stand);
}

void MemoryConnector::startAttempt() {
  attempting_ = true;
  Address to = getDestination();
  if (loop_.network().lookupFails(to.host)) {
    return failLater(
        Failure(DNSLookupError("DNS lookup of " + to.host + " failed: Name or service not known")));
  }
  reaching_ = loop_.network().find(to.host, to.port).port != nullptr;
  if (reaching_) soon(&MemoryConnector::reachPort);
}

void MemoryConnector::endAttempt() noexcept {
  ++attempt_;
  attempting_ = reaching_ = false;
  end_.reset();
}

void MemoryConnector::soon(void (MemoryConnector::*event)()) {
  loop_.network().soon([weak = weak_from_this(), attempt = attempt_, event] {
    auto self = std::static_pointer_cast<MemoryConnector>(weak.lock());
    if (self && self->attempt_ == attempt) (*self.*event)();
  });
}

void MemoryConnector::reachPort() {
  Address to = getDestination();
  auto [port, address] = loop_.network().find(to.host, to.port);
  if (!port) return failLater(Failure(ConnectionRefusedError(subject() + " was refused")));
  makeEnd(address);
  port->begin(port->accept(*end_, there_, here_));
  if (end_) stand();  // the protocol over there may have stopped this attempt
}

void MemoryConnector::stand() { succeeded(std::move(end_)); }

void MemoryConnector::makeEnd(const std::string& address) {
  there_ = {address, getDestination().port};
  here_ = {localAddressFor(address), loop_.network().freePort()};
  end_ = std::make_unique<MemoryConnection>(loop_.network(), loop_.connections(), factory(), here_,
                                            there_);
  end_->whenEnded([self = std::static_pointer_cast<MemoryConnector>(shared_from_this())](
                      const Failure& reason) { self->connectionEnded(reason); });
}

}  // namespace couplet::detail
