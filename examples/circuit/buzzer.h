// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Buzzes when it gets a 1.
#pragma once

#include <string>

#include "examples/circuit/node.h"

namespace circuit {

class Buzzer final : public Node {
 public:
  explicit Buzzer(const Board& board) : Node(board, "buzzer", "Buzzer") {}

  /// What it sounds like.
  couplet::Deferred<std::string> loop(std::string channel, std::string data) override;

 private:
  LiveState state_;
};

}  // namespace circuit
