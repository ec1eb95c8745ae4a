// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/protocol.h>

#include <utility>

#include <couplet/reactor/detail/connection_work.h>

namespace couplet {

Protocol::Protocol() noexcept = default;

Protocol::~Protocol() { endWork(); }

void Protocol::dataReceived(std::string_view) {}

void Protocol::readConnectionLost() { transport().loseConnection(); }

void Protocol::connectionLost(const Failure&) {}

bool Protocol::connected() const noexcept {
  return transport_ != nullptr && !ended_ && !transport_->disconnecting();
}

void Protocol::whileConnected(Deferred<void> work) {
  if (ended_) return std::move(work).discard();
  if (!work_) work_ = std::make_unique<detail::ConnectionWork>();
  work_->add(std::move(work));
}

DelayedCall Protocol::callLater(Duration delay, Callable<void()> call, SourceLocation here) {
  if (ended_) return {};
  if (!work_) work_ = std::make_unique<detail::ConnectionWork>();
  DelayedCall delayed = transport().clock().callLater(delay, std::move(call), here);
  work_->add(delayed);
  return delayed;
}

void Protocol::makeConnection(Transport& transport) {
  transport_ = &transport;
  ended_ = false;
  connectionMade();
}

void Protocol::endConnection(const Failure& reason) {
  struct EndWork {
    Protocol& protocol;
    ~EndWork() { protocol.endWork(); }
  } last{*this};
  ended_ = true;
  connectionLost(reason);
}

void Protocol::endWork() noexcept {
  ended_ = true;
  work_.reset();
}

}  // namespace couplet
