// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/buzzer.h"

namespace circuit {

couplet::Deferred<std::string> Buzzer::loop(std::string, std::string data) {
  const bool buzzes = data == "1";
  const std::string sound = buzzes ? "buzz buzz buzz" : "...";
  say("signal " + data + " received -> " + sound);
  state_.addSignal(buzzes ? 1 : 0);
  show(state_);
  return couplet::succeed(sound);
}

}  // namespace circuit
