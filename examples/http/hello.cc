// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The smallest web server: curl http://127.0.0.1:8080/
#include <memory>

#include <couplet/protocols/http/site.h>
#include <couplet/reactor/reactor.h>

int main() {
  auto reactor = couplet::newReactor();
  couplet::Router router;
  router.get("/", [](couplet::Request&) { return couplet::Response::text("Hello, world!"); });
  reactor->listenTCP(8080, std::make_shared<couplet::Site>(std::move(router)));
  reactor->run();
}
