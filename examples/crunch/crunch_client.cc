// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asks crunch_server once:
//
//     crunch_client --x=6.0 --y=7.0
#include <cstdint>
#include <memory>
#include <string>

#include <couplet/protocols/message/http_session.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/protocols/program/program.h>

#include "crunch_api.h"

namespace {

using namespace crunch_api;
using couplet::Deferred;
using couplet::Session;

struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5051;
  bool native = false;  // whether the port speaks the native protocol
  std::string request = "Multiply";
  double x = 1.0;
  double y = 1.0;

  static constexpr auto kMessage = couplet::message(
      "crunch_client.Settings", couplet::member("host", &Settings::host),
      couplet::member("port", &Settings::port), couplet::member("native", &Settings::native),
      couplet::member("request", &Settings::request), couplet::member("x", &Settings::x),
      couplet::member("y", &Settings::y));
};

// [crunch]
Deferred<std::shared_ptr<Session>> connect(couplet::Reactor& reactor, const Settings& settings) {
  return settings.native ? couplet::connectNative(reactor, settings.host, settings.port)
                         : couplet::connectHTTP(reactor, settings.host, settings.port);
}

Deferred<Output> crunch(couplet::Program& program, const Settings& settings) {
  const auto session = co_await connect(program.reactor(), settings);
  if (settings.request == "Multiply") {
    co_return co_await session->request<Output>(Multiply{settings.x, settings.y});
  }
  if (settings.request == "Divide") {
    co_return co_await session->request<Output, DivideByZero>(Divide{settings.x, settings.y});
  }
  throw couplet::UnknownRequest(settings.request);
}

}  // namespace

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, Settings(), crunch); }
