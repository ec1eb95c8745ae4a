// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/detail/memory_port.h>

#include <cerrno>
#include <utility>

#include <glog/logging.h>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>

namespace couplet::detail {

std::shared_ptr<MemoryPort> MemoryPort::open(MemoryNetwork& network, ConnectionLoop& loop, int port,
                                             std::shared_ptr<Factory> factory,
                                             const ListenOptions& options) {
  const std::string& interface = options.interface;
  if (!isNumericHost(interface)) throw CannotListenError(interface, port, EADDRNOTAVAIL);
  if (port != 0 && network.taken(interface, port)) {
    throw CannotListenError(interface, port, EADDRINUSE);
  }
  if (port == 0) port = network.freePort();
  auto opened = std::make_shared<MemoryPort>(network, loop, std::move(factory), interface, port);
  opened->listen();
  return opened;
}

MemoryPort::MemoryPort(MemoryNetwork& network, ConnectionLoop& loop,
                       std::shared_ptr<Factory> factory, std::string interface, int port)
    : network_(network),
      loop_(loop),
      factory_(std::move(factory)),
      interface_(std::move(interface)),
      host_{interface_.empty() ? "0.0.0.0" : interface_, port} {}

Deferred<void> MemoryPort::stopListening() {
  auto self = shared_from_this();
  if (listening_) {
    loop_.remove(*this);
    close();
  }
  return succeed();
}

std::unique_ptr<MemoryConnection> MemoryPort::accept(MemoryConnection& other, const Address& host,
                                                     const Address& peer) {
  auto connection = std::make_unique<MemoryConnection>(network_, loop_, factory_, host, peer);
  MemoryConnection::join(*connection, other);
  return connection;
}

void MemoryPort::begin(std::unique_ptr<MemoryConnection> connection) {
  if (listening_) loop_.own(std::move(connection)).begin();
}

void MemoryPort::connectFrom(std::shared_ptr<Factory> peer) {
  bool isWildcard = host_.host == "0.0.0.0" || host_.host == "::";
  Address there{isWildcard ? "127.0.0.1" : host_.host, host_.port};
  Address here{localAddressFor(there.host), network_.freePort()};
  auto far = std::make_unique<MemoryConnection>(network_, loop_, std::move(peer), here, there);
  auto near = accept(*far, there, here);
  loop_.own(std::move(far)).begin();
  network_.soon([self = shared_from_this(), near = std::move(near)]() mutable {
    self->begin(std::move(near));
  });
}

void MemoryPort::listen() {
  factory_->doStart();
  listening_ = true;
  network_.add(*this);
  loop_.add(shared_from_this());
}

void MemoryPort::close() noexcept {
  listening_ = false;
  network_.remove(*this);
  try {
    factory_->doStop();
  } catch (...) {
    LOG(ERROR) << "Exception in stopFactory: " << Failure::current();
  }
}

}  // namespace couplet::detail
