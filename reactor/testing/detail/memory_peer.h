// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The protocol at an end of a connection that is in the hands of a test.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/deferred/failure.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/protocol.h>

namespace couplet::detail {

/// What a testing::MemoryPeer refers to.
struct MemoryPeerRecord {
  std::string value;
  bool inputEnded = false;
  std::optional<Failure> lossReason;
  Transport* transport = nullptr;  // null before and after the protocol's life
};

/// Records.
class MemoryPeerProtocol final : public Protocol {
 public:
  explicit MemoryPeerProtocol(std::shared_ptr<MemoryPeerRecord> record)
      : record_(std::move(record)) {}
  ~MemoryPeerProtocol() override { record_->transport = nullptr; }

  void connectionMade() override { record_->transport = &transport(); }
  void dataReceived(std::string_view bytes) override { record_->value.append(bytes); }
  void readConnectionLost() override {
    record_->inputEnded = true;
    Protocol::readConnectionLost();
  }
  void connectionLost(const Failure& reason) override { record_->lossReason = reason; }

 private:
  std::shared_ptr<MemoryPeerRecord> record_;
};

/// Makes the one protocol that records there.
class MemoryPeerFactory final : public Factory {
 public:
  explicit MemoryPeerFactory(std::shared_ptr<MemoryPeerRecord> record)
      : record_(std::move(record)) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<MemoryPeerProtocol>(record_);
  }

 private:
  std::shared_ptr<MemoryPeerRecord> record_;
};

}  // namespace couplet::detail
