// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "server.h"

namespace examples {

int runServer(int argc, char** argv, const Usage& usage,
              const std::function<void(couplet::Reactor&)>& serve) {
  return runProgram(argc, argv, usage, [&](const Arguments& arguments) {
    if (!arguments.empty()) {
      throw UsageError("Bad arguments. There is no use for '" + arguments.front() + "'.");
    }
    serve(*couplet::newReactor());
    return kSuccess;
  });
}

}  // namespace examples
