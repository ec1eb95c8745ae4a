// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An HTTP server on Pistache.
#include "benchmarks/peers/pistache_server.h"

namespace {

using namespace Pistache;  // whose macro wants it

class Hello : public Http::Handler {
 public:
  HTTP_PROTOTYPE(Hello)

  void onRequest(const Http::Request&, Http::ResponseWriter response) override {
    response.send(Http::Code::Ok, peers::kHello, MIME(Text, Plain));
  }
};

}  // namespace

int main() { peers::servePistache(Http::make_handler<Hello>()); }
