// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Transforms poems for whoever asks. The tutorial's part 12.
#include <gflags/gflags.h>

#include <couplet/reactor/reactor.h>

#include "examples/program/listening.h"
#include "examples/program/seconds.h"
#include "examples/program/server.h"
#include "transform_protocol.h"

DEFINE_int32(port, 10001, "port to listen on; 0: any free one");
DEFINE_string(iface, "localhost",
              "address to listen on; localhost means 127.0.0.1, and ::1 where it exists");
DEFINE_double(delay, 2, "seconds that slow_cummingsify takes");

namespace {

const couplet::Usage kUsage{
    "[FLAG]...", "Transforms poems: cummingsify, scream, reverse_lines, slow_cummingsify."};

void serveTransforms(couplet::Reactor& reactor) {
  const auto service = std::make_shared<const poetry::TransformService>(
      reactor, examples::parseSeconds("--delay", FLAGS_delay, 0));
  const auto factory = couplet::Factory::forProtocol<poetry::TransformProtocol>(service);
  examples::announce(reactor, "transforms",
                     examples::listenOn(reactor, FLAGS_iface, FLAGS_port, factory).toString());
  reactor.run();
}

}  // namespace

int main(int argc, char** argv) { return examples::runServer(argc, argv, kUsage, serveTransforms); }
