// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/detail/memory_port.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/log.h>

namespace couplet::detail {

std::shared_ptr<MemoryPort> MemoryPort::open(MemoryLoop& loop, int port,
                                             std::shared_ptr<Factory> factory,
                                             const ListenOptions& options) {
  const std::string& interface = options.interface;
  if (!isNumericHost(interface)) throw CannotListenError(interface, port, EADDRNOTAVAIL);
  if (port != 0 && loop.network().taken(interface, port)) {
    throw CannotListenError(interface, port, EADDRINUSE);
  }
  if (port == 0) port = loop.network().freePort();
  auto opened = std::make_shared<MemoryPort>(loop, std::move(factory), interface, port);
  opened->listen();
  return opened;
}

MemoryPort::MemoryPort(MemoryLoop& loop, std::shared_ptr<Factory> factory, std::string interface,
                       int port)
    : loop_(loop),
      factory_(std::move(factory)),
      interface_(std::move(interface)),
      host_{interface_.empty() ? "0.0.0.0" : interface_, port} {
  if (!factory_) throw std::invalid_argument("listenTCP: there is no factory");
}

Deferred<void> MemoryPort::stopListening() {
  auto self = shared_from_this();
  if (listening_) {
    loop_.connections().thread().require("ListeningPort::stopListening");
    loop_.connections().remove(*this);
    close();
  }
  return succeed();
}

std::unique_ptr<MemoryConnection> MemoryPort::accept(MemoryConnection& other, const Address& host,
                                                     const Address& peer) {
  auto connection = std::make_unique<MemoryConnection>(loop_.network(), loop_.connections(),
                                                       factory_, host, peer);
  MemoryConnection::join(*connection, other);
  return connection;
}

void MemoryPort::begin(std::unique_ptr<MemoryConnection> connection) {
  if (listening_) loop_.connections().own(std::move(connection)).begin();
}

void MemoryPort::connectFrom(std::shared_ptr<Factory> peer) {
  bool isWildcard = host_.host == "0.0.0.0" || host_.host == "::";
  Address there{isWildcard ? "127.0.0.1" : host_.host, host_.port};
  Address here{localAddressFor(there.host), loop_.network().freePort()};
  auto far = std::make_unique<MemoryConnection>(loop_.network(), loop_.outside(), std::move(peer),
                                                here, there);
  auto near = accept(*far, there, here);
  loop_.outside().own(std::move(far)).begin();
  loop_.network().soon([self = shared_from_this(), near = std::move(near)]() mutable {
    self->begin(std::move(near));
  });
}

void MemoryPort::listen() {
  factory_->doStart();
  listening_ = true;
  loop_.network().add(*this);
  loop_.connections().add(shared_from_this());
}

void MemoryPort::close() noexcept {
  listening_ = false;
  loop_.network().remove(*this);
  try {
    factory_->doStop();
  } catch (...) {
    LogLine::error() << "Exception in stopFactory: " << Failure::current();
  }
}

}  // namespace couplet::detail
