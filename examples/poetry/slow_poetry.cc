// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Serves poems, each to everybody who connects, a few bytes at a time. The tutorial's exercise for
// part 11.
#include <gflags/gflags.h>

#include "examples/program/seconds.h"
#include "serve_poems.h"
#include "slow_poetry_protocol.h"

DEFINE_int32(num_bytes, 10, "how many bytes to send at a time");
DEFINE_double(delay, 0.7, "seconds between one time and the next");

namespace {

const couplet::Usage kUsage{
    "[FLAG]... POEM...",
    "Serves each file POEM slowly: the first on --port, the next on the port after it."};

poetry::Pace paceFlags() {
  if (FLAGS_num_bytes < 1) throw couplet::UsageError("--num_bytes must be at least 1.");
  return {.bytes = static_cast<std::size_t>(FLAGS_num_bytes),
          .delay = examples::parseSeconds("--delay", FLAGS_delay, 0)};
}

int serveSlowly(const couplet::Arguments& files) {
  const poetry::Pace pace = paceFlags();
  return poetry::servePoems(files, [pace](poetry::WirePoem poem) {
    return couplet::Factory::forProtocol<poetry::SlowPoetryProtocol>(std::move(poem), pace);
  });
}

}  // namespace

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, kUsage, serveSlowly); }
