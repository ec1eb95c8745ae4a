// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <iostream>

#include <gflags/gflags.h>

#include <couplet/protocols/http/site.h>
#include <couplet/reactor/reactor.h>

#include "examples/poetry/transform_protocol.h"
#include "examples/program/server.h"

using namespace couplet;
using namespace std::chrono_literals;

DEFINE_int32(port, 10000, "where to listen for HTTP");
DEFINE_int32(netstring_port, 10001, "where to listen for netstrings");

// [transform]
using Service = std::shared_ptr<const poetry::TransformService>;

Deferred<std::string> transform(const Service& service, std::string_view name, std::string poem) {
  return service->transform(name, std::move(poem))
      .addErrback([](const Failure& failure) -> std::string {
        failure.trap<poetry::UnknownTransformError>();
        throw HTTPError(404, failure.message());
      });
}

// [routes]
Router routesTo(Service service) {
  Router router;
  router.get("/", [service](Request&) {
    std::string text;
    for (const std::string& name : service->names()) text += name + "\n";
    return Response::text(text);
  });
  router.post("/transform/:name", [service](Request& request) {
    return transform(service, *request.param("name"), std::string(request.body()))
        .addCallback(&Response::text);
  });
  router.post("/both/:one/:other", [service](Request& request) -> Deferred<Response> {
    std::string poem(request.body());
    poem = co_await transform(service, *request.param("one"), std::move(poem));
    co_return Response::text(co_await transform(service, *request.param("other"), poem));
  });
  return router;
}
// [main]
void serve(Reactor& reactor) {
  const auto service = std::make_shared<const poetry::TransformService>(reactor, 2s);
  const auto site = std::make_shared<Site>(routesTo(service));
  const auto netstrings = Factory::forProtocol<poetry::TransformProtocol>(service);
  reactor.listenTCP(FLAGS_port, site, {.interface = "127.0.0.1"});
  reactor.listenTCP(FLAGS_netstring_port, netstrings, {.interface = "127.0.0.1"});
  reactor.addShutdownTrigger(ShutdownPhase::kBefore, [site] { return site->drain(5s); });
  reactor.callWhenRunning([] { std::cout << "transforming\n"; });
  reactor.run();
}

int main(int argc, char** argv) { return examples::runServer(argc, argv, {}, serve); }
