// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "server.h"

namespace examples {

int runServer(int argc, char** argv, const couplet::Usage& usage,
              const std::function<void(couplet::Reactor&)>& serve) {
  return couplet::runProgram(argc, argv, usage, [&](const couplet::Arguments& arguments) {
    if (!arguments.empty()) {
      throw couplet::UsageError("Bad arguments. There is no use for '" + arguments.front() + "'.");
    }
    serve(*couplet::newReactor());
    return couplet::kSuccess;
  });
}

}  // namespace examples
