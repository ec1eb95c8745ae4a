// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An HTTP server on Pistache, with one thread that answers.
#include <pistache/endpoint.h>
#include <pistache/http.h>
#include <unistd.h>

#include <chrono>
#include <memory>

#include "benchmarks/peers/hello.h"

namespace {

using namespace Pistache;  // whose macro wants it

constexpr std::chrono::hours kIdle(1);

class Hello : public Http::Handler {
 public:
  HTTP_PROTOTYPE(Hello)

  void onRequest(const Http::Request&, Http::ResponseWriter response) override {
    response.send(Http::Code::Ok, peers::kHello, MIME(Text, Plain));
  }
};

}  // namespace

int main() {
  Http::Endpoint endpoint(Address(Ipv4::loopback(), Port(0)));
  endpoint.init(Http::Endpoint::options()
                    .threads(1)
                    .flags(Tcp::Options::NoDelay)
                    .headerTimeout(kIdle)
                    .bodyTimeout(kIdle)
                    .keepaliveTimeout(kIdle));
  endpoint.setHandler(Http::make_handler<Hello>());
  endpoint.serveThreaded();
  peers::announceHTTP(endpoint.getPort());
  for (;;) pause();
}
