// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An API that has others do the work:
//
//     curl 'http://127.0.0.1:5052/MulDiv?a=9.0&b=7.0&c=370.0&d=10.0'
#include <memory>
#include <tuple>
#include <utility>

#include <couplet/deferred/concurrently.h>
#include <couplet/protocols/message/api_control.h>
#include <couplet/protocols/message/api_resource.h>
#include <couplet/protocols/message/group.h>
#include <couplet/protocols/program/program.h>

#include "component_api.h"
#include "crunch_api.h"

namespace {

using couplet::Deferred;
using couplet::Group;
using couplet::HostPort;
using couplet::Session;
using crunch_api::Divide;
using crunch_api::DivideByZero;
using crunch_api::Multiply;
using crunch_api::Output;
using namespace component_api;

// [settings]
struct Settings {
  HostPort crunch{"127.0.0.1", 5051};
  HostPort public_{"127.0.0.1", 5052};
  HostPort control{"127.0.0.1", 5053};  // for operators
  bool native = false;                  // whether crunch speaks the native protocol there

  static constexpr auto kMessage = couplet::message(
      "crunch_component.Settings", couplet::member("crunch", &Settings::crunch),
      couplet::member("public", &Settings::public_), couplet::member("control", &Settings::control),
      couplet::member("native", &Settings::native));
};

// [component]
class Component {
 public:
  Component(couplet::Reactor& reactor, const Settings& settings)
      : group_(reactor), a_(connect("server_a", settings)), b_(connect("server_b", settings)) {}

  /// (a * b) + (c / d)
  Deferred<Output> operator()(const MulDiv& m) {
    if (const auto fault = group_.missing({"server_a", "server_b"})) throw *fault;
    const auto [product, quotient] = co_await couplet::concurrently(
        [&] {
          return a_.request<Output>(Multiply{m.a, m.b});
        },
        [&] {
          return b_.request<Output, DivideByZero>(Divide{m.c, m.d});
        });
    co_return Output{product.value + quotient.value};
  }

  /// (a / b) + (c * d)
  Deferred<Output> operator()(const DivMul& m) {
    if (const auto fault = group_.missing({{"server_a", "a"}, {"server_b", "b"}})) throw *fault;
    const auto [quotient, product] = co_await couplet::concurrently(
        [&] {
          return a_.request<Output, DivideByZero>(Divide{m.a, m.b});
        },
        [&] {
          return b_.request<Output>(Multiply{m.c, m.d});
        });
    co_return Output{quotient.value + product.value};
  }

 private:
  Session& connect(const char* name, const Settings& settings) {
    const HostPort& to = settings.crunch;
    return settings.native ? group_.connectNative(name, to.host, to.port)
                           : group_.connectHTTP(name, to.host, to.port);
  }

  Group group_;
  Session& a_;
  Session& b_;
};

// [serve]
void serve(couplet::Program& program, const Settings& settings) {
  couplet::Reactor& reactor = program.reactor();
  auto component = std::make_shared<Component>(reactor, settings);
  auto api = std::make_shared<couplet::Api>(
      Requests(), [component](const MulDiv& m) { return (*component)(m); },
      [component](const DivMul& m) { return (*component)(m); });
  api->expect(reactor);
  const auto listen = [&](const HostPort& at, std::shared_ptr<const couplet::Api> what) {
    reactor.listenTCP(at.port, couplet::newApiSite(std::move(what)), {at.host});
  };
  listen(settings.public_, api);
  listen(settings.control, couplet::newApiControl(api));
}

}  // namespace

int main(int argc, char** argv) { return couplet::runProgram(argc, argv, Settings(), serve); }
