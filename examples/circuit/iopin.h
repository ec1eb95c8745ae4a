// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A pin that changes at each tick, and tells the buzzer.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "examples/circuit/node.h"

namespace circuit {

struct IOPinOptions {
  double chance = 0.6;  ///< of a bit to be 0; from 0 to 1
  int sequence = 3;     ///< bits at each tick
  std::random_device::result_type seed = std::random_device()();
};

class IOPin final : public Node {
 public:
  explicit IOPin(const Board& board, const IOPinOptions& options = {});

  /// Streams bits to the buzzer, and is done when the buzzer has them, or cannot be reached.
  couplet::Deferred<std::string> loop(std::string channel, std::string data) override;

 private:
  std::vector<int> toggle();
  couplet::Deferred<void> sendToBuzzer(std::vector<int> bits, std::string channel);

  IOPinOptions options_;
  std::mt19937 random_;
  LiveState state_;
};

}  // namespace circuit
