// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/board.h"

#include <ostream>

#include <couplet/deferred/printable.h>

namespace circuit {

void say(std::ostream& out, std::string_view who, std::string_view text) {
  constexpr std::size_t kMost = 200;
  out << "[ " << who << " ] " << couplet::printable(text, kMost) << std::endl;
}

}  // namespace circuit
