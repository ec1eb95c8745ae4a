// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asks two servers at once:
//
//     crunch_multi_client --x=10.0 --y=15.0
#include <chrono>
#include <tuple>

#include <couplet/deferred/concurrently.h>
#include <couplet/protocols/message/group.h>
#include <couplet/protocols/program/program.h>

#include "crunch_api.h"

namespace {

using namespace crunch_api;
using couplet::Deferred;
using couplet::HostPort;
using couplet::Session;

struct Settings {
  HostPort server_a{"127.0.0.1", 5051};
  HostPort server_b{"127.0.0.1", 5051};
  bool native = false;     // whether they speak the native protocol there
  double get_ready = 8.0;  // seconds that the first connections may take
  double x = 1.0;
  double y = 1.0;

  static constexpr auto kMessage = couplet::message(
      "crunch_multi_client.Settings", couplet::member("server_a", &Settings::server_a),
      couplet::member("server_b", &Settings::server_b),
      couplet::member("native", &Settings::native),
      couplet::member("get_ready", &Settings::get_ready), couplet::member("x", &Settings::x),
      couplet::member("y", &Settings::y));
};

// [crunch]
Deferred<Output> crunch(couplet::Program& program, const Settings& settings) {
  couplet::Group group(program.reactor());
  const auto connect = [&](const char* name, const HostPort& to) -> Session& {
    return settings.native ? group.connectNative(name, to.host, to.port)
                           : group.connectHTTP(name, to.host, to.port);
  };
  Session& a = connect("server_a", settings.server_a);
  Session& b = connect("server_b", settings.server_b);
  co_await group.whenReady(std::chrono::duration_cast<couplet::Duration>(
      std::chrono::duration<double>(settings.get_ready)));
  const auto [product, quotient] = co_await couplet::concurrently(
      [&] {
        return a.request<Output>(Multiply{settings.x, settings.y});
      },
      [&] {
        return b.request<Output, DivideByZero>(Divide{settings.x, settings.y});
      });
  co_return product;
}

}  // namespace

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, Settings(), crunch); }
