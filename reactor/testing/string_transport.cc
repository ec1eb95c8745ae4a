// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/string_transport.h>

#include <stdexcept>
#include <utility>

#include <couplet/reactor/errors.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/protocol.h>

namespace couplet::testing {

StringTransport::StringTransport() : ownClock_(std::make_unique<FakeClock>()), clock_(*ownClock_) {}

StringTransport::StringTransport(Clock& clock) : clock_(clock) {}

StringTransport::~StringTransport() = default;

void StringTransport::connect(Protocol& protocol) {
  protocol_ = &protocol;
  protocol.makeConnection(*this);
}

void StringTransport::turn() {
  if (protocol_ == nullptr) {
    throw std::logic_error("StringTransport: connect() tells it whose methods to call");
  }
  if (!paused_ && std::exchange(resumed_, false) && !disconnecting()) {
    protocol_->producingResumed();
  }
  if (writeClosed_ && connected_ && !std::exchange(writeLossTold_, true)) {
    protocol_->writeConnectionLost();
  }
  if (disconnecting() && (aborted_ || producer_ == nullptr)) finish();
  retired_.clear();
}

void StringTransport::finish() {
  if (std::exchange(lossTold_, true)) return;
  connected_ = false;
  if (Producer* producer = std::exchange(producer_, nullptr)) producer->stopProducing();
  protocol_->endConnection(*lossReason_);
}

FakeClock& StringTransport::fakeClock() {
  if (!ownClock_) throw std::logic_error("StringTransport: made with a clock of the test's");
  return *ownClock_;
}

void StringTransport::write(std::string_view bytes) {
  if (connected_ && !writeLossTold_) value_.append(bytes);
}

void StringTransport::writeSequence(std::span<const std::string_view> parts) {
  for (const std::string_view part : parts) write(part);
}

void StringTransport::loseConnection() {
  if (!disconnecting()) lossReason_ = Failure(ConnectionDone());
}

void StringTransport::loseWriteConnection() {
  if (!disconnecting()) writeClosed_ = true;
}

void StringTransport::abortConnection() { lose(Failure(ConnectionAborted())); }

void StringTransport::failConnection(const Failure& reason) { lose(reason); }

void StringTransport::lose(Failure reason) {
  if (!connected_) return;
  connected_ = false;
  aborted_ = true;
  lossReason_ = std::move(reason);
}

void StringTransport::registerProducer(Producer& producer, bool streaming) {
  if (producer_ != nullptr) {
    throw std::runtime_error("registerProducer: there is a producer already");
  }
  if (!connected_) return producer.stopProducing();
  producer_ = &producer;
  streaming_ = streaming;
}

void StringTransport::unregisterProducer() { producer_ = nullptr; }

void StringTransport::resumeProducing() {
  if (std::exchange(paused_, false)) resumed_ = true;
}

void StringTransport::setProtocol(std::unique_ptr<Protocol> protocol,
                                  std::shared_ptr<const void> owner) {
  if (!protocol) throw std::invalid_argument("setProtocol: there is no protocol");
  if (owner) owners_.push_back(std::move(owner));
  if (lossTold_) return retired_.push_back(std::move(protocol));
  if (protocol_ != nullptr) protocol_->endWork();
  if (owned_) retired_.push_back(std::move(owned_));
  owned_ = std::move(protocol);
  connect(*owned_);
}

}  // namespace couplet::testing
