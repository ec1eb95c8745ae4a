// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the servers that take flags only do alike.
#pragma once

#include <functional>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

namespace examples {

/// The main function of such a server: as runProgram. Makes a reactor; `serve` listens on it, runs
/// it, and returns when it has stopped.
int runServer(int argc, char** argv, const couplet::Usage& usage,
              const std::function<void(couplet::Reactor&)>& serve);

}  // namespace examples
