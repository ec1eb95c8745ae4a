// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a connection goes on with that was built for its request.
#pragma once

#include <memory>
#include <utility>

#include <couplet/reactor/factory.h>
#include <couplet/reactor/protocol.h>

namespace couplet::detail {

/// Gives its protocol, which does not refer to it: the connection need not keep this.
class BuiltBefore final : public Factory {
 public:
  explicit BuiltBefore(std::unique_ptr<Protocol> protocol) : protocol_(std::move(protocol)) {}
  std::unique_ptr<Protocol> buildProtocol(const Address&) override { return std::move(protocol_); }

 private:
  std::unique_ptr<Protocol> protocol_;
};

}  // namespace couplet::detail
