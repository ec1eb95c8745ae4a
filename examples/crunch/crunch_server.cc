// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A server in ten minutes: curl 'http://127.0.0.1:5051/Multiply?x=1.5&y=2.25'
#include <cstdint>
#include <memory>
#include <string>

#include <couplet/protocols/message/api_resource.h>
#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/program/program.h>

#include "crunch_api.h"

namespace {

using couplet::member;
using namespace crunch_api;

struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5051;
  std::uint16_t native_port = 0;  // 0: not served

  static constexpr auto kMessage = couplet::message(
      "crunch_server.Settings", member("host", &Settings::host), member("port", &Settings::port),
      member("native_port", &Settings::native_port));
};

// [handlers]
Output multiply(const Multiply& m) { return {m.x * m.y}; }
Output divide(const Divide& m) {
  if (m.y == 0) throw DivideByZero();
  return {m.x / m.y};
}

// [serve]
void serve(couplet::Program& program, const Settings& s) {
  auto api = std::make_shared<const couplet::Api>(Requests(), &multiply, &divide);
  program.reactor().listenTCP(s.port, couplet::newApiSite(api), {s.host});
  if (s.native_port == 0) return;
  program.reactor().listenTCP(s.native_port, couplet::newNativeFactory(api), {s.host});
}
}  // namespace

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, Settings(), serve); }
