// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The web site that is measured: ten routes of each kind, and each way to answer.
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/site.h>
#include <couplet/reactor/reactor.h>

namespace {

using couplet::Deferred;
using couplet::HTTPError;
using couplet::Promise;
using couplet::Request;
using couplet::Response;

constexpr std::string_view kHello = "Hello, world!";
constexpr std::uint64_t kLargestBody = 2 * 1024 * 1024;

Response hello() { return Response::text(std::string(kHello)); }

/// Fired before it is returned, so in the turn that received the request.
Deferred<Response> deferredHello() {
  Promise<Response> promise;
  Deferred<Response> answer = promise.deferred();
  promise.callback(hello());
  return answer;
}

Deferred<Response> coroutineHello() { co_return hello(); }

Deferred<Response> awaitingHello() {
  const std::string_view text = co_await couplet::succeed(kHello);
  co_return Response::text(std::string(text));
}

/// The large bodies, by their sizes.
const std::map<std::string, std::string, std::less<>> kBodies = {
    {"65536", std::string(64 * 1024, 'x')},
    {"1048576", std::string(1024 * 1024, 'x')},
};

Response body(const Request& request) {
  const auto found = kBodies.find(*request.param("size"));
  if (found == kBodies.end()) throw HTTPError(404);
  return Response::text(found->second);
}

couplet::Router routes() {
  couplet::Router router;
  router.get("/", [](Request&) { return hello(); })
      .get("/response", [](Request&) { return hello(); })
      .get("/poems/:name", [](Request&) { return hello(); })
      .put("/poems/:name", [](Request&) { return Response(204); })
      .get("/files/*path", [](Request&) { return hello(); })
      .get("/deferred", [](Request&) { return deferredHello(); })
      .get("/coroutine", [](Request&) { return coroutineHello(); })
      .get("/awaiting", [](Request&) { return awaitingHello(); })
      .get("/bytes/:size", [](Request& request) { return body(request); })
      .post("/length",
            [](Request& request) { return Response::text(std::to_string(request.body().size())); });
  return router;
}

}  // namespace

int main() {
  auto reactor = couplet::newReactor();
  couplet::SiteOptions options;
  options.idleTimeout = std::chrono::hours(1);
  options.limits.body = kLargestBody;
  const auto site = std::make_shared<couplet::Site>(routes(), std::move(options));
  const auto port = reactor->listenTCP(0, site, {.interface = "127.0.0.1"});
  std::cout << "Serving HTTP on " << port->getHost().toString() << "." << std::endl;
  reactor->run();
}
