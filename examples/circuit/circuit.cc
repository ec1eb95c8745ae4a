// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Three machines that talk by WebSockets: a clock, a pin that changes at each of its ticks, and a
// buzzer that hears what the pin does. In three terminals:
//
//     circuit buzzer
//     circuit iopin
//     circuit clock --tacks=10
#include <iostream>
#include <optional>
#include <utility>

#include <gflags/gflags.h>

#include <couplet/protocols/program/host_port.h>
#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/react.h>
#include <couplet/reactor/reactor.h>

#include "examples/circuit/buzzer.h"
#include "examples/circuit/clock.h"
#include "examples/circuit/iopin.h"
#include "examples/circuit/static_mesh.h"
#include "examples/program/ports.h"
#include "examples/program/seconds.h"

DEFINE_string(socket, "localhost", "where a node listens, and the clock finds one");
DEFINE_int32(port, 8765, "its port; 0: any free one. A buzzer without this takes that of --buzzer");
DEFINE_string(buzzer, "localhost:8766", "where the mesh has the buzzer");
DEFINE_int32(tacks, 5, "how often the clock ticks");
DEFINE_double(delay, 1, "seconds between two ticks");
DEFINE_double(chance, 0.6, "how probable it is that a bit of the pin is 0");
DEFINE_int32(sequence, 3, "how many bits the pin has");

namespace {

using couplet::Address;
using couplet::UsageError;

constexpr int kInterrupted = 130;  // what a shell makes of Ctrl-C

Address buzzerAddress() {
  couplet::HostPort at{"localhost", 0};
  if (!at.parse(FLAGS_buzzer) || at.port == 0)
    throw UsageError("--buzzer must be a host and a port, not '" + FLAGS_buzzer + "'.");
  return at.address();
}

void requireFlags() {
  examples::requireListenable(FLAGS_port);
  if (FLAGS_tacks < 0) throw UsageError("--tacks must be 0 or more.");
  if (!(FLAGS_chance >= 0 && FLAGS_chance <= 1)) throw UsageError("--chance must be from 0 to 1.");
  if (FLAGS_sequence < 1 || FLAGS_sequence > 64)
    throw UsageError("--sequence must be from 1 to 64.");
}

/// The port that was asked for: the buzzer has another one than all others.
int portOf(const std::string& sketch) {
  const bool isGiven = !gflags::GetCommandLineFlagInfoOrDie("port").is_default;
  return sketch != "buzzer" || isGiven ? FLAGS_port : buzzerAddress().port;
}

int serve(couplet::Reactor& reactor, circuit::Node& node, int port) {
  try {
    node.serve(FLAGS_socket, port);
  } catch (const couplet::ProgramError& error) {
    if (error.status() != examples::kAddressInUse) throw;
    std::cerr << "Cannot bind to this port! Is the server already running?" << std::endl;
    return couplet::kFailure;
  }
  reactor.run();
  return couplet::kSuccess;
}

int runNode(const std::string& sketch) {
  const int port = portOf(sketch);
  const auto reactor = couplet::newReactor();
  circuit::StaticMesh mesh(std::cout,
                           {{"iopin", {"localhost", 8765}}, {"buzzer", buzzerAddress()}});
  const circuit::Board board{*reactor, mesh, std::cout};
  if (sketch == "buzzer") {
    circuit::Buzzer buzzer(board);
    return serve(*reactor, buzzer, port);
  }
  circuit::IOPin pin(board, {.chance = FLAGS_chance, .sequence = FLAGS_sequence});
  return serve(*reactor, pin, port);
}

/// Runs it to its end, or until it is interrupted.
int runClock(couplet::Reactor& reactor, circuit::Clock& clock) {
  std::optional<couplet::Result<void>> result;
  bool isInterrupted = false;
  reactor.addShutdownTrigger(couplet::ShutdownPhase::kBefore, [&] {
    isInterrupted = !result;
    if (!isInterrupted) return couplet::succeed();
    std::cout << circuit::kInterruption << std::endl;
    return clock.interrupt();
  });
  couplet::react(reactor, [&](couplet::Reactor&) {
    return clock.run().addBoth([&](couplet::Result<void> ended) { result = std::move(ended); });
  });
  if (isInterrupted) return kInterrupted;
  result->value();  // or throws
  return couplet::kSuccess;
}

int runClock() {
  const auto reactor = couplet::newReactor();
  const Address to{FLAGS_socket, FLAGS_port};
  circuit::Clock clock(*reactor, std::cout,
                       {.url = "ws://" + to.toString() + "/datafeed",
                        .tacks = FLAGS_tacks,
                        .delay = examples::parseSeconds("--delay", FLAGS_delay, 0)});
  return runClock(*reactor, clock);
}

int run(const couplet::Arguments& arguments) {
  const std::string sketch = arguments.empty() ? "" : arguments.front();
  if (sketch != "clock" && sketch != "iopin" && sketch != "buzzer") {
    std::cerr << "unknown sketch, please choose clock, iopin or buzzer" << std::endl;
    return couplet::kFailure;
  }
  if (arguments.size() > 1)
    throw UsageError("Bad arguments. There is no use for '" + arguments[1] + "'.");
  requireFlags();
  return sketch == "clock" ? runClock() : runNode(sketch);
}

}  // namespace

int main(int argc, char** argv) {
  return couplet::runProgram(
      argc, argv,
      {"SKETCH [FLAG]...", "Runs a machine of the circuit: SKETCH is clock, iopin or buzzer."},
      run);
}
