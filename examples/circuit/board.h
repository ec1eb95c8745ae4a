// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a sketch has around it.
#pragma once

#include <chrono>
#include <iosfwd>
#include <string_view>

#include <couplet/reactor/reactor.h>

#include "examples/circuit/mesh.h"

namespace circuit {

/// All of it must outlive the sketch.
struct Board {
  couplet::Reactor& reactor;
  Mesh& mesh;
  std::ostream& out;
};

/// The line of who is interrupted by Ctrl-C.
inline constexpr std::string_view kInterruption = "Keyboard interruption, aborting.";

/// For the other side to say good-bye, too: somebody waits at a terminal.
inline constexpr couplet::Duration kPatienceAtTheEnd = std::chrono::milliseconds(500);

/// Prints `[ who ] text`, where what came from elsewhere can do no harm to a terminal. What is
/// longer than a line should be ends in "...".
void say(std::ostream& out, std::string_view who, std::string_view text);

}  // namespace circuit
