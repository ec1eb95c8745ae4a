// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: a whole program that has a result, which its settings choose.
#include <cerrno>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

#include <couplet/deferred/defer_later.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/program/program.h>
#include <couplet/protocols/stream.h>

namespace {

using namespace couplet;

struct Settings {
  std::string give = "output";
  double value = 42;
  HostPort server;

  static constexpr auto kMessage =
      message("sample.Settings", member("give", &Settings::give), member("value", &Settings::value),
              member("server", &Settings::server));
};

struct Output {
  double value = 0;
  static constexpr auto kMessage = message("sample.Output", member("value", &Output::value));
};

struct Spilled : FaultOf<Spilled> {
  Spilled() : FaultOf("the milk is spilled") { exitCode = 7; }
  static constexpr auto kMessage = faultMessage("sample.Spilled");
};

struct Fallen : FaultOf<Fallen> {
  Fallen() : FaultOf("the glass\x1b[2J\nis broken", "it fell") { exitCode = 256; }
  static constexpr auto kMessage = faultMessage("sample.Fallen");
};

/// Does not end by itself, and says when it is given up.
struct Waiting {
  ~Waiting() { std::cerr << "waiting ends\n"; }
};

Deferred<Output> result(Program& program, const Settings& settings) {
  const std::string& give = settings.give;
  if (give == "at once") co_return Output{settings.value};
  co_await deferLater(program.reactor(), std::chrono::nanoseconds(1), [] {});
  if (give == "fault") throw Spilled();
  if (give == "hostile fault") throw Fallen();
  if (give == "plain fault") throw Faulted("it does not work", "nobody knows why");
  if (give == "nothing heard") throw NotConnected("127.0.0.1:5051", ECONNREFUSED);
  if (give == "exception") throw std::runtime_error("what a surprise");
  if (give == "integer") throw 7;
  if (give == "own status") throw ProgramError(3, "enough");
  if (give == "stop") program.reactor().stop();
  if (give == "stop" || give == "wait") {
    const Waiting waiting;
    if (give == "wait") std::cout << "waits" << std::endl;
    Promise<void> never;
    co_await never.deferred();
  }
  if (give == "connection") {
    co_await connectStream(program.reactor(), settings.server.host, settings.server.port);
  }
  for (const std::string& argument : program.arguments()) std::cout << argument << "\n";
  co_return Output{settings.value};
}

}  // namespace

int main(int argc, char** argv) {
  return runProgram(argc, argv, Settings(), result, {.arguments = "[WORD]..."});
}
