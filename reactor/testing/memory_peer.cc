// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/memory_peer.h>

#include <utility>

#include <couplet/reactor/testing/detail/memory_peer.h>
#include <couplet/reactor/transport.h>

namespace couplet::testing {

using couplet::detail::MemoryPeerRecord;

MemoryPeer::MemoryPeer(std::shared_ptr<MemoryPeerRecord> record) : record_(std::move(record)) {}

std::string_view MemoryPeer::value() const noexcept { return record_->value; }

void MemoryPeer::clear() noexcept { record_->value.clear(); }

void MemoryPeer::write(std::string_view bytes) {
  if (record_->transport) record_->transport->write(bytes);
}

void MemoryPeer::loseConnection() {
  if (record_->transport) record_->transport->loseConnection();
}

void MemoryPeer::loseWriteConnection() {
  if (record_->transport) record_->transport->loseWriteConnection();
}

void MemoryPeer::abortConnection() {
  if (record_->transport) record_->transport->abortConnection();
}

void MemoryPeer::pauseProducing() {
  if (record_->transport) record_->transport->pauseProducing();
}

void MemoryPeer::resumeProducing() {
  if (record_->transport) record_->transport->resumeProducing();
}

bool MemoryPeer::connected() const noexcept {
  return record_->transport && record_->transport->connected();
}

bool MemoryPeer::inputEnded() const noexcept { return record_->inputEnded; }

const std::optional<Failure>& MemoryPeer::lossReason() const noexcept {
  return record_->lossReason;
}

}  // namespace couplet::testing
