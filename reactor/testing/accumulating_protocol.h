// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A protocol for tests that keeps all that it hears. Twisted's AccumulatingProtocol.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <couplet/deferred/failure.h>
#include <couplet/reactor/protocol.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// Records what came and how it ended; sends nothing.
class AccumulatingProtocol : public Protocol {
 public:
  void connectionMade() override { made_ = true; }
  void dataReceived(std::string_view bytes) override { data_.append(bytes); }
  void connectionLost(const Failure& reason) override { closedReason_ = reason; }

  /// All bytes that came.
  const std::string& data() const noexcept { return data_; }

  /// Whether connectionMade was called, and connectionLost.
  bool made() const noexcept { return made_; }
  bool closed() const noexcept { return closedReason_.has_value(); }

  /// What connectionLost was given.
  const std::optional<Failure>& closedReason() const noexcept { return closedReason_; }

 private:
  std::string data_;
  bool made_ = false;
  std::optional<Failure> closedReason_;
};

}  // namespace couplet::testing
#pragma GCC visibility pop
