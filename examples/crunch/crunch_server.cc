// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A server in ten minutes:
//
//     curl 'http://127.0.0.1:5051/Multiply?x=1.5&y=2.25'
#include <cstdint>
#include <memory>
#include <string>

#include <couplet/protocols/message/api_resource.h>
#include <couplet/protocols/message/native_protocol.h>
#include <couplet/protocols/program/program.h>

#include "crunch_api.h"

namespace {

using namespace crunch_api;

struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5051;
  std::uint16_t native_port = 0;  // 0: not served

  static constexpr auto kMessage =
      couplet::message("crunch_server.Settings", couplet::member("host", &Settings::host),
                       couplet::member("port", &Settings::port),
                       couplet::member("native_port", &Settings::native_port));
};

// [handlers]
Output multiply(const Multiply& m) { return {m.x * m.y}; }

Output divide(const Divide& m) {
  if (m.y == 0) throw DivideByZero();
  return {m.x / m.y};
}

// [serve]
void serve(couplet::Program& program, const Settings& settings) {
  couplet::Reactor& reactor = program.reactor();
  auto api = std::make_shared<const couplet::Api>(Requests(), &multiply, &divide);
  reactor.listenTCP(settings.port, couplet::newApiSite(api), {settings.host});
  if (settings.native_port == 0) return;
  reactor.listenTCP(settings.native_port, couplet::newNativeFactory(api), {settings.host});
}

// [main]
}  // namespace

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, Settings(), serve); }
