// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/session_handle.h>

#include <couplet/protocols/message/faults.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/reactor.h>

namespace couplet::detail {

void SessionHandle::ask(const MessageType& type, const void* request,
                        std::unique_ptr<PendingReply> reply) {
  if (connected()) return connection_->ask(type, request, std::move(reply));
  reply->failed(Failure(NotConnected::to(address_)));
}

void SessionLink::begin(Session& connection, Clock& clock) {
  if (!made_.pending()) return connection.close();
  auto handle = std::make_shared<SessionHandle>(connection, clock, address_);
  handle_ = handle;
  made_.callback(std::move(handle));
}

void SessionLink::end(const Failure& why) {
  if (const auto handle = handle_.lock()) handle->end(why);
  if (!made_.pending()) return;
  NotConnected fault(address_, 0);
  fault.explanation = why.message();
  made_.errback(Failure(std::move(fault)));
}

SessionFactory::SessionFactory(Address address)
    : address_(std::move(address)), made_([this] {
        if (connector_) connector_->disconnect();
      }) {}

Deferred<std::shared_ptr<Session>> SessionFactory::connect(Reactor& reactor,
                                                           std::shared_ptr<SessionFactory> factory,
                                                           Duration timeout) {
  const Address& address = factory->address_;
  reactor.connectTCP(address.host, address.port, factory, {.timeout = timeout});
  return factory->made_.deferred();
}

std::unique_ptr<Protocol> SessionFactory::buildProtocol(const Address&) {
  connector_ = nullptr;
  return newProtocol(SessionLink(address_.toString(), std::move(made_)));
}

void SessionFactory::clientConnectionFailed(const Failure& reason) {
  connector_ = nullptr;
  if (!made_.pending()) return;  // cancelled
  const auto* error = reason.get<ConnectError>();
  made_.errback(Failure(NotConnected(address_.toString(), error ? error->errorNumber() : 0)));
}

}  // namespace couplet::detail
